import assert from "node:assert/strict";
import { atMost, inWords, spreadOf } from "./measure.ts";
import { benchmarksPage } from "./page.ts";

const MACHINE = {
  date: "2026-11-21 05:19",
  cpu: "Some CPU",
  cores: 2,
  memoryGb: 8.2,
  system: "linux 6.1",
  load: [0.1, 0.9],
  version: "car 0.1.0, Deno 2.7.11",
} as const;

Deno.test("spreadOf() gives the middle and the ends, and refuses nothing", () => {
  assert.equal(inWords(spreadOf([30, 10, 200]), "ms"), "30.0 ms (10.0-200, 3 times)");
  assert.throws(() => spreadOf([]), RangeError);
});

Deno.test("benchmarksPage() shows a miss as a miss and counts what was promised", () => {
  const page = benchmarksPage(MACHINE, [
    atMost("quick", 50, "ms", [40], "475 ms"),
    atMost("slow | piped", 50, "ms", [60]),
    { what: "told", target: "-", measured: "1 MB", met: null, python: null },
  ]);
  assert.match(page, /1 of 2 targets met/);
  assert.match(page, /\| quick \| <= 50 ms \| 40\.0 ms \(40\.0-40\.0, 1 times\) \| 475 ms \|/);
  assert.match(page, /\| slow \\\| piped \| <= 50 ms \| \*\*missed:\*\* 60\.0 ms/);
  assert.match(page, /Some CPU, 2 cores, 8 GB/);
});
