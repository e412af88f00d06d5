/** How CAR ends processes: by its own hand, or through the lifeline where its posture forbids it. */

import type { Clock } from "../../base/clock.ts";
import { MARKERS } from "./environment.ts";
import type { Lifeline, Order } from "./lifeline.ts";
import { canFindByMarker, killMarked, type SweepTarget } from "./sweep.ts";

export type GroupSignal = "SIGTERM" | "SIGCONT" | "SIGKILL";

const ORDER_WORDS = {
  SIGTERM: "term",
  SIGCONT: "cont",
  SIGKILL: "kill",
} as const satisfies Record<GroupSignal, Order["word"]>;

export interface Reach {
  /** To every process of the group; nothing happens when it is gone. Its leader is not reaped yet. */
  signalGroup(group: number, signal: GroupSignal): Promise<void>;
  /** Ends what the target means. @returns How many, or null when only the lifeline can see them. */
  sweep(target: SweepTarget): Promise<number | null>;
}

/** The reach this process has, found out by trying. */
export function reachOf(lifeline: Lifeline, clock: Clock): Reach {
  const sees = canFindByMarker();
  const signals = Deno.permissions.querySync({ name: "run" }).state === "granted";
  return {
    async signalGroup(group, signal) {
      if (signals) signalDirectly(group, signal);
      else await lifeline.order({ word: ORDER_WORDS[signal], group });
    },
    async sweep(target) {
      if (signals && sees) return await killMarked(target, clock);
      await lifeline.order(sweepOrder(target));
      return null;
    },
  };
}

function signalDirectly(group: number, signal: GroupSignal): void {
  try {
    Deno.kill(-group, signal);
  } catch {
    signalFirst(group, signal);
  }
}

/** The process that will lead the group, for the moment before it does. */
function signalFirst(pid: number, signal: GroupSignal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It is gone.
  }
}

function sweepOrder(target: SweepTarget): Order {
  return "dead" in target
    ? { word: "dead", root: target.dead.root }
    : { word: "sweep", entry: `${MARKERS[target.marker]}=${target.value}` };
}
