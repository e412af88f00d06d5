import assert from "node:assert/strict";
import { stalePages } from "../../scripts/write_docs.ts";

Deno.test("pages made from tables are fresh; deno task docs writes them", async () => {
  assert.deepEqual(await stalePages(), []);
});
