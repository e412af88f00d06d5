/** `car log`: what happened in a run, line by line, also while it goes on; in a hub, in all its repos. */

import { CarError } from "../../base/errors.ts";
import type { Journal, JournalEvent } from "../../control/journal.ts";
import { readTurns } from "../../control/views_read.ts";
import type { RunId, TurnId } from "../../engine/ids.ts";
import type { Run } from "../../engine/run.ts";
import { followRun } from "../../hub/follow.ts";
import { askedRun, findRun, type Reading, withReading } from "../../hub/reading.ts";
import type { Call } from "../command.ts";
import type { PrintedLine, Renderer } from "../log_renderer.ts";
import { rendererFor, tellRuns } from "../log_runs.ts";
import { newestLines, type Tail } from "../log_tail.ts";

/** Events taken from the journal at once. */
const PAGE = 1_000;
/** Runs that --runs lists. */
const RUNS_MAX = 200;

export async function run(call: Call): Promise<number | void> {
  const { type, paths } = await call.context.either();
  if (type === "hub") return await (await import("../hub_log.ts")).showHubLog(call);
  await withReading(paths, async (reading) => {
    if (call.input.flag("runs")) return listRuns(call, reading);
    const asked = call.input.text("run");
    const chosen = findRun(reading, asked === null ? undefined : askedRun(asked));
    if (chosen === null || reading.past === null) {
      return call.output.say(
        call.context.said('No run has been started in this repo yet; use "car run"'),
      );
    }
    await tellRun(call, reading, reading.past.journal, chosen);
  });
}

async function tellRun(call: Call, reading: Reading, journal: Journal, run: Run): Promise<void> {
  const { input, io } = call;
  const number = input.number("turn");
  const turn = number === null ? null : turnOf(reading, run.id, number);
  const isShown = (event: JournalEvent) => turn === null || event.turn === turn;
  const begin = () => rendererFor(call, journal, run.id);
  const tail = input.number("tail");
  const printed = tail === null
    ? printAll(call, begin(), pages(journal, run.id), isShown)
    : printTail(call, newestLines(journal, run, tail, { begin, isShown }));
  const { renderer, after } = printed;
  if (!input.flag("follow")) return;
  const end = await followRun(reading, {
    run: run.id,
    after,
    clock: io.clock,
    signal: io.closed,
    onEvents: (events) => print(call, renderer(events, isShown)),
  });
  if (end === "cut_off") {
    const words = `CAR ended without saying so; "car resume" goes on with ${run.id}.`;
    call.output.remark(call.context.said(words));
  }
}

interface Printed {
  readonly renderer: Renderer;
  /** The last event that was taken in. */
  readonly after: number;
}

type IsShown = (event: JournalEvent) => boolean;

function print({ io, output, json }: Call, lines: readonly PrintedLine[]): void {
  for (const { text, tone } of lines) {
    if (io.closed.aborted) return;
    // JSON escapes by itself; making characters visible would break it.
    if (json) io.stdout(`${text}\n`);
    else output.line(text, tone);
  }
}

function printAll(
  call: Call,
  renderer: Renderer,
  all: Iterable<readonly JournalEvent[]>,
  isShown: IsShown,
): Printed {
  let after = 0;
  for (const events of all) {
    if (call.io.closed.aborted) break;
    print(call, renderer(events, isShown));
    after = events.at(-1)?.seq ?? after;
  }
  return { renderer, after };
}

function printTail(call: Call, tail: Tail): Printed {
  print(call, tail.lines.map((it) => it.line));
  return tail;
}

function turnOf(reading: Reading, run: RunId, number: number): TurnId {
  const turns = reading.past === null ? [] : readTurns(reading.past.views, { run });
  const found = turns.find((it) => it.ordinal === number);
  if (found !== undefined) return found.turn;
  throw new CarError("not_found", `${run} has no turn ${number}; it has had ${turns.length}.`, {
    hint: `Use "car log --run ${run}" for all of it.`,
  });
}

function* pages(journal: Journal, run: RunId): Generator<readonly JournalEvent[]> {
  for (let after = 0;;) {
    const events = journal.events({ run, after, limit: PAGE });
    if (events.length === 0) return;
    yield events;
    after = events.at(-1)?.seq ?? after;
  }
}

function listRuns(call: Call, reading: Reading): void {
  const runs = reading.past?.journal.runs(RUNS_MAX) ?? [];
  tellRuns(call, runs.map(({ run }) => ({ run })));
}
