import assert from "node:assert/strict";
import { PROMISES } from "./promises.ts";

const TESTS = new URL("../", import.meta.url);

Deno.test("every promise names tests that exist, and every promise's test has its row", () => {
  const named = PROMISES.flatMap((row) => row.tests);
  for (const path of named) assert.ok(Deno.statSync(new URL(path, TESTS)).isFile, path);
  const files = [...Deno.readDirSync(new URL("promises/", TESTS))]
    .map(({ name }) => name).filter((name) => /^p\d+_.*_test\.ts$/.test(name)).sort();
  for (const name of files) {
    const row = PROMISES.find((it) => it.id === `P${Number(name.slice(1, 3))}`);
    assert.ok(row?.tests.includes(`promises/${name}`), `no row names ${name}`);
  }
  assert.deepEqual(PROMISES.map((row) => row.id), PROMISES.map((_, at) => `P${at + 1}`));
});
