/** The evidence behind a ticket's verdicts, rejected claims too: for `car ticket show N --evidence`. */

import { visibleLine } from "../base/display.ts";
import { duration } from "../base/text.ts";
import type { VerdictRow } from "../control/views_read.ts";
import { type Evidence, isVoid, passed } from "../engine/gate.ts";
import { withIsoTimes } from "./json_times.ts";
import { clockTime, type Now } from "./moment.ts";

export interface EvidenceFacts {
  /** `TICKET-003 Title`. */
  readonly label: string;
  /** Oldest first: see `readVerdicts` with the ticket's id. */
  readonly verdicts: readonly VerdictRow[];
  /** The id of the work tree as it is now; null outside of git's reach. */
  readonly treeId: string | null;
}

const HASH_SHOWN = 12;
/** Lines of a failed check's output that are shown; all that was kept is in --json. */
const OUTPUT_LINES_MAX = 8;

/** What ran, when, on which tree, what came out, who decided, and whether it still says something. */
export function evidenceLines(facts: EvidenceFacts, now: Now): readonly string[] {
  const last = facts.verdicts.at(-1);
  if (last === undefined) {
    return [
      `${visibleLine(facts.label)}: no verdict yet; the gate runs when the ticket is marked done`,
    ];
  }
  const count = facts.verdicts.length;
  return [
    `${visibleLine(facts.label)}: ${standing(last, facts.treeId)}`,
    ...facts.verdicts.flatMap((it, index) => [
      "",
      `${index + 1} of ${count}  ${verdictHead(it, now)}`,
      ...verdictBody(it),
    ]),
  ];
}

/** What the last verdict is worth now. */
function standing(verdict: VerdictRow, treeId: string | null): string {
  if (verdict.type === "rejected") return "rejected; the ticket is open again";
  if (verdict.type === "held") return "held: a person decides";
  const word = verdict.type === "unverified" ? "unverified: no check vouches for it" : verdict.type;
  if (treeId === null) return `${word}; the tree cannot be compared, so nothing vouches for it now`;
  if (!isVoid(verdict.treeId, treeId)) return `${word}; the tree is still the one that was checked`;
  return verdict.commit === null
    ? `${word}, but void now: the tree has changed since the checks ran`
    : `${word} for commit ${
      verdict.commit.slice(0, HASH_SHOWN)
    }, but void for the tree as it is now`;
}

function verdictHead(it: VerdictRow, now: Now): string {
  const by = it.by === "person" ? "a person" : "the gate";
  return `${clockTime(it.atMs, now)}  ${it.type} by ${by}  (${it.run}, event ${it.seq})`;
}

function verdictBody(it: VerdictRow): readonly string[] {
  const commit = it.commit === null ? "" : `  commit ${it.commit.slice(0, HASH_SHOWN)}`;
  const tree = it.treeId === null ? "unknown" : it.treeId.slice(0, HASH_SHOWN);
  const turn = it.turn === null ? "  no turn: the ticket was found done" : `  ${it.turn}`;
  return [
    `  tree ${tree}${commit}${turn}`,
    ...it.reasons.map((reason) => `  because: ${visibleLine(reason)}`),
    ...(it.evidence.length === 0 ? ["  no check ran"] : it.evidence.flatMap(checkLines)),
  ];
}

function checkLines(it: Evidence): readonly string[] {
  const how = passed(it) ? "passed" : "failed";
  const exit = it.timedOut
    ? "out of time"
    : it.signal !== null
    ? `ended by ${it.signal}`
    : `exit ${it.exitCode ?? "unknown"}`;
  const head = `  ${how}  ${exit}  ${duration(it.seconds * 1000)}  ${visibleLine(it.command)}`;
  const output = `          output sha256 ${it.outputSha256.slice(0, HASH_SHOWN)}`;
  if (passed(it)) return [head, output];
  const lines = it.outputTail.trimEnd().split("\n").slice(-OUTPUT_LINES_MAX);
  return [head, output, ...lines.map((line) => `          | ${visibleLine(line)}`.trimEnd())];
}

/** The same for scripts: all that was kept, times in ISO 8601. */
export function evidenceJson(facts: EvidenceFacts): unknown {
  return withIsoTimes({
    label: facts.label,
    treeId: facts.treeId,
    verdicts: facts.verdicts.map((it) => ({ ...it, isVoid: isVoid(it.treeId, facts.treeId) })),
  });
}
