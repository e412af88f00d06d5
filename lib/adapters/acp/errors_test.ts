import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import type { AgentErrorKind } from "../../engine/turn.ts";
import { RpcError } from "../wire/jsonrpc.ts";
import { agentErrorOf, failureIn } from "./errors.ts";
import { endOf } from "./stop_reasons.ts";

const rpc = (text: string, data?: unknown, code = -32603) =>
  new RpcError("session/prompt", code, text, data);
const internal = (data: unknown) => rpc("Internal error", data);

/** As the agents said it, each row one of them. */
const ROWS: readonly (readonly [RpcError, AgentErrorKind, string])[] = [
  [
    internal({
      message: "We're currently experiencing high demand.",
      codex_error_info: "internal_server_error",
    }),
    "overloaded",
    "We're currently experiencing high demand.",
  ],
  [
    internal({
      message: '{"error":{"message":"Never again","code":"invalid"}}',
      codex_error_info: "other",
    }),
    "refused",
    "Never again",
  ],
  [
    internal({ message: "stream disconnected before completion: error decoding response body" }),
    "network",
    "stream disconnected before completion: error decoding response body",
  ],
  [rpc("Internal error", "Too Many Requests"), "overloaded", "Too Many Requests"],
  [rpc("API error 503"), "overloaded", "API error 503"],
  [rpc("Prompt is too long"), "context_full", "Prompt is too long"],
  [rpc("the model reached max_output_tokens"), "network", "the model reached max_output_tokens"],
  [rpc("connect ECONNREFUSED 127.0.0.1:1"), "network", "connect ECONNREFUSED 127.0.0.1:1"],
  [
    rpc("Internal error: Connection reset by server"),
    "network",
    "Internal error: Connection reset by server",
  ],
  [rpc("Model not found"), "refused", "Model not found"],
  [rpc("Internal error"), "refused", "Internal error"],
];

Deno.test("agentErrorOf() names what agents say in their own words", () => {
  for (const [thrown, kind, message] of ROWS) {
    assert.deepEqual(agentErrorOf(thrown, []), { kind, message });
  }
});

Deno.test("agentErrorOf() tells the ways to log in when a login is wanted", () => {
  for (const thrown of [rpc("Authentication required", undefined, -32000), rpc("HTTP 401")]) {
    const { kind, message } = agentErrorOf(thrown, ["With a browser", "With a key"]);
    assert.equal(kind, "auth");
    assert.match(message, /It knows: With a browser; With a key\./);
  }
});

Deno.test("agentErrorOf() tells when a quota is back, as far as it is said", () => {
  const told = "You've hit your usage limit. Try again at Jan 1st, 2100 12:00 AM.";
  const error = agentErrorOf(internal({ message: told }), []);
  assert.equal(error.kind, "quota");
  assert.equal(error.resetsAtMs, Date.parse("Jan 1, 2100 12:01 AM"));
  assert.equal(agentErrorOf(rpc("quota exceeded"), []).resetsAtMs, undefined);
});

Deno.test("agentErrorOf() names CAR's own failures", () => {
  const rows = { timeout: "silent", invalid: "refused", unavailable: "crashed" } as const;
  for (const [code, kind] of Object.entries(rows)) {
    const thrown = new CarError(code as keyof typeof rows, "It is so", { hint: "Do this." });
    assert.deepEqual(agentErrorOf(thrown, []), { kind, message: "It is so. Do this." });
  }
  assert.equal(agentErrorOf("odd", []).kind, "protocol");
});

Deno.test("failureIn() finds a failure in an answer that calls itself good", () => {
  const answer = (failure: unknown) => ({
    stopReason: "end_turn",
    _meta: { jetbrains: { air: { sessionFailure: failure } } },
  });
  const kinds = {
    access: "auth",
    connection: "network",
    service: "overloaded",
    request: "refused",
  };
  for (const [category, kind] of Object.entries(kinds)) {
    const failure = { severity: "error", category, title: "Sorry" };
    assert.deepEqual(failureIn(answer(failure)), { kind, message: "Sorry" });
  }
  const limit = { severity: "error", category: "limit", title: "Usage limit reached" };
  assert.equal(failureIn(answer(limit))?.kind, "quota");
  assert.equal(failureIn(answer({ severity: "warning", title: "Reconnecting" })), undefined);
  assert.equal(failureIn({}), undefined);
});

Deno.test("endOf() tells how a turn ended for every stop reason", () => {
  const worked = { didAnything: true, wasDeclined: false };
  const rows = [
    ["end_turn", worked, "completed", null, false],
    ["end_turn", { ...worked, didAnything: false }, "completed", null, true],
    ["max_turn_requests", worked, "completed", null, true],
    ["max_tokens", worked, "failed", "network", false],
    ["refusal", worked, "failed", "refused", false],
    ["cancelled", { ...worked, wasDeclined: true }, "completed", null, true],
    ["cancelled", worked, "failed", "protocol", false],
    ["of tomorrow", worked, "completed", null, true],
    [undefined, worked, "completed", null, true],
  ] as const;
  for (const [stopReason, turn, result, kind, hasNotice] of rows) {
    const events = endOf({ stopReason }, turn);
    const ended = events.at(-1);
    assert(ended?.type === "ended");
    assert.deepEqual([ended.result, ended.error?.kind ?? null], [result, kind], stopReason);
    assert.equal(events.length > 1, hasNotice, stopReason);
  }
});
