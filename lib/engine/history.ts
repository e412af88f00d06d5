/** A run's past, moment by moment: its recorded events put through `step` again. */

import type { RunEvent } from "./events.ts";
import type { Verdict } from "./gate.ts";
import type { Run } from "./run.ts";
import { step } from "./step.ts";

export interface PastStep {
  readonly seq: number;
  readonly event: RunEvent;
}

export interface Moment extends PastStep {
  readonly before: Run;
  readonly after: Run;
  /** Why the rules of today refuse what was recorded; null when they do not. */
  readonly refused: string | null;
}

export function* moments(first: Run, steps: Iterable<PastStep>): Generator<Moment> {
  let run = first;
  for (const { seq, event } of steps) {
    const next = step(run, event);
    const after = next.ok ? next.run : run;
    yield { seq, event, before: run, after, refused: next.ok ? null : next.message };
    run = after;
  }
}

/** The verdict that came to be in this moment; asking for the same again after a crash is none. */
export function newVerdict({ before, after }: Pick<Moment, "before" | "after">): Verdict | null {
  const verdict = verdictOf(after);
  if (verdict === null || after.work === null) return null;
  return JSON.stringify(verdict) === JSON.stringify(verdictOf(before)) ? null : verdict;
}

const verdictOf = (run: Run): Verdict | null =>
  run.phase.type === "settling" ? run.phase.verdict : null;

/** The path of the first difference between two values, as `work.turn.id`; null when they are alike. */
export function firstDifference(a: unknown, b: unknown, path = ""): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return path === "" ? "(all)" : path;
  }
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], path === "" ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
