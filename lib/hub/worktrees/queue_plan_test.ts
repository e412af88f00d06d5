import assert from "node:assert/strict";
import { ticketPrint } from "../../control/queue_copies.ts";
import { planIn, planOut, type QueuePlan, type Returning, type Texts } from "./queue_plan.ts";

/** `a` on both sides when they were last the same. */
const SAME = { T: { base: ticketPrint("a"), copy: ticketPrint("a") } };

const texts = (text: string | null): Texts => new Map(text === null ? [] : [["T", text]]);

const told = ({ steps, remarks }: QueuePlan): string =>
  [
    ...steps.map((it) => it.type === "write" ? `write ${it.text}` : "remove"),
    ...remarks.map(() => "remark"),
  ].join(", ");

const IN: readonly [
  base: string | null,
  copy: string | null,
  known: typeof SAME | Record<never, never>,
  what: string,
][] = [
  ["a", null, {}, "write a"],
  ["a", "a", {}, ""],
  ["a", "b", {}, "remark"],
  ["a", "a", SAME, ""],
  ["a", "b", SAME, ""],
  ["b", "a", SAME, "write b"],
  ["b", "c", SAME, "remark"],
  ["b", "b", SAME, ""],
  ["a", null, SAME, ""],
  ["b", null, SAME, "remark"],
  [null, "a", SAME, "remove"],
  [null, "b", SAME, "remark"],
  [null, null, SAME, ""],
  [null, "b", {}, ""],
];

Deno.test("planIn() brings what the person changed, and overwrites nothing the agent changed", () => {
  for (const [base, copy, known, what] of IN) {
    const plan = planIn(texts(base), texts(copy), known);
    assert.equal(told(plan), what, JSON.stringify([base, copy, known]));
    if (plan.remarks.length > 0) continue;
    // After a crash before the note the same plan finds nothing left to do.
    const after = plan.steps.some((it) => it.type === "remove") ? null : base === "a" ? copy : base;
    assert.equal(planIn(texts(base), texts(after ?? base), plan.copy).remarks.length, 0);
  }
});

const OUT: readonly [
  base: string | null,
  copy: string,
  settled: "settled" | "open",
  known: typeof SAME | Record<never, never>,
  what: string,
][] = [
  ["a", "d", "settled", SAME, "write d+"],
  ["a", "d", "open", SAME, ""],
  // Done before it was copied.
  ["a", "a", "settled", SAME, ""],
  ["b", "d", "settled", SAME, "remark"],
  [null, "d", "settled", SAME, "remark"],
  // Written before a crash, and not noted.
  ["d+", "d", "settled", SAME, ""],
  // The agent's own.
  [null, "n", "open", {}, "write n"],
  [null, "n", "settled", {}, "write n+"],
  ["n", "n", "open", {}, ""],
  ["x", "n", "open", {}, "remark"],
];

const returning = (text: string, settled: "settled" | "open"): Returning => {
  const isSettled = settled === "settled";
  return { name: "T", text, isSettled, marked: isSettled ? `${text}+` : text };
};

Deno.test("planOut() brings settled and new tickets back, and overwrites nothing the person changed", () => {
  for (const [base, copy, settled, known, what] of OUT) {
    const plan = planOut(texts(base), [returning(copy, settled)], known, () => 1);
    assert.equal(told(plan), what, JSON.stringify([base, copy, settled, known]));
  }
});

Deno.test("what came back and was reopened here goes in again, and stays open until it is done anew", () => {
  const out = planOut(texts("a"), [returning("d", "settled")], SAME, () => 1);
  assert.equal(told(out), "write d+");
  assert.equal(told(planOut(texts("r"), [returning("d", "settled")], out.copy, () => 1)), "");
  const back = planIn(texts("r"), texts("d"), out.copy);
  assert.equal(told(back), "write r");
  const again = planOut(texts("r"), [returning("e", "settled")], back.copy, () => 1);
  assert.equal(told(again), "write e+");
});
