/** Turns the config into the settings a run keeps and the limits a turn is watched by. */

import type { RepoConfig } from "../control/config.ts";
import type { LimitSettings, SilenceSettings, Spent } from "../engine/limits.ts";
import type { OpenOptions } from "../engine/ports.ts";
import type { Run, RunSettings } from "../engine/run.ts";
import type { Ticket } from "../engine/ticket.ts";

/** What a command line says on top of the config. */
export interface RunFlags {
  readonly stopAfterTickets: number | null;
  readonly agent: string | null;
  /** The tree was dirty and the person said to go on without committing. */
  readonly withoutCommits: boolean;
}

const MINUTE_MS = 60_000;

export function runSettings(config: RepoConfig, flags: RunFlags): RunSettings {
  const { runner, limits, gate, git } = config;
  return {
    stopAfterTickets: flags.stopAfterTickets ?? runner.stop_after_runs,
    agentOverride: flags.agent,
    maxTurns: runner.max_total_turns,
    maxWallclockMs: runner.max_wallclock_seconds === null
      ? null
      : runner.max_wallclock_seconds * 1000,
    maxTokens: limits.run_tokens,
    ticketTurns: limits.ticket_turns,
    gateAttempts: gate.attempts,
    lintRepairs: limits.lint_repairs,
    stalls: limits.stalls,
    crashLimit: limits.crash_limit,
    retryAttempts: limits.retry_attempts,
    retryBaseMs: limits.retry_backoff_seconds * 1000,
    retryMaxMs: limits.retry_backoff_max_seconds * 1000,
    commit: flags.withoutCommits || git.auto_commit === false ? "off" : git.auto_commit,
    requireCommit: git.require_commit,
  };
}

/** How an agent's thread is opened: the ticket's own word goes before the config's. */
export function openSettings(
  config: RepoConfig,
  agent: string,
  ticket: Pick<Ticket, "model" | "reasoning" | "profile"> | null,
): Pick<OpenOptions, "model" | "reasoning" | "profile"> {
  const own = config.agents[agent];
  const shared = own?.kind === "codex" ? config.codex : null;
  return {
    model: ticket?.model ?? own?.model ?? shared?.model ?? null,
    reasoning: ticket?.reasoning ?? own?.reasoning ?? shared?.reasoning ?? null,
    profile: ticket?.profile ?? own?.profile ?? null,
  };
}

/** Limits inside a turn: the ticket's own word goes before the config's. */
export function turnLimits(config: RepoConfig, ticket: Ticket, run: Run): LimitSettings {
  const { limits } = config;
  const wallclock = run.settings.maxWallclockMs;
  return {
    softShare: limits.soft_ratio,
    turnTokens: null,
    turnMinutes: null,
    ticketTurns: ticket.limits.turns ?? limits.ticket_turns,
    ticketMinutes: ticket.limits.minutes ?? limits.ticket_minutes,
    ticketTokens: ticket.limits.tokens ?? limits.ticket_tokens,
    runTurns: run.settings.maxTurns,
    runMinutes: wallclock === null ? null : wallclock / MINUTE_MS,
    runTokens: run.settings.maxTokens,
    sameToolCalls: limits.same_tool_calls,
  };
}

/** What the ticket and the run had used before the turn that begins now. */
export function spentBefore(run: Run, nowMs: number): Spent {
  const work = run.work;
  return {
    ticketTurns: work === null ? 0 : work.turns - work.leg.turns - 1,
    ticketMs: work === null ? 0 : Math.max(0, nowMs - work.leg.atMs),
    ticketTokens: work === null ? 0 : work.tokens - work.leg.tokens,
    runTurns: run.turns - run.leg.turns - 1,
    runMs: Math.max(0, nowMs - run.leg.atMs),
    runTokens: run.tokens - run.leg.tokens,
  };
}

export function silenceOf(config: RepoConfig): SilenceSettings {
  return {
    silenceSeconds: config.limits.silence_seconds,
    networkSeconds: config.limits.network_wait_seconds,
  };
}
