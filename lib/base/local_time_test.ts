import assert from "node:assert/strict";
import { dayWords, timeWords, utcZone, type Zone } from "./local_time.ts";

const AT = Date.UTC(2026, 2, 4, 23, 30, 5);
const TWO_EAST: Zone = () => 2 * 3_600_000;

Deno.test("timeWords() leaves the date out on the same local day", () => {
  const table: readonly [number, Zone, string][] = [
    [AT, utcZone, "23:30:05"],
    [AT + 3_600_000, utcZone, "2026-03-04 23:30:05"],
    [AT + 3_600_000, TWO_EAST, "01:30:05"],
    [AT - 7_200_000, TWO_EAST, "2026-03-05 01:30:05"],
  ];
  for (const [now, zone, words] of table) assert.equal(timeWords(AT, now, zone), words);
  assert.equal(timeWords(NaN, AT, utcZone), "an unknown time");
});

Deno.test("dayWords() gives the local day", () => {
  assert.equal(dayWords(AT, utcZone), "2026-03-04");
  assert.equal(dayWords(AT, TWO_EAST), "2026-03-05");
});
