/** The gate's judgement: what the checks, the tamper guard and the reviewer found, made into a verdict. */

import { byteLength, clipHead, clipTail, duration, oneLine, plural } from "../base/text.ts";
import { fenced } from "./fence.ts";
import type { TamperFinding } from "./tamper_finding.ts";

/** One check that ran. */
export interface Evidence {
  readonly command: string;
  /** Null when it did not exit by itself. */
  readonly exitCode: number | null;
  /** `SIGKILL`, ...; null when none ended it. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly seconds: number;
  /** Of everything it printed. */
  readonly outputSha256: string;
  /** The last 8 KiB of what it printed. */
  readonly outputTail: string;
  /** The tree it ran on. A later change of the tree voids the evidence. */
  readonly treeId: string | null;
  /** Wall time of its end. */
  readonly atMs: number;
}

/** A second agent's opinion of a done claim. */
export interface ReviewOpinion {
  readonly agent: string;
  readonly opinion: "pass" | "fail" | "cannot_tell";
  readonly reasons: readonly string[];
  readonly round: number;
}

export type VerdictType = "accepted" | "rejected" | "held" | "unverified";

export interface Verdict {
  readonly type: VerdictType;
  /** Sentences without a full stop, for people. */
  readonly reasons: readonly string[];
  readonly by: "gate" | "person";
  /** Checks that failed; absent when none did. */
  readonly failed?: readonly Evidence[];
}

export interface GateFacts {
  readonly evidence: readonly Evidence[];
  /** Whether any check is configured at all. */
  readonly configured: boolean;
  readonly tamper: readonly TamperFinding[];
  readonly review: ReviewOpinion | null;
  /** Committing is the agent's duty, and the tree is dirty. */
  readonly dirty: boolean;
}

export interface GateAttempts {
  /** Claims on this ticket that were rejected before. */
  readonly rejections: number;
  /** The claim that fails as this one in a row is held. */
  readonly attemptsMax: number;
}

export const passed = (evidence: Evidence): boolean =>
  evidence.exitCode === 0 && evidence.signal === null && !evidence.timedOut;

/** In this order: tampering and an unsure reviewer hold, a failure rejects, checks that passed accept. */
export function judge(facts: GateFacts, attempts: GateAttempts): Verdict {
  const failed = facts.evidence.filter((it) => !passed(it));
  const failures = [...failed.map(evidenceText), ...otherFailures(facts)];
  const doubts = doubtsOf(facts);
  if (doubts.length > 0) return verdict("held", [...doubts, ...failures], failed);
  if (failures.length > 0) {
    const attempt = attempts.rejections + 1;
    if (attempt < attempts.attemptsMax) return verdict("rejected", failures, failed);
    const tries = `${plural(attempt, "claim")} failed`;
    return verdict("held", [...failures, tries], failed);
  }
  const praise = facts.review === null ? [] : [`${facts.review.agent} finds the ticket done`];
  if (!facts.configured) {
    return verdict("unverified", ["No check is configured, so nothing was checked", ...praise], []);
  }
  const count = `${plural(facts.evidence.length, "check")} passed`;
  return verdict("accepted", [count, ...praise], []);
}

function verdict(
  type: VerdictType,
  reasons: readonly string[],
  failed: readonly Evidence[],
): Verdict {
  return failed.length === 0
    ? { type, reasons, by: "gate" }
    : { type, reasons, by: "gate", failed };
}

function doubtsOf({ tamper, review }: GateFacts): string[] {
  const doubts = tamper.map((it) => `${it.path}:${it.line}: ${it.found}`);
  if (review?.opinion === "cannot_tell") {
    doubts.push(withReasons(`${review.agent} cannot tell whether the ticket is done`, review));
  }
  return doubts;
}

function otherFailures({ evidence, configured, review, dirty }: GateFacts): string[] {
  const failures: string[] = [];
  if (configured && evidence.length === 0) failures.push("No configured check could be run");
  if (dirty) failures.push("The tree has changes that are not committed");
  if (review?.opinion === "fail") {
    failures.push(withReasons(`${review.agent} finds the ticket not done`, review));
  }
  return failures;
}

function withReasons(sentence: string, review: ReviewOpinion): string {
  return review.reasons.length === 0 ? sentence : `${sentence}: ${review.reasons.join("; ")}`;
}

/** Exit codes of the shell that mean something to a person. */
const EXIT_WORDS: Readonly<Record<number, string>> = {
  126: "cannot be executed",
  127: "was not found",
  137: "was killed, perhaps for want of memory",
};

/** Longest command in a sentence; the evidence has it whole. */
const COMMAND_LENGTH_MAX = 200;

/** How a check that failed ended, in one sentence. */
export function evidenceText(evidence: Evidence): string {
  const { exitCode, signal, timedOut, seconds } = evidence;
  const command = oneLine(evidence.command, COMMAND_LENGTH_MAX);
  const took = duration(seconds * 1000);
  if (timedOut) return `\`${command}\` did not end within its time (${took})`;
  if (signal !== null) return `\`${command}\` was ended by ${signal} after ${took}`;
  if (exitCode === null) return `\`${command}\` did not run`;
  const words = EXIT_WORDS[exitCode];
  const ended = words === undefined ? `ended with exit code ${exitCode}` : `${words} (${exitCode})`;
  return `\`${command}\` ${ended} after ${took}`;
}

/** Longest feedback, in bytes: it shares the prompt with the ticket. */
export const FEEDBACK_BYTES_MAX = 12 * 1024;
/** Most of the feedback that one check's output may take; two failures are shown whole at least. */
const OUTPUT_BYTES_MAX = 4 * 1024;
const REASON_LENGTH_MAX = 600;

/** What the next prompt says about a verdict: what failed, with the end of its output. Empty when all is well. */
export function feedback(verdict: Verdict): string {
  if (verdict.type === "accepted" || verdict.type === "unverified") return "";
  const head = [
    "The ticket was marked done, but CAR's checks say otherwise, so it is open again:",
    // On one line each: an agent's words in a reason must not open a block of their own.
    ...verdict.reasons.map((reason) => `- ${oneLine(reason, REASON_LENGTH_MAX)}`),
  ].join("\n");
  const parts = [clipHead(head, FEEDBACK_BYTES_MAX / 2).text];
  let left = FEEDBACK_BYTES_MAX - byteLength(parts[0] ?? "");
  for (const evidence of verdict.failed ?? []) {
    const block = outputBlock(evidence);
    left -= byteLength(block) + 2;
    if (left < 0) break;
    parts.push(block);
  }
  return parts.join("\n\n");
}

function outputBlock(evidence: Evidence): string {
  const command = oneLine(evidence.command, COMMAND_LENGTH_MAX);
  if (evidence.outputTail.trim() === "") return `\`${command}\` printed nothing.`;
  const { text, leftOutBytes } = clipTail(evidence.outputTail, OUTPUT_BYTES_MAX);
  const which = leftOutBytes > 0 ? "The end of the output" : "The output";
  return `${which} of \`${command}\`:\n${fenced(text, "")}`;
}

/** Whether evidence says nothing any more: the tree is not the one that was checked. Unknown trees are void. */
export function isVoid(verdictTree: string | null, currentTree: string | null): boolean {
  return verdictTree === null || verdictTree !== currentTree;
}
