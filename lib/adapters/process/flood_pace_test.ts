import assert from "node:assert/strict";
import { FloodPace } from "./flood_pace.ts";

const MB = 1_000_000;

Deno.test("waitMs() lets a burst pass at once, and a flood at its pace", () => {
  const pace = new FloodPace();
  pace.took(60 * MB, 0);
  assert.equal(pace.waitMs(0), 0);
  pace.took(39 * MB, 0);
  const waits = pace.waitMs(0);
  assert.ok(waits > 900 && waits < 1_200, `${waits} ms`);
  assert.equal(pace.waitMs(waits), 0);
  assert.equal(pace.waitMs(60_000), 0);
  pace.took(60 * MB, 60_000);
  assert.equal(pace.waitMs(60_000), 0);
});
