import assert from "node:assert/strict";
import type { Answer } from "../../engine/turn.ts";
import { askedBy } from "./approvals.ts";

const at = { threadId: "t", turnId: "u", itemId: "i" };
const command = "item/commandExecution/requestApproval";
const permissions = { network: { enabled: true } };

Deno.test("askedBy() answers in Codex's words when a person or the posture has decided", () => {
  const rows: [method: string, params: object, answer: Answer, result: unknown][] = [
    [command, {}, { type: "yes" }, { decision: "accept" }],
    [command, {}, { type: "always" }, { decision: "acceptForSession" }],
    [command, {}, { type: "no", reason: "why" }, { decision: "decline" }],
    ["item/fileChange/requestApproval", {}, { type: "yes" }, { decision: "accept" }],
    ["item/permissions/requestApproval", { permissions }, { type: "yes" }, {
      permissions,
      scope: "turn",
    }],
    ["item/permissions/requestApproval", { permissions }, { type: "always" }, {
      permissions,
      scope: "session",
    }],
    ["item/permissions/requestApproval", { permissions }, { type: "no" }, {
      permissions: {},
      scope: "turn",
    }],
    ["item/tool/requestUserInput", { questions: [] }, {
      type: "answers",
      answers: { color: ["blue"] },
    }, { answers: { color: { answers: ["blue"] } } }],
    ["item/tool/requestUserInput", { questions: [] }, { type: "no" }, { answers: {} }],
  ];
  for (const [method, params, answer, result] of rows) {
    assert.deepEqual(askedBy(method, { ...at, ...params })?.answer(answer), result, method);
  }
});

Deno.test("askedBy() shows command, place and reason when a command is asked for", () => {
  const asked = askedBy(command, { ...at, command: "rm -rf x", cwd: "/repo", reason: "clean" });
  assert.deepEqual(asked?.event("7"), {
    type: "approval",
    requestId: "7",
    kind: "command",
    title: "rm -rf x",
    detail: "rm -rf x\nin /repo\nclean",
  });
});

Deno.test("askedBy() knows nothing of other methods, and throws on broken parameters", () => {
  for (const method of ["attestation/generate", "toString", ""]) {
    assert.equal(askedBy(method, at), undefined);
  }
  assert.throws(() => askedBy(command, { threadId: 7 }));
});
