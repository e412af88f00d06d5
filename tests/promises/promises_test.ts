import assert from "node:assert/strict";
import { PROMISES } from "./promises.ts";

const TESTS = new URL("../", import.meta.url);

Deno.test("every promise names tests that exist, and every promise's test has its row", () => {
  const named = PROMISES.flatMap((row) => row.tests);
  for (const path of named) assert.ok(Deno.statSync(new URL(path, TESTS)).isFile, path);
  const files = [...Deno.readDirSync(new URL("promises/", TESTS))]
    .map(({ name }) => name).filter((name) => /^p\d+_.*_test\.ts$/.test(name)).sort();
  assert.deepEqual(PROMISES.map((row) => row.tests[0]), files.map((name) => `promises/${name}`));
  assert.deepEqual(PROMISES.map((row) => row.id), files.map((_, at) => `P${at + 1}`));
});
