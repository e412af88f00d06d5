import assert from "node:assert/strict";
import { Foreigners } from "./foreigners.ts";

interface Seen {
  start: string;
  environ: string;
}

/** A machine whose processes and clock are set by hand, and what was read of it. */
function machine() {
  const processes = new Map<number, Seen>();
  const read: string[] = [];
  let nowMs = 0;
  const foreigners = new Foreigners(/\0MARK=/, {
    start: (pid) => {
      read.push(`start ${pid}`);
      return processes.get(pid)?.start ?? null;
    },
    environ: (pid) => {
      read.push(`environ ${pid}`);
      return processes.get(pid)?.environ ?? "";
    },
    elapsed: () => nowMs,
  });
  return {
    processes,
    /** What is looked at more closely `afterMs` after the last time, and what was read for it. */
    look(afterMs: number) {
      nowMs += afterMs;
      read.length = 0;
      const others = foreigners.others([...processes.keys()]);
      return { others, read: [...read] };
    },
  };
}

const foreign = (start = "1"): Seen => ({ start, environ: "\0PATH=/bin\0" });
const ours = (start = "1"): Seen => ({ start, environ: "\0MARK=a\0" });

Deno.test("others() reads a process without a marker twice, and then no more while its number is its own", () => {
  const { processes, look } = machine();
  processes.set(7, foreign());
  assert.deepEqual(look(0), { others: [], read: ["start 7", "environ 7"] });
  assert.deepEqual(look(1_500), { others: [], read: ["start 7", "environ 7"] });
  assert.deepEqual(look(1_000), { others: [], read: [] });
  assert.deepEqual(look(2_000), { others: [], read: ["start 7"] });
  assert.deepEqual(look(100), { others: [], read: [] });
});

Deno.test("others() finds a process that was seen before it became its own program", () => {
  const { processes, look } = machine();
  for (const before of ["", "\0PATH=/bin\0"]) {
    processes.set(7, { start: "1", environ: before });
    assert.deepEqual(look(0).others, []);
    processes.set(7, ours());
    assert.deepEqual(look(1).others, [7], JSON.stringify(before));
    processes.clear();
    look(0);
  }
});

Deno.test("others() gives a marked process at every look, also one with the number of a foreigner", () => {
  const { processes, look } = machine();
  processes.set(7, foreign());
  processes.set(8, ours());
  for (const afterMs of [0, 1_000, 1_000, 1_000]) assert.deepEqual(look(afterMs).others, [8]);
  processes.set(7, ours("2"));
  assert.deepEqual(look(2_000).others, [7, 8]);
  processes.delete(8);
  assert.deepEqual(look(1).others, [7]);
  // Gone and come again under its number between two looks.
  processes.set(8, foreign());
  look(0);
  processes.delete(8);
  look(0);
  processes.set(8, ours("3"));
  assert.deepEqual(look(0).others, [7, 8]);
});

Deno.test("others() looks closely at one that has gone meanwhile", () => {
  const gone = new Foreigners(/\0MARK=/, {
    start: () => null,
    environ: () => "",
    elapsed: () => 0,
  });
  assert.deepEqual(gone.others([7]), [7]);
});
