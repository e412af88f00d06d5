/**
 * The tamper guard: what an agent's change did to the things that judge its work. It looks at tests and
 * at the files that steer checks; adding and moving is free, taking away waits for a person.
 */

import { matchesGlob, parseGlob } from "./globs.ts";
import { findLostTests } from "./tamper_cases.ts";
import {
  type FileChange,
  TAMPER_RULES,
  type TamperFinding,
  type TamperRule,
} from "./tamper_finding.ts";
import { OTHER_TEST_FILES, TEST_ECOSYSTEMS, type TestEcosystem } from "./tamper_rules.ts";
import { findLooserSettings } from "./tamper_settings.ts";
import { SETTINGS_KINDS, type SettingsKind } from "./tamper_settings_rules.ts";

export interface TamperOptions {
  /** Globs of what the ticket says it may change. */
  readonly mayChange: readonly string[];
  /** Globs of files no agent may change at all: CAR's own settings, what the config names. */
  readonly protect: readonly string[];
}

/** Most findings that are told; the first ones say enough. */
export const FINDINGS_MAX = 100;
/** Larger files, generated ones at most, are not compared: the comparison must not stall the run. */
const FILE_LENGTH_MAX = 1024 * 1024;

interface Row<T> {
  readonly globs: readonly (readonly (readonly string[])[])[];
  readonly row: T;
}

const rows = <T extends { readonly files: readonly string[] }>(
  table: Record<string, T>,
): Row<T>[] => Object.values(table).map((row) => ({ globs: row.files.map(parseGlob), row }));

const ECOSYSTEMS: readonly Row<TestEcosystem>[] = rows<TestEcosystem>(TEST_ECOSYSTEMS);
const KINDS: readonly Row<SettingsKind>[] = rows<SettingsKind>(SETTINGS_KINDS);
const OTHERS = OTHER_TEST_FILES.map(parseGlob);

const matches = <T>({ globs }: Row<T>, path: string): boolean =>
  globs.some((glob) => matchesGlob(glob, path));

/** Whether the guard has anything to say about a path, so that others need not be read. */
export function isProtected(path: string, protect: readonly string[]): boolean {
  return protect.some((pattern) => matchesGlob(parseGlob(pattern), path)) ||
    ECOSYSTEMS.some((row) => matches(row, path)) ||
    KINDS.some((row) => matches(row, path)) ||
    OTHERS.some((glob) => matchesGlob(glob, path));
}

/** Everything in a change that takes away from the checks, ordered by path and line. */
export function findTampering(
  changes: readonly FileChange[],
  options: TamperOptions,
): readonly TamperFinding[] {
  const allowed = options.mayChange.map(parseGlob);
  const judged = changes.filter((it) =>
    it.before !== it.after && !allowed.some((glob) => matchesGlob(glob, it.path))
  );
  const small = judged.filter((it) => lengthOf(it) <= FILE_LENGTH_MAX);
  const found = [
    ...judged.filter((it) => lengthOf(it) > FILE_LENGTH_MAX).flatMap((it) => tooLarge(it, options)),
    ...protectedChanges(judged, options.protect),
    ...ECOSYSTEMS.flatMap((row) =>
      findLostTests(small.filter((it) => matches(row, it.path)), row.row)
    ),
    ...small.flatMap((it) => settingsFindings(it, changes)),
    ...small.flatMap((it) => deletedOthers(it, changes)),
  ];
  return found
    .sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line)
    .slice(0, FINDINGS_MAX);
}

const lengthOf = ({ before, after }: FileChange): number =>
  Math.max(before?.length ?? 0, after?.length ?? 0);

function finding(path: string, rule: TamperRule): TamperFinding {
  const found = TAMPER_RULES[rule].replace(/\.$/, "");
  return {
    path,
    line: 1,
    rule,
    found: found.charAt(0).toLowerCase() + found.slice(1),
    severity: "hold",
  };
}

const tooLarge = (change: FileChange, { protect }: TamperOptions): TamperFinding[] =>
  change.before !== null && isProtected(change.path, protect)
    ? [finding(change.path, "too_large")]
    : [];

function protectedChanges(
  changes: readonly FileChange[],
  protect: readonly string[],
): readonly TamperFinding[] {
  const globs = protect.map(parseGlob);
  return changes
    .filter((it) => globs.some((glob) => matchesGlob(glob, it.path)))
    .map((it) => finding(it.path, "protected_changed"));
}

function settingsFindings(
  change: FileChange,
  all: readonly FileChange[],
): readonly TamperFinding[] {
  const kinds = KINDS.filter((row) => matches(row, change.path));
  if (kinds.length === 0) return [];
  if (change.after !== null) return findLooserSettings(change, kinds.map(({ row }) => row));
  return wasMoved(change, all) ? [] : [finding(change.path, "settings_deleted")];
}

function deletedOthers(change: FileChange, all: readonly FileChange[]): readonly TamperFinding[] {
  const gone = change.after === null && OTHERS.some((glob) => matchesGlob(glob, change.path));
  return gone && !wasMoved(change, all) ? [finding(change.path, "test_file_deleted")] : [];
}

/** Whether a new file has the same words as one that is gone. */
function wasMoved(change: FileChange, all: readonly FileChange[]): boolean {
  const words = (text: string | null) => text?.replace(/\s+/g, "") ?? null;
  return all.some((it) => it.before === null && words(it.after) === words(change.before));
}
