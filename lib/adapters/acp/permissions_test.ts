import assert from "node:assert/strict";
import type { Answer } from "../../engine/turn.ts";
import { permissionOf } from "./permissions.ts";

const option = (optionId: string, kind?: string, name = optionId) => ({ optionId, kind, name });
const FOUR = [
  option("a1", "allow_once"),
  option("a2", "allow_always"),
  option("r1", "reject_once"),
  option("r2", "reject_always"),
];
const selected = (optionId: string) => ({ outcome: { outcome: "selected", optionId } });
const CANCELLED = { outcome: { outcome: "cancelled" } };
const no: Answer = { type: "no" };

Deno.test("permissionOf().outcome() chooses the option that means the answer", () => {
  const sloppy = [option("go", undefined, "Yes, proceed"), option("halt", "", "No, stop")];
  const rows: readonly (readonly [unknown, Answer | null, unknown])[] = [
    [FOUR, { type: "yes" }, selected("a1")],
    [FOUR, { type: "always" }, selected("a2")],
    [FOUR, no, selected("r1")],
    [FOUR, null, CANCELLED],
    [[FOUR[1]], { type: "yes" }, selected("a2")],
    [[FOUR[0]], { type: "always" }, selected("a1")],
    [[FOUR[3]], no, selected("r2")],
    [[FOUR[0]], no, CANCELLED],
    [sloppy, { type: "yes" }, selected("go")],
    [sloppy, no, selected("halt")],
    [[option("x1", undefined, "Perhaps")], { type: "yes" }, CANCELLED],
    [undefined, { type: "yes" }, CANCELLED],
    ["odd", no, CANCELLED],
  ];
  for (const [options, answer, outcome] of rows) {
    assert.deepEqual(permissionOf({ options }).outcome(answer), outcome);
  }
});

Deno.test("permissionOf().event() tells command, place and diff, whatever is missing", () => {
  const command = permissionOf({
    toolCall: {
      kind: "execute",
      rawInput: { command: ["/bin/sh", "-c", "rm -rf old"], cwd: "/r" },
    },
  });
  assert.equal(command.command, "rm -rf old");
  assert.deepEqual(command.event("1"), {
    type: "approval",
    requestId: "1",
    kind: "command",
    title: "rm -rf old",
    detail: "rm -rf old\nin /r",
  });
  const edit = permissionOf({
    toolCall: {
      kind: "edit",
      title: "Edit",
      content: [{ type: "diff", path: "a", newText: "x\n" }],
    },
  });
  assert.match(edit.event("2").detail, /^\+x$/m);
  assert.equal(permissionOf(null).event("3").title, "a tool");
});
