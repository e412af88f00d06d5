/** What goes from a repo's queue into a worktree's copy of it, and back: decided from texts, pure. */

import { type QueueCopy, ticketPrint } from "../../control/queue_copies.ts";

/** Ticket files of one side, by name. */
export type Texts = ReadonlyMap<string, string>;

export type QueueStep =
  /** Writes `text` under `name`. */
  | { readonly type: "write"; readonly name: string; readonly text: string }
  /** Takes the ticket out of the queue. */
  | { readonly type: "remove"; readonly name: string };

export interface QueuePlan {
  readonly steps: readonly QueueStep[];
  /** What both sides have in common afterwards. */
  readonly copy: QueueCopy;
  /** For the person, one sentence each: where both sides changed, and neither is overwritten. */
  readonly remarks: readonly string[];
}

/** Collects a plan. */
class Planner {
  readonly steps: QueueStep[] = [];
  readonly remarks: string[] = [];
  readonly copy: Record<string, { base: string; copy: string }>;

  constructor(known: QueueCopy) {
    this.copy = { ...known };
  }

  same(name: string, base: string, copy: string): void {
    this.copy[name] = { base: ticketPrint(base), copy: ticketPrint(copy) };
  }

  forget(name: string): void {
    delete this.copy[name];
  }
}

/**
 * From the repo into the worktree, before a run: what is new or changed in the repo, and what the
 * person took out of the queue. A ticket that also changed in the worktree stays as it is there.
 */
export function planIn(base: Texts, copy: Texts, known: QueueCopy): QueuePlan {
  const plan = new Planner(known);
  for (const [name, text] of base) {
    const [there, before] = [copy.get(name), known[name]];
    if (there === text) plan.same(name, text, text);
    else if (before === undefined && there === undefined) {
      plan.steps.push({ type: "write", name, text });
      plan.same(name, text, text);
    } else if (before === undefined) {
      plan.remarks.push(`${name} in the worktree is another than here; each stays as it is`);
    } else if (ticketPrint(text) === before.base) continue;
    else if (there === undefined) {
      plan.remarks.push(
        `${name} was changed here, and is gone in the worktree; each stays as it is`,
      );
    } else if (ticketPrint(there) === before.copy) {
      plan.steps.push({ type: "write", name, text });
      plan.same(name, text, text);
    } else plan.remarks.push(`${name} was changed here and in the worktree; each stays as it is`);
  }
  for (const name of Object.keys(known)) {
    const there = copy.get(name);
    if (base.has(name)) continue;
    const isUntouched = there !== undefined && ticketPrint(there) === known[name]?.copy;
    if (isUntouched) plan.steps.push({ type: "remove", name });
    else if (there !== undefined) {
      plan.remarks.push(`${name} is gone here, but was worked on in the worktree: it stays there`);
    }
    if (there === undefined || isUntouched) plan.forget(name);
  }
  return plan;
}

/** A ticket of the worktree as it goes back. */
export interface Returning {
  readonly name: string;
  /** As it stands in the worktree. */
  readonly text: string;
  /** As it is to stand in the repo. */
  readonly marked: string;
  /** Its `done` is settled: by a verdict, or by a person. */
  readonly isSettled: boolean;
}

/**
 * From the worktree back into the repo: tickets whose `done` is settled, and tickets that agents
 * wrote. What the person changed meanwhile is never overwritten.
 */
export function planOut(
  base: Texts,
  copy: readonly Returning[],
  known: QueueCopy,
  numberOf: (name: string) => number,
): QueuePlan {
  const plan = new Planner(known);
  const numbers = new Map([...base.keys()].map((name) => [numberOf(name), name]));
  for (const { name, text, marked, isSettled } of copy) {
    const [here, before] = [base.get(name), known[name]];
    if (here === marked || before === undefined && here === text) {
      if (here === marked) plan.same(name, marked, text);
    } else if (before === undefined) {
      const taken = numbers.get(numberOf(name));
      if (taken === undefined) {
        const back = isSettled ? marked : text;
        plan.steps.push({ type: "write", name, text: back });
        plan.same(name, back, text);
      } else {
        plan.remarks.push(
          `${name} is new in the worktree, and its number is taken here by ${taken}`,
        );
      }
    } else if (!isSettled || ticketPrint(text) === before.copy) continue;
    else if (here === undefined) {
      plan.remarks.push(`${name} is done in the worktree, and gone here`);
    } else if (ticketPrint(here) === before.base) {
      plan.steps.push({ type: "write", name, text: marked });
      plan.same(name, marked, text);
    } else {
      plan.remarks.push(
        `${name} is done in the worktree, but was changed here meanwhile: it stays as it is here`,
      );
    }
  }
  return plan;
}
