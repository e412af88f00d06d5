/** When a run that waits for quota goes on, and who decides it. */

import { plural } from "../base/text.ts";
import type { Park } from "./quota.ts";

/** Minutes after local midnight, `from` included, `to` excluded; may pass midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface ResumePolicy {
  /** `auto` goes on by itself, `ask` tells a person when the quota is back, `off` waits for a command. */
  readonly resume: "auto" | "ask" | "off";
  /** No run goes on by itself in these; null for none. */
  readonly quietHours: QuietHours | null;
  /** Resumes without a person in between; null for any number. */
  readonly unattendedMax: number | null;
  readonly unattendedSoFar: number;
  /** Minutes that local time is ahead of UTC at the reset. */
  readonly utcOffsetMinutes: number;
  /** A service's clock and ours differ: the first try comes this long after the reset. */
  readonly graceMs: number;
  /** Each waiting run has a slot of this length after that, and goes on somewhere in its slot. */
  readonly slotMs: number;
}

export interface ResumeChance {
  /** Place of this run among those that wait for the account, from 0. */
  readonly staggerIndex: number;
  /** Chance, 0 to 1. */
  readonly jitter: number;
}

export type ResumeDecision =
  | { readonly type: "resume"; readonly atMs: number; readonly words: string }
  | { readonly type: "ask"; readonly atMs: number; readonly words: string }
  | { readonly type: "off"; readonly words: string };

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Decides how a parked run goes on, with the words for people. */
export function decideResume(
  park: Park,
  policy: ResumePolicy,
  chance: ResumeChance,
  nowMs: number,
): ResumeDecision {
  const back = Math.max(park.untilMs, nowMs);
  const when = wallClock(back, nowMs, policy.utcOffsetMinutes);
  const known = park.guessed
    ? `${park.account} is out of quota; no reset time is known, the next try is at ${when}`
    : `${park.account} is out of quota until ${when}`;
  if (policy.resume === "off") {
    return { type: "off", words: `${known}. Going on by itself is switched off: "car resume".` };
  }
  if (policy.resume === "ask") {
    return { type: "ask", atMs: back, words: `${known}. CAR asks then whether to go on.` };
  }
  if (policy.unattendedMax !== null && policy.unattendedSoFar >= policy.unattendedMax) {
    const times = plural(policy.unattendedSoFar, "time");
    const words =
      `${known}. CAR has gone on ${times} by itself, which is the most it may: "car resume".`;
    return { type: "ask", atMs: back, words };
  }
  const slot = Math.max(0, chance.staggerIndex) + Math.min(1, Math.max(0, chance.jitter));
  const wished = Math.ceil(back + policy.graceMs + policy.slotMs * slot);
  const atMs = afterQuietHours(wished, policy);
  const at = wallClock(atMs, nowMs, policy.utcOffsetMinutes);
  const quiet = atMs === wished ? "" : " (after the quiet hours)";
  return { type: "resume", atMs, words: `${known}. CAR goes on at ${at}${quiet}.` };
}

function afterQuietHours(atMs: number, policy: ResumePolicy): number {
  const quiet = policy.quietHours;
  if (quiet === null || quiet.fromMinute === quiet.toMinute) return atMs;
  const local = Math.floor(atMs / MINUTE_MS) + policy.utcOffsetMinutes;
  const minute = ((local % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  const since = (minute - quiet.fromMinute + DAY_MINUTES) % DAY_MINUTES;
  const length = (quiet.toMinute - quiet.fromMinute + DAY_MINUTES) % DAY_MINUTES;
  return since < length ? atMs + (length - since) * MINUTE_MS : atMs;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** `14:05` today, else `Tue 14:05`, in local time. */
function wallClock(atMs: number, nowMs: number, utcOffsetMinutes: number): string {
  const local = new Date(atMs + utcOffsetMinutes * MINUTE_MS);
  const today = new Date(nowMs + utcOffsetMinutes * MINUTE_MS);
  const time = local.toISOString().slice(11, 16);
  const sameDay = local.toISOString().slice(0, 10) === today.toISOString().slice(0, 10);
  return sameDay ? time : `${WEEKDAYS[local.getUTCDay()]} ${time}`;
}
