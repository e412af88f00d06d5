/** The journal and the views: what each step costs, and what it takes to make the views anew. */

import { Journal } from "../../lib/control/journal.ts";
import { openViews, rebuildViews } from "../../lib/control/views.ts";
import { SyntheticRun, syntheticTicket } from "../support/synthetic_run.ts";
import { atMost, type Measured } from "./measure.ts";

const COMMITS = 3_000;
const EVENTS = 100_000;
const NOTES_A_TURN = 40;

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "car-bench-" });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Steps of real runs, each one transaction with its fsync; milliseconds each. */
function commitTimes(journal: Journal): readonly number[] {
  const times: number[] = [];
  const run = new SyntheticRun(journal).start();
  for (let number = 1; times.length < COMMITS; number++) {
    const ticket = syntheticTicket(number);
    const steps = [
      () => run.read(ticket),
      () => run.ended(),
      () => run.look({ ...ticket, done: true }),
      () => run.checked([]),
      () => run.settled(),
    ];
    for (const step of steps) {
      const started = performance.now();
      step();
      times.push(performance.now() - started);
    }
  }
  return times;
}

/** Turns with what agents tell in them, until the journal is long enough. */
function fill(journal: Journal): void {
  const run = new SyntheticRun(journal, { settings: { maxTurns: EVENTS } }).start();
  for (let number = 1; journal.highSeq() < EVENTS; number++) {
    const ticket = syntheticTicket(number);
    run.read(ticket);
    const { turn, id, nowMs } = run;
    journal.note(Array.from({ length: NOTES_A_TURN }, (_, at) => ({
      run: id,
      turn,
      ticket: ticket.id,
      type: "tool",
      atMs: nowMs,
      body: { id: String(at), kind: "command", title: "deno test", status: "ok", output: "ok\n" },
    })));
    run.ended().look({ ...ticket, done: true }).checked([]).settled();
  }
}

export const stateRows = (): Promise<readonly Measured[]> =>
  inFolder(async (folder) => {
    const small = Journal.open(`${folder}/small.db`);
    const commits = commitTimes(small);
    small.close();
    const journal = Journal.open(`${folder}/flows.db`);
    try {
      fill(journal);
      const rebuilds = [1, 2, 3].map(() => {
        const started = performance.now();
        rebuildViews(`${folder}/state.sqlite3`, journal);
        return performance.now() - started;
      });
      const openings = [1, 2, 3, 4, 5].map(() => {
        const started = performance.now();
        openViews(`${folder}/state.sqlite3`, journal).views.close();
        return performance.now() - started;
      });
      return await Promise.resolve([
        atMost("One step written to the journal, safe on disk", 2, "ms", commits),
        atMost("The views made anew from 100,000 events", 5_000, "ms", rebuilds),
        atMost("The views opened when up to date", 20, "ms", openings),
      ]);
    } finally {
      journal.close();
    }
  });
