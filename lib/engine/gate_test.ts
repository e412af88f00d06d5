import assert from "node:assert/strict";
import { byteLength } from "../base/text.ts";
import { linesOutsideFences } from "./fence.ts";
import {
  type Evidence,
  evidenceText,
  feedback,
  FEEDBACK_BYTES_MAX,
  type GateFacts,
  isVoid,
  judge,
  type VerdictType,
} from "./gate.ts";

const PASS: Evidence = {
  command: "make test",
  exitCode: 0,
  signal: null,
  timedOut: false,
  seconds: 2.5,
  outputSha256: "0".repeat(64),
  outputTail: "ok\n",
  treeId: "t1",
  atMs: 0,
};
const FAIL: Evidence = { ...PASS, exitCode: 1, outputTail: "1 failed\n" };
const FACTS: GateFacts = {
  evidence: [PASS],
  configured: true,
  tamper: [],
  review: null,
  dirty: false,
};
const FINDING = {
  path: "a_test.ts",
  line: 3,
  rule: "skip_added",
  found: "a test is skipped now",
  severity: "hold",
} as const;
const review = (opinion: "pass" | "fail" | "cannot_tell") => ({
  agent: "second",
  opinion,
  reasons: ["because"],
  round: 1,
});

Deno.test("judge() weighs tampering, doubt, failure and success in that order", () => {
  const table: [Partial<GateFacts>, number, VerdictType, RegExp][] = [
    [{}, 0, "accepted", /^1 check passed$/],
    [{ review: review("pass") }, 0, "accepted", /second finds the ticket done$/],
    [{ evidence: [PASS, FAIL] }, 0, "rejected", /^`make test` ended with exit code 1 after 2 s$/],
    [{ evidence: [PASS, FAIL] }, 1, "rejected", /exit code 1/],
    [{ evidence: [PASS, FAIL] }, 2, "held", /exit code 1.*3 claims failed/],
    [{ evidence: [] }, 0, "rejected", /No configured check could be run/],
    [{ evidence: [], configured: false }, 0, "unverified", /No check is configured/],
    [
      { evidence: [], configured: false, review: review("pass") },
      0,
      "unverified",
      /second finds the ticket done/,
    ],
    [{ evidence: [], configured: false, dirty: true }, 0, "rejected", /not committed/],
    [{ dirty: true }, 0, "rejected", /not committed/],
    [{ review: review("fail") }, 0, "rejected", /second finds the ticket not done: because/],
    [{ review: review("cannot_tell") }, 0, "held", /second cannot tell/],
    [{ tamper: [FINDING] }, 0, "held", /^a_test\.ts:3: a test is skipped now$/],
    [{ tamper: [FINDING], evidence: [FAIL] }, 0, "held", /skipped now.*exit code 1/],
  ];
  for (const [change, rejections, type, words] of table) {
    const verdict = judge({ ...FACTS, ...change }, { rejections, attemptsMax: 3 });
    assert.equal(verdict.type, type, JSON.stringify(change));
    assert.match(verdict.reasons.join(" | "), words);
    assert.equal(feedback(verdict) === "", type === "accepted" || type === "unverified");
  }
});

Deno.test("judge() never accepts a check that did not exit with 0 by itself", () => {
  const endings: Partial<Evidence>[] = [
    { exitCode: 1 },
    { exitCode: null },
    { exitCode: null, signal: "SIGKILL" },
    { exitCode: 0, signal: "SIGTERM" },
    { exitCode: 0, timedOut: true },
    { exitCode: -1 },
    { exitCode: 256 },
  ];
  for (const ending of endings) {
    const verdict = judge({ ...FACTS, evidence: [PASS, { ...PASS, ...ending }] }, {
      rejections: 0,
      attemptsMax: 3,
    });
    assert.equal(verdict.type, "rejected", JSON.stringify(ending));
  }
});

Deno.test("evidenceText() tells how a check ended", () => {
  const table: [Partial<Evidence>, string][] = [
    [{ exitCode: 2 }, "`make test` ended with exit code 2 after 2 s"],
    [{ exitCode: 127 }, "`make test` was not found (127) after 2 s"],
    [{ exitCode: 137 }, "`make test` was killed, perhaps for want of memory (137) after 2 s"],
    [{ exitCode: null, signal: "SIGKILL" }, "`make test` was ended by SIGKILL after 2 s"],
    [{ timedOut: true, seconds: 600 }, "`make test` did not end within its time (10 m 00 s)"],
    [{ exitCode: null }, "`make test` did not run"],
  ];
  for (const [change, words] of table) assert.equal(evidenceText({ ...PASS, ...change }), words);
});

Deno.test("feedback() shows the end of the output, bounded, in a block it cannot close", () => {
  const noisy = { ...FAIL, outputTail: "```\n" + "x".repeat(8000) + "\n```\nthe last line\n" };
  const verdict = judge({ ...FACTS, evidence: Array.from({ length: 30 }, () => noisy) }, {
    rejections: 0,
    attemptsMax: 3,
  });
  const text = feedback(verdict);
  assert.ok(byteLength(text) <= FEEDBACK_BYTES_MAX, String(byteLength(text)));
  assert.match(text, /the last line/);
  assert.ok(linesOutsideFences(text).every((line) => !line.includes("last line")));
});

Deno.test("feedback() stays bounded with many long reasons", () => {
  const reasons = Array.from({ length: 5000 }, (_, index) => `reason ${index} ${"é".repeat(3000)}`);
  const text = feedback({ type: "held", reasons, by: "gate", failed: [FAIL] });
  assert.ok(byteLength(text) <= FEEDBACK_BYTES_MAX);
  assert.match(text, /1 failed/);
});

Deno.test("feedback() says so when a check printed nothing", () => {
  const verdict = judge({ ...FACTS, evidence: [{ ...FAIL, outputTail: " \n" }] }, {
    rejections: 0,
    attemptsMax: 3,
  });
  assert.match(feedback(verdict), /`make test` printed nothing\.$/);
});

Deno.test("isVoid() holds evidence to the very tree it was made on", () => {
  assert.deepEqual(
    [isVoid("a", "a"), isVoid("a", "b"), isVoid(null, null), isVoid("a", null), isVoid(null, "a")],
    [false, true, true, true, true],
  );
});
