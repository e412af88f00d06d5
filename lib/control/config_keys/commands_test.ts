import assert from "node:assert/strict";
import { commands } from "./composites.ts";

Deno.test("commands() reads programs by name, and refuses all when one is wrong", () => {
  const key = commands("A meaning.");
  const fine: readonly (readonly [unknown, unknown])[] = [
    [{}, {}],
    [{ logs: "tail -f app.log" }, { logs: ["tail", "-f", "app.log"] }],
    [{ "db.shell-2": ["psql", "a b", ""] }, { "db.shell-2": ["psql", "a b", ""] }],
  ];
  for (const [found, value] of fine) {
    assert.deepEqual(key.decode(found), { ok: true, value });
  }
  const wrong: readonly unknown[] = [
    null,
    "bash",
    ["bash"],
    { logs: "" },
    { logs: [] },
    { logs: [""] },
    { logs: [1] },
    { logs: ["a\u0000b"] },
    { "two words": "bash" },
    { "": "bash" },
    { ["x".repeat(33)]: "bash" },
    { fine: "bash", wrong: null },
  ];
  for (const found of wrong) assert.ok(!key.decode(found).ok, JSON.stringify(found));
});
