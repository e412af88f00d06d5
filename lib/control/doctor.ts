/** `car doctor`: a table of checks, each with what it found and the cure; fixes where a machine may mend. */

import type { Clock } from "../base/clock.ts";
import { asCarError, CarError } from "../base/errors.ts";
import type { AgentFacts } from "../engine/ports.ts";
import type { Queue } from "../engine/ticket.ts";
import type { RepoPaths } from "./roots.ts";

/** What git answered; null when there is no git program. */
export interface GitAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type StoreHealth =
  /** Nothing is written yet. */
  | { readonly type: "absent" }
  | { readonly type: "ok"; readonly detail: string }
  | { readonly type: "damaged"; readonly detail: string };

/** Where agents and checks run. */
export interface DestinationHealth {
  /** For people. */
  readonly found: string;
  /** Variables that an agent is to get and that cannot be seen there, as `agents.NAME: VARIABLE`. */
  readonly unseen: readonly string[];
}

/** All that the checks need of the world. Functions are asked when their check runs, each once or more. */
export interface DoctorContext {
  readonly repo: RepoPaths;
  readonly hubRoot?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Runs git in the repo; null when there is no git. */
  git(args: readonly string[]): Promise<GitAnswer | null>;
  /** Whether a git process of this repo is at work. */
  gitBusy(): Promise<boolean>;
  /** How many names a folder has, as another program sees it; null when it cannot be told. */
  countNames(folder: string): Promise<number | null>;
  agents(): Promise<readonly { readonly name: string; readonly facts: AgentFacts }[]>;
  /** @throws {CarError} when nothing can run there. */
  destination(): Promise<DestinationHealth>;
  queue(): Promise<Queue>;
  /** Mends what is mechanical in tickets. @returns One line for each change. */
  fixQueue(): Promise<readonly string[]>;
  journal(): Promise<StoreHealth>;
  views(): Promise<StoreHealth>;
  rebuildViews(): Promise<void>;
  /** Processes that a dead CAR left, one line each. */
  leftovers(): Promise<readonly string[]>;
  sweepLeftovers(): Promise<void>;
}

/** What mends the finding; says what it did. */
export type Fix = () => Promise<string>;

export type Finding =
  | { readonly ok: true; readonly found: string }
  | {
    readonly ok: false;
    readonly found: string;
    /** What the person does, as a sentence. */
    readonly cure: string;
    readonly fix?: Fix;
    /** Instead of the check's own. */
    readonly severity?: Severity;
  };

export type Severity = "warning" | "error";

export interface Check {
  readonly title: string;
  /** How bad it is when the check is not ok. */
  readonly severity: Severity;
  run(context: DoctorContext): Promise<Finding>;
}

export interface CheckRow {
  readonly id: string;
  readonly title: string;
  readonly status: "ok" | Severity;
  readonly found: string;
  /** Null when all is well. */
  readonly cure: string | null;
  /** Whether `car doctor --fix` would mend it. */
  readonly fixable: boolean;
  /** What --fix did; null when it did nothing. */
  readonly fixed: string | null;
}

export interface DoctorReport {
  readonly rows: readonly CheckRow[];
  readonly errors: number;
  readonly warnings: number;
  readonly fixed: number;
}

/** A check that takes longer has met something that hangs: a dead mount, a stuck program. */
const CHECK_MS_MAX = 20_000;

/**
 * Runs the checks, mends on request what may be mended, and looks again.
 * @param checks The table by id, in the order of the report.
 */
export async function runDoctor(
  context: DoctorContext,
  checks: Readonly<Record<string, Check>>,
  options: { readonly fix: boolean },
): Promise<DoctorReport> {
  const entries = Object.entries(checks);
  const first = await Promise.all(entries.map(([, check]) => examine(check, context)));
  const rows: CheckRow[] = [];
  // One after the other: two fixes may touch the same thing.
  for (const [at, [id, check]] of entries.entries()) {
    const finding = first[at];
    if (finding === undefined) continue;
    rows.push(
      options.fix && !finding.ok && finding.fix !== undefined
        ? await mend(id, check, context, finding.fix)
        : rowOf(id, check, finding, null),
    );
  }
  const count = (status: CheckRow["status"]) => rows.filter((row) => row.status === status).length;
  return {
    rows,
    errors: count("error"),
    warnings: count("warning"),
    fixed: rows.filter((row) => row.fixed !== null).length,
  };
}

async function mend(
  id: string,
  check: Check,
  context: DoctorContext,
  fix: Fix,
): Promise<CheckRow> {
  let done: string;
  try {
    done = await fix();
  } catch (thrown) {
    const { message, hint } = asCarError(thrown);
    const found = `The fix failed: ${message}`;
    return rowOf(id, check, { ok: false, found, cure: hint ?? "Mend it by hand." }, null);
  }
  return rowOf(id, check, await examine(check, context), done);
}

/** Runs one check; what it throws, or that it hangs, is its finding. */
async function examine(check: Check, context: DoctorContext): Promise<Finding> {
  const end = new AbortController();
  const deadline = context.clock.sleep(CHECK_MS_MAX, end.signal).then(() => {
    throw new CarError("timeout", `No answer in ${CHECK_MS_MAX / 1000} seconds.`, {
      hint: "Look for a dead mount or a program that hangs.",
    });
  });
  try {
    return await Promise.race([check.run(context), deadline]);
  } catch (thrown) {
    const { message, hint } = asCarError(thrown);
    return { ok: false, found: message, cure: hint ?? "Mend what the message names." };
  } finally {
    end.abort();
    deadline.catch(() => {});
  }
}

function rowOf(id: string, check: Check, finding: Finding, fixed: string | null): CheckRow {
  return {
    id,
    title: check.title,
    status: finding.ok ? "ok" : finding.severity ?? check.severity,
    found: finding.found,
    cure: finding.ok ? null : finding.cure,
    fixable: !finding.ok && finding.fix !== undefined,
    fixed,
  };
}
