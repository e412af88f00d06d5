/** Setting a repo's run going, in this process: begin, one ticket, go on. */

import * as z from "zod/mini";
import type { Caller } from "../lib/hub/access/access.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import type { RunRequest } from "../lib/hub/run_repo.ts";
import { accepted } from "./answers.ts";
import { type Route, route } from "./route.ts";
import { RUN_SUMMARY } from "./run_shapes.ts";
import { summaryOf } from "./runs.ts";

const tag = "run";

/** Whether the run has its slot, or how many are before it. */
const SLOT = z.union([z.enum(["none", "held"]), z.object({ waiting: z.int() })]);

const STARTED = z.object({ run: RUN_SUMMARY, slot: SLOT });

/** The name of an agent in the config, used for every ticket instead of its own. */
const agent = z.optional(z.string());
/** Stay at a paused run until somebody resumes it, the repo's lock in hand. */
const wait = z.optional(z.boolean());
/** A tree that is dirty at a run's first start is worked all the same, without commits. */
const allowDirty = z.optional(z.boolean());

/** How many tickets at most; absent as the config says. */
const TICKETS_MAX = 1_000_000;

const errors = ["locked", "waiting", "conflict", "not_found", "invalid", "unavailable"] as const;

export const startRoute = route({
  method: "post",
  path: "/run/start",
  scope: "repo",
  tag,
  summary: "begin a run, or go on with the last one",
  details: "Answers once the first step is written. The run may then wait for a free slot.",
  body: z.strictObject({
    stopAfterTickets: z.optional(z.int().check(z.gte(1), z.lte(TICKETS_MAX))),
    agent,
    allowDirty,
    wait,
  }),
  answer: accepted(STARTED),
  errors,
  handle: ({ desk, actor, body }) =>
    startedRun(desk, actor, "run", { ...body, stopAfterTickets: body.stopAfterTickets ?? null }),
});

export const onceRoute = route({
  method: "post",
  path: "/run/once",
  scope: "repo",
  tag,
  summary: "work one ticket, then stop",
  body: z.strictObject({ agent, allowDirty, wait }),
  answer: accepted(STARTED),
  errors,
  handle: ({ desk, actor, body }) =>
    startedRun(desk, actor, "run", { ...body, stopAfterTickets: 1 }),
});

export const resumeRoute = route({
  method: "post",
  path: "/run/resume",
  scope: "repo",
  tag,
  summary: "go on with a run that is paused, stopped, failed or was cut off",
  body: z.strictObject({
    /** One ticket, then stop. */
    once: z.optional(z.boolean()),
    agent,
    wait,
  }),
  answer: accepted(STARTED),
  errors,
  handle: ({ desk, actor, body }) =>
    startedRun(desk, actor, "resume", { ...body, stopAfterTickets: body.once === true ? 1 : null }),
});

interface Asked {
  readonly stopAfterTickets: number | null;
  readonly agent?: string | undefined;
  readonly allowDirty?: boolean | undefined;
  readonly wait?: boolean | undefined;
}

/** Begins or goes on. @throws {CarError} as `startRun`. */
export async function startedRun(
  desk: RepoDesk,
  { by }: Caller,
  type: RunRequest["type"],
  asked: Asked,
) {
  const { stopAfterTickets, agent = null, allowDirty = false, wait = false } = asked;
  const flags = { stopAfterTickets, agent, withoutCommits: false };
  const run = await desk.start({ type, by, flags, allowDirty, wait });
  return { run: summaryOf(run), slot: desk.row().slot };
}

export const RUN_START_ROUTES = [
  startRoute,
  onceRoute,
  resumeRoute,
] as const satisfies readonly Route[];
