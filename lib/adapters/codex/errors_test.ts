import assert from "node:assert/strict";
import type { AgentErrorKind } from "../../engine/turn.ts";
import { agentErrorOf } from "./errors.ts";

const status = (kind: string, httpStatusCode: number | null) => ({ [kind]: { httpStatusCode } });

Deno.test("agentErrorOf() names each measured failure when a turn fails", () => {
  const cut = "stream disconnected before completion: ";
  const rows: [info: unknown, message: string, kind: AgentErrorKind][] = [
    ["internalServerError", "", "overloaded"],
    ["serverOverloaded", "", "overloaded"],
    ["rateLimitExceeded", "", "overloaded"],
    ["usageLimitExceeded", "", "quota"],
    ["contextWindowExceeded", "", "context_full"],
    ["modelNotFound", "", "refused"],
    ["cyberPolicy", "", "refused"],
    ["unauthorized", "", "auth"],
    [status("responseTooManyFailedAttempts", 429), "", "overloaded"],
    [status("responseTooManyFailedAttempts", 502), "", "overloaded"],
    [status("httpConnectionFailed", 401), "", "auth"],
    [status("httpConnectionFailed", 403), "", "auth"],
    [status("httpConnectionFailed", 404), "", "refused"],
    [status("httpConnectionFailed", null), "", "network"],
    ["other", `${cut}error sending request`, "network"],
    ["other", `${cut}idle timeout waiting for SSE`, "network"],
    ["other", `${cut}Incomplete response returned, reason: content_filter`, "refused"],
    ["other", "Incomplete response returned, reason: max_output_tokens", "network"],
    ["other", "Missing environment variable: `KEY`.", "auth"],
    ["other", '{"error":{"message":"bad"}}', "refused"],
    ["a word of a later version", "", "refused"],
    ["toString", "", "refused"],
    [{ newKind: {} }, "", "refused"],
    [{}, "", "refused"],
    [null, "", "refused"],
    [undefined, "", "refused"],
  ];
  for (const [codexErrorInfo, message, kind] of rows) {
    const error = agentErrorOf({ message, codexErrorInfo }, null);
    assert.equal(error.kind, kind, `${JSON.stringify(codexErrorInfo)} ${message}`);
  }
});

Deno.test("agentErrorOf() tells when the quota is back only when it is a quota", () => {
  const at = 4_102_444_800_000;
  const quota = { message: "limit", codexErrorInfo: "usageLimitExceeded" };
  const resetOf = (error: Parameters<typeof agentErrorOf>[0], known: number | null) =>
    agentErrorOf(error, known).resetsAtMs;
  assert.equal(resetOf(quota, at), at);
  assert.equal(resetOf(quota, null), undefined);
  assert.equal(resetOf({ ...quota, codexErrorInfo: "cyberPolicy" }, at), undefined);
});

Deno.test("agentErrorOf() takes the sentence and the wait out of the message when they are in it", () => {
  const rows: [message: string, sentence: string, retryAfterMs: number | undefined][] = [
    ['{"error":{"message":"No such thing","code":1}}', "No such thing", undefined],
    ['{"detail":1}', '{"detail":1}', undefined],
    ["Please try again in 1.5s.", "Please try again in 1.5s.", 1500],
    ["try again in 250ms", "try again in 250ms", 250],
    ["try again in ...s", "try again in ...s", undefined],
  ];
  for (const [message, sentence, retryAfterMs] of rows) {
    const error = agentErrorOf({ message, codexErrorInfo: "other" }, null);
    assert.deepEqual([error.message, error.retryAfterMs], [sentence, retryAfterMs]);
  }
});
