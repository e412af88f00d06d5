/** When a run that is parked for its account's quota goes on by itself. */

import { decideResume } from "../engine/quota_resume.ts";
import type { Run } from "../engine/run.ts";
import type { AtRun } from "./at_run.ts";

/** Wall milliseconds; null when a person must say so. */
export function quotaResumeAt(
  place: AtRun,
  run: Run,
  pausedUntilMs: number,
  nowMs: number,
): number | null {
  const agent = run.work?.agent ?? "";
  const park = place.quota.parked(agent) ??
    { account: agent, untilMs: pausedUntilMs, guessed: false };
  const { quota } = place.config;
  const decision = decideResume(
    park,
    {
      resume: quota.resume,
      quietHours: quota.quiet_hours,
      graceMs: quota.grace_seconds * 1000,
      slotMs: quota.stagger_seconds * 1000,
      unattendedMax: quota.max_unattended_resumes,
      unattendedSoFar: run.unattendedResumes,
      utcOffsetMinutes: -new Date(park.untilMs).getTimezoneOffset(),
    },
    { staggerIndex: 0, jitter: place.chance.share() },
    nowMs,
  );
  return decision.type === "resume" ? decision.atMs : null;
}
