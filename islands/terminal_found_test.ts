import assert from "node:assert/strict";
import { FOUND_MAX, foundWords } from "./terminal_found.ts";

Deno.test("foundWords() numbers a place where it can", () => {
  const table = [
    [null, ""],
    [{ at: null, count: 0 }, "Not found"],
    [{ at: 1, count: 1 }, "1 of 1"],
    [{ at: 3, count: 12 }, "3 of 12"],
    [{ at: 7, count: FOUND_MAX }, "7 of 1000 or more"],
    [{ at: null, count: FOUND_MAX }, "1000 or more places"],
  ] as const;
  for (const [found, words] of table) assert.equal(foundWords(found), words);
});
