/** `car log`: what happened in a run, line by line, also while it goes on. */

import { CarError } from "../../base/errors.ts";
import { duration, thousands } from "../../base/text.ts";
import type { Journal, JournalEvent } from "../../control/journal.ts";
import { readTurns } from "../../control/views_read.ts";
import type { RunId, TurnId } from "../../engine/ids.ts";
import type { Run } from "../../engine/run.ts";
import { followRun } from "../../hub/follow.ts";
import { askedRun, findRun, type Reading, withReading } from "../../hub/reading.ts";
import type { Call } from "../command.ts";
import { jsonRenderer, type PrintedLine, type Renderer, textRenderer } from "../log_renderer.ts";
import { clockTime, nowOf } from "../moment.ts";

/** Events taken from the journal at once. */
const PAGE = 1_000;
/** Runs that --runs lists. */
const RUNS_MAX = 200;

export async function run(call: Call): Promise<void> {
  await withReading(await call.context.repo(), async (reading) => {
    if (call.input.flag("runs")) return listRuns(call, reading);
    const asked = call.input.text("run");
    const chosen = findRun(reading, asked === null ? undefined : askedRun(asked));
    if (chosen === null || reading.past === null) {
      return call.output.say('No run has been started in this repo yet; use "car run"');
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
  const { renderer, after } = input.number("tail") === null
    ? printAll(call, begin(), pages(journal, run.id), isShown)
    : printTail(call, begin, journal, run.id, isShown);
  if (!input.flag("follow")) return;
  const end = await followRun(reading, {
    run: run.id,
    after,
    clock: io.clock,
    signal: io.closed,
    onEvents: (events) => print(call, renderer(events, isShown)),
  });
  if (end === "cut_off") {
    call.output.remark(`CAR ended without saying so; "car resume" goes on with ${run.id}.`);
  }
}

interface Printed {
  readonly renderer: Renderer;
  /** The last event that was taken in. */
  readonly after: number;
}

type IsShown = (event: JournalEvent) => boolean;

function rendererFor({ json, io }: Call, journal: Journal, run: RunId): Renderer {
  if (json) return jsonRenderer();
  const first = journal.firstState(run);
  if (first === null) throw new CarError("damaged", `The beginning of ${run} is lost`);
  return textRenderer(first, () => nowOf(io));
}

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

/** Looks back as far as it takes: not every event prints a line. Steps are always taken in. */
function printTail(
  call: Call,
  begin: () => Renderer,
  journal: Journal,
  run: RunId,
  isShown: IsShown,
): Printed {
  const wanted = call.input.number("tail") ?? 0;
  const steps = journal.events({ run, kinds: ["step"] });
  for (let last = wanted * 2;; last *= 4) {
    const newest = journal.events({ run, last });
    const first = newest[0]?.seq ?? 0;
    const events = [...steps.filter((it) => it.seq < first), ...newest];
    const renderer = begin();
    const lines = renderer(events, (event) => event.seq >= first && isShown(event));
    if (lines.length < wanted && newest.length === last) continue;
    print(call, lines.slice(-wanted));
    return { renderer, after: newest.at(-1)?.seq ?? 0 };
  }
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

function listRuns({ output, io, json }: Call, reading: Reading): void {
  const now = nowOf(io);
  const runs = reading.past?.journal.runs(RUNS_MAX).map((it) => it.run) ?? [];
  if (json) {
    output.json(runs.map((it) => ({
      run: it.id,
      status: it.status,
      reason: it.pause?.detail ?? it.ended,
      startedAt: new Date(it.startedAtMs).toISOString(),
      sinceAt: new Date(it.sinceMs).toISOString(),
      turns: it.turns,
      tokens: it.tokens,
      done: it.done.length,
    })));
    return;
  }
  output.table(
    [
      { title: "Run" },
      { title: "Status" },
      { title: "Begun" },
      { title: "Took", align: "right" },
      { title: "Turns", align: "right" },
      { title: "Tokens", align: "right" },
      { title: "Done", align: "right" },
      { title: "Why" },
    ],
    runs.map((it) => [
      it.id,
      it.status,
      clockTime(it.startedAtMs, now),
      duration(it.sinceMs - it.startedAtMs),
      String(it.turns),
      thousands(it.tokens),
      String(it.done.length),
      it.pause?.detail ?? it.ended ?? "",
    ]),
  );
}
