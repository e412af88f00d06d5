import assert from "node:assert/strict";
import type { AgentErrorKind } from "../../engine/turn.ts";
import { agentErrorOf, finishError, patienceEnds } from "./errors.ts";
import type { NamedError } from "./protocol.ts";

const NOW_MS = 1_000_000;
const api = (statusCode: number, message: string, responseBody = ""): NamedError => ({
  name: "APIError",
  data: { statusCode, message, responseBody },
});
const unknown = (message: string): NamedError => ({ name: "UnknownError", data: { message } });

const KINDS: readonly (readonly [AgentErrorKind, NamedError])[] = [
  ["auth", { name: "ProviderAuthError", data: { message: "no key" } }],
  ["auth", api(401, "Unauthorized")],
  ["auth", api(403, "Forbidden")],
  ["auth", unknown("API key is missing")],
  ["context_full", { name: "ContextOverflowError", data: { message: "too long" } }],
  ["overloaded", api(429, "slow down")],
  ["overloaded", api(500, "oops")],
  ["overloaded", api(529, "Overloaded")],
  ["overloaded", unknown("Provider is overloaded")],
  ["quota", api(429, "You exceeded your current quota")],
  ["quota", api(400, "no", '{"error":{"code":"insufficient_quota"}}')],
  ["quota", api(402, "Payment")],
  ["network", { name: "MessageOutputLengthError" }],
  ["network", unknown("The socket connection was closed unexpectedly")],
  ["network", { name: "APIError", data: { message: "something odd" } }],
  ["refused", api(400, "Never again")],
  ["refused", { name: "ContentFilterError", data: { message: "no" } }],
  ["refused", unknown("Model not found: a/b.")],
  ["refused", { name: "TelepathyError", data: { message: "hm" } }],
];

for (const [kind, error] of KINDS) {
  const { statusCode = "", message = "" } = error.data ?? {};
  Deno.test(`agentErrorOf() names ${error.name} ${statusCode} "${message}" ${kind}`, () => {
    assert.equal(agentErrorOf(error, NOW_MS).kind, kind);
  });
}

Deno.test("agentErrorOf() tells the first line, and the wait the service asked for", () => {
  const error: NamedError = {
    name: "APIError",
    data: {
      message: "Too many requests\n    at somewhere",
      statusCode: 429,
      responseHeaders: { "retry-after": "7" },
    },
  };
  const { message, retryAfterMs, resetsAtMs } = agentErrorOf(error, NOW_MS);
  assert.deepEqual([message, retryAfterMs, resetsAtMs], ["Too many requests", 7_000, undefined]);
});

Deno.test("agentErrorOf() tells when a quota is back", () => {
  const data = {
    message: "usage limit reached",
    statusCode: 429,
    responseHeaders: { "retry-after-ms": "500" },
  };
  assert.equal(agentErrorOf({ name: "APIError", data }, NOW_MS).resetsAtMs, NOW_MS + 500);
});

Deno.test("finishError() takes an answer without a last word for a broken one", () => {
  const kinds = ["stop", "tool-calls", "telepathy", "length", "content-filter", undefined]
    .map((finish) => finishError(finish)?.kind ?? null);
  assert.deepEqual(kinds, [null, null, null, "network", "refused", "network"]);
});

Deno.test("patienceEnds() waits for a few short retries, and for none that takes minutes", () => {
  const retry = (attempt: number, waitMs: number, message = "scripted HTTP 500") =>
    patienceEnds({ type: "retry", attempt, message, next: NOW_MS + waitMs }, NOW_MS);
  assert.equal(retry(1, 2_000), null);
  assert.equal(retry(3, 30_000), null);
  assert.equal(retry(4, 1)?.kind, "overloaded");
  assert.equal(retry(4, 1, "fetch failed")?.kind, "network");
  const long = retry(1, 3_600_000, "Too many requests");
  assert.deepEqual([long?.kind, long?.resetsAtMs], ["quota", NOW_MS + 3_600_000]);
});
