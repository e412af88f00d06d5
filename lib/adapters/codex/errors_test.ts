import assert from "node:assert/strict";
import type { AgentErrorKind } from "../../engine/turn.ts";
import { agentErrorOf } from "./errors.ts";

const NOW = new Date("Jul 28, 2026 3:00 PM").getTime();
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
    const error = agentErrorOf({ message, codexErrorInfo }, null, NOW);
    assert.equal(error.kind, kind, `${JSON.stringify(codexErrorInfo)} ${message}`);
  }
});

Deno.test("agentErrorOf() tells when the quota is back only when it is a quota", () => {
  const at = 4_102_444_800_000;
  const quota = { message: "limit", codexErrorInfo: "usageLimitExceeded" };
  const resetOf = (error: Parameters<typeof agentErrorOf>[0], known: number | null) =>
    agentErrorOf(error, known, NOW).resetsAtMs;
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
    const error = agentErrorOf({ message, codexErrorInfo: "other" }, null, NOW);
    assert.deepEqual([error.message, error.retryAfterMs], [sentence, retryAfterMs]);
  }
});

Deno.test("agentErrorOf() reads the quota's reset out of the message when nothing else tells it", () => {
  const rows: [message: string, at: string | null][] = [
    ["You've hit your usage limit. Try again at Jan 1st, 2100 12:00 AM.", "Jan 1, 2100 12:01 AM"],
    ["Try again at Aug 2nd, 2026 9:30 AM.", "Aug 2, 2026 9:31 AM"],
    ["Try again at 5:07 PM.", "Jul 28, 2026 5:08 PM"],
    ["Try again at 2:07 PM.", "Jul 29, 2026 2:08 PM"],
    ["Try again at 99:99 PM.", null],
    ["Try again later.", null],
  ];
  for (const [message, at] of rows) {
    const { resetsAtMs } = agentErrorOf(
      { message, codexErrorInfo: "usageLimitExceeded" },
      null,
      NOW,
    );
    assert.equal(resetsAtMs, at === null ? undefined : new Date(at).getTime(), message);
  }
});
