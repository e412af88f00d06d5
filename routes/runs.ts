/** The runs of a repo: commands to the one at hand, and all that is known of each. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import { readTurns, readVerdicts } from "../lib/control/views_read.ts";
import type { Command } from "../lib/engine/events.ts";
import { eventWords } from "../lib/engine/event_words.ts";
import { parseRunId, type RunId, type TurnId } from "../lib/engine/ids.ts";
import { readNote } from "../lib/engine/notes.ts";
import type { Run } from "../lib/engine/run.ts";
import { explainRunOf } from "../lib/hub/explain.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import type { Reading } from "../lib/hub/reading.ts";
import { askedRun, findRun } from "../lib/hub/reading.ts";
import { replayRun } from "../lib/hub/replay.ts";
import { turnChanges } from "../lib/hub/turn_changes.ts";
import { accepted } from "./answers.ts";
import { moment, numeral, segment } from "./fields.ts";
import type { Caller } from "../lib/hub/access/access.ts";
import { type Route, route } from "./route.ts";
import { EXPLANATION, RUN_SUMMARY, TURN } from "./run_shapes.ts";
import { VERDICT } from "./ticket_shapes.ts";

const tag = "run";
const RUN = z.object({ run: segment() });

const COMMANDED = z.object({ run: RUN_SUMMARY });

/** A command to the run: a row each, since each is an address of its own. */
function commandRoute<const Name extends "pause" | "stop" | "kill">(name: Name, summary: string) {
  return route({
    method: "post",
    path: `/run/${name}`,
    scope: "repo",
    tag,
    summary,
    answer: accepted(COMMANDED),
    errors: ["conflict", "not_found", "timeout"],
    handle: ({ desk, actor }) => commanded(desk, { type: name, by: actor.by }),
  });
}

/** Gives a command to the run, whoever works it. @throws {CarError} `conflict` when it is refused. */
export async function commanded(desk: RepoDesk, command: Command) {
  const answer = await desk.command(command);
  if (!answer.ok) {
    throw new CarError("conflict", answer.message, answer.hint === "" ? {} : { hint: answer.hint });
  }
  return { run: summaryOf(answer.run) };
}

export const pauseRoute = commandRoute("pause", "pause the run once the turn in hand has ended");
export const stopRoute = commandRoute("stop", "end the turn in hand politely, then stop the run");
export const killRoute = commandRoute("kill", "end every process of the run at once");

export const decideRoute = route({
  method: "post",
  path: "/run/decide",
  scope: "repo",
  tag,
  summary: "accept or reject the done claim that the gate holds",
  body: z.strictObject({ answer: z.enum(["accept", "reject"]) }),
  answer: accepted(COMMANDED),
  errors: ["conflict", "not_found", "timeout"],
  handle: ({ desk, actor, body }) => commanded(desk, decision(actor, body.answer)),
});

const decision = ({ by }: Caller, answer: "accept" | "reject"): Command => ({
  type: "decide",
  by,
  answer,
});

/** Runs that are listed. */
const RUNS_MAX = 500;

export const listRuns = route({
  method: "get",
  path: "/runs",
  scope: "repo",
  tag,
  summary: "list the runs, newest first",
  query: z.strictObject({ limit: z.optional(numeral(1, RUNS_MAX)) }),
  answer: z.object({ runs: z.array(RUN_SUMMARY) }),
  handle: async ({ desk, query }) => {
    const { past } = await desk.reading();
    const rows = past?.journal.runs(query.limit ?? RUNS_MAX) ?? [];
    return { runs: rows.map((it) => summaryOf(it.run)) };
  },
});

export const getRun = route({
  method: "get",
  path: "/runs/{run}",
  scope: "repo",
  tag,
  summary: "show a run: its turns, its verdicts, and why it is where it is",
  params: RUN,
  answer: z.object({
    run: RUN_SUMMARY,
    turns: z.array(TURN),
    verdicts: z.array(VERDICT),
    explanation: EXPLANATION,
  }),
  handle: async ({ desk, params }) => {
    const reading = await desk.reading();
    const run = requireRun(reading, params.run);
    const views = reading.past?.views;
    return {
      run: summaryOf(run),
      turns: views === undefined ? [] : readTurns(views, { run: run.id }),
      verdicts: views === undefined ? [] : readVerdicts(views, { run: run.id }),
      explanation: explainRunOf(reading, run.id),
    };
  },
});

function requireRun(reading: Reading, asked: string): Run {
  const id: RunId = parseRunId(asked) ?? askedRun(asked);
  const run = findRun(reading, id);
  if (run === null) throw new CarError("not_found", `There is no run ${asked}.`);
  return run;
}

/** Events that one call gives. */
const EVENTS_MAX = 2_000;

const EVENT = z.object({
  seq: z.int(),
  run: z.string(),
  atMs: moment(),
  kind: z.enum(["step", "refused", "note"]),
  type: z.string(),
  turn: z.nullable(z.string()),
  ticket: z.nullable(z.string()),
  /** A step in words; null for what an agent told. */
  words: z.nullable(z.string()),
  /** What was told, by `type`; null for a step. */
  body: z.unknown(),
});

export const runEvents = route({
  method: "get",
  path: "/runs/{run}/events",
  scope: "repo",
  tag,
  summary: "read what happened in a run, in order, a page at a time",
  params: RUN,
  query: z.strictObject({
    after: z.optional(numeral()),
    limit: z.optional(numeral(1, EVENTS_MAX)),
    /** The newest so many. */
    last: z.optional(numeral(1, EVENTS_MAX)),
    turn: z.optional(z.string()),
  }),
  answer: z.object({ events: z.array(EVENT) }),
  handle: async ({ desk, params, query }) => {
    const reading = await desk.reading();
    const run = requireRun(reading, params.run);
    const events = reading.past?.journal.events({
      run: run.id,
      limit: query.limit ?? EVENTS_MAX,
      ...(query.after === undefined ? {} : { after: query.after }),
      ...(query.last === undefined ? {} : { last: query.last }),
      ...(query.turn === undefined ? {} : { turn: query.turn as TurnId }),
    }) ?? [];
    return {
      events: events.map(({ body, ...it }) => ({
        ...it,
        words: it.kind === "step" ? eventWords(body as Parameters<typeof eventWords>[0]) : null,
        // What the guard compares with is long, and in older journals holds the config with its secrets.
        body: it.kind === "note" && it.type !== "turn_base"
          ? readNote(it.type, body)?.body ?? null
          : null,
      })),
    };
  },
});

export const turnDiff = route({
  method: "get",
  path: "/turns/{turn}/diff",
  scope: "repo",
  tag,
  summary: "show what a turn changed in the repo, as a unified diff",
  params: z.object({ turn: segment() }),
  answer: z.object({
    turn: z.string(),
    diff: z.string(),
    /** Longer than is shown. */
    cut: z.boolean(),
    /** Why there is none; null when there is. */
    missing: z.nullable(z.string()),
  }),
  handle: ({ desk, params, site }) =>
    turnChanges(desk, params.turn as TurnId, { clock: site.clock, environment: site.environment }),
});

export const replayRoute = route({
  method: "get",
  path: "/runs/{run}/replay",
  scope: "repo",
  tag,
  summary: "put a run's recorded events through the engine again, step by step",
  params: RUN,
  answer: z.object({
    run: z.string(),
    same: z.boolean(),
    difference: z.nullable(z.string()),
    steps: z.array(z.object({
      seq: z.int(),
      atMs: moment(),
      event: z.string(),
      words: z.string(),
      status: z.string(),
      phase: z.string(),
      ticket: z.nullable(z.string()),
      turns: z.int(),
      tokens: z.number(),
      refused: z.nullable(z.string()),
    })),
  }),
  errors: ["damaged"],
  handle: async ({ desk, params }) => {
    const reading = await desk.reading();
    const { id } = requireRun(reading, params.run);
    if (reading.past === null) throw new CarError("not_found", `There is no run ${id}.`);
    const { steps, difference } = replayRun(reading.past.journal, id);
    return {
      run: id,
      same: difference === null,
      difference,
      steps: steps.map(({ seq, event, after, refused }) => ({
        seq,
        atMs: event.atMs,
        event: event.type,
        words: eventWords(event),
        status: after.status,
        phase: after.phase.type,
        ticket: after.work?.ticket.name ?? null,
        turns: after.turns,
        tokens: after.tokens,
        refused,
      })),
    };
  },
});

/** A run as lists show it. */
export function summaryOf(run: Run) {
  const { id, status, phase, pause, ended, work, startedAtMs, sinceMs, turns, tokens } = run;
  return {
    id,
    status,
    phase: phase.type,
    pause,
    ended,
    ticket: work?.ticket ?? null,
    startedAtMs,
    sinceMs,
    turns,
    tokens,
    done: run.done.length,
  };
}

export const RUN_ROUTES = [
  pauseRoute,
  stopRoute,
  killRoute,
  decideRoute,
  listRuns,
  getRun,
  runEvents,
  turnDiff,
  replayRoute,
] as const satisfies readonly Route[];
