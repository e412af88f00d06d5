import assert from "node:assert/strict";
import { RUN_STATUSES, TRANSITIONS } from "../lib/engine/run.ts";
import { statesPage } from "./draw_states.ts";

Deno.test("docs/run-states.md is as the engine's table is", async () => {
  const page = await Deno.readTextFile(new URL("../docs/run-states.md", import.meta.url));
  assert.equal(page, statesPage(), "docs/run-states.md is stale: run `deno task docs`");
});

Deno.test("statesPage() draws every move of the table", () => {
  const page = statesPage();
  for (const from of RUN_STATUSES) {
    for (const [move, to] of Object.entries(TRANSITIONS[from])) {
      const arrow = page.split("\n").find((line) => line.startsWith(`  ${from} --> ${to}:`));
      assert.ok(arrow?.includes(move), `${from} -${move}-> ${to}`);
    }
  }
});
