/** Whether a repo with `auto_run` is started by itself, and whether a run goes on after the hub's own end. Pure. */

import type { Run } from "../../engine/run.ts";
import { goesOn } from "./hub_actor.ts";
import type { ListedRepo, RepoFacts } from "./row_of.ts";

export type AutoRun =
  | { readonly start: true }
  /** Null: there is nothing to say, since nothing is to be done or its row tells why. */
  | { readonly start: false; readonly why: string | null };

const NO: AutoRun = { start: false, why: null };

const no = (why: string): AutoRun => ({ start: false, why });

export function decideAutoRun(
  listed: Pick<ListedRepo, "enabled" | "autoRun">,
  facts: RepoFacts,
): AutoRun {
  const { run, tickets, lock, trouble, setupTrouble } = facts;
  if (!listed.enabled || !listed.autoRun || !facts.exists || !facts.initialized) return NO;
  if (lock.type === "busy" || trouble !== null || tickets === null) return NO;
  switch (run?.status) {
    case undefined:
    case "completed":
      return tickets.total > tickets.done && setupTrouble === null ? { start: true } : NO;
    // Its owner died with it, and would have gone on.
    case "running":
    case "pending":
      return { start: true };
    case "paused":
      return no(`its run is paused (${run?.pause?.reason}).`);
    case "failed":
      return no("its run failed.");
    default:
      return no("its run was stopped.");
  }
}

export type TakeUp =
  | { readonly type: "take_up" }
  /** It is not on any more, for this reason. */
  | { readonly type: "leave"; readonly why: string };

/** @param askedToStop A person asked to stop it since this process last had it. */
export function decideTakeUp(run: Run | null, isLocked: boolean, askedToStop: boolean): TakeUp {
  if (isLocked) return { type: "leave", why: "another process works it" };
  if (run === null) return { type: "leave", why: "it had not begun" };
  if (askedToStop) return { type: "leave", why: "a person asked to stop it" };
  if (!goesOn(run)) return { type: "leave", why: `it is ${run.status}` };
  return { type: "take_up" };
}
