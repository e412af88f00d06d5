import assert from "node:assert/strict";
import { NO_USAGE } from "../engine/turn.ts";
import { failed, failureOf, judged } from "./trial_verdict.ts";
import type { TurnTold } from "./turn_runner.ts";

const TRIED = { agent: "mine", posture: "read-only", seconds: 3, usage: NO_USAGE } as const;
const told = (change: Partial<TurnTold>): TurnTold => ({
  result: "failed",
  error: null,
  usage: NO_USAGE,
  lastText: "",
  limit: null,
  ...change,
});

Deno.test("judged() takes the word for an answer, wherever it stands, and nothing else", () => {
  const cases: readonly (readonly [string, boolean, RegExp])[] = [
    ["ready", true, /^mine works: it answered "ready" after 3\.?0? s\.$/],
    ["Sure:\n**Ready**!", true, /works/],
    ["already", false, /answered "already" where "ready" was asked for/],
    ["", false, /completed without a word/],
    ["Please log in first", false, /"Please log in first"/],
  ];
  for (const [said, works, verdict] of cases) {
    const trial = judged(TRIED, said, 0);
    assert.equal(trial.works, works, said);
    assert.match(trial.verdict, verdict);
    assert.equal(trial.next === null, works);
  }
  assert.match(judged(TRIED, "ready", 2).verdict, /It left 2 files although/);
});

Deno.test("failed() says in words why an agent does not work, and what to do", () => {
  const error = { kind: "auth", message: "401 Unauthorized" } as const;
  const trial = failed(TRIED, error);
  assert.equal(
    trial.verdict,
    "mine does not work: The agent's login is missing or refused. 401 Unauthorized.",
  );
  assert.match(trial.next ?? "", /Log in/);
  assert.equal(
    failed(TRIED, { ...error, kind: "refused", hint: "Install it." }).next,
    "Install it.",
  );
});

Deno.test("failureOf() tells a time limit, a person's word and the agent's own error apart", () => {
  const [asked, byItself] = [true, false];
  const timeout = { kind: "timeout", message: "limits.turn_seconds" } as const;
  assert.match(
    failureOf(told({ error: timeout }), 120, byItself)?.message ?? "",
    /within 2 m 00 s/,
  );
  assert.equal(failureOf(told({ result: "interrupted" }), 120, asked)?.kind, "interrupted");
  assert.equal(failureOf(told({ result: "completed" }), 120, asked), null);
  const own = { kind: "quota", message: "no more" } as const;
  assert.equal(failureOf(told({ error: own }), 120, byItself), own);
  assert.equal(failureOf(told({ result: "lost" }), 120, byItself)?.kind, "crashed");
});
