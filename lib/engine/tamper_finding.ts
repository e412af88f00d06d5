/** What the tamper guard is given and what it finds: the words its parts share. */

/** A file as it was and as it is; null where there is none. */
export interface FileChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What each rule means, for `car explain` and the docs. */
export const TAMPER_RULES = {
  test_file_deleted: "A test file was deleted.",
  test_removed: "A test was removed.",
  assertion_removed: "A test checks less than before.",
  assertion_emptied: "An assertion was put in that cannot fail.",
  skip_added: "A test is skipped or expected to fail.",
  only_added: "Only some tests run now.",
  settings_deleted: "A file that steers the checks was deleted.",
  failure_ignored: "A failing command no longer fails the check.",
  check_removed: "A check was removed.",
  check_weakened: "A check was told to look away.",
  check_switched_off: "A check no longer runs.",
  threshold_loosened: "A threshold was loosened.",
  lint_loosened: "A lint rule was loosened.",
  types_loosened: "The type checker was made less strict.",
  exception_added: "More is exempt from a check.",
  protected_changed: "A protected file was changed.",
  too_large: "A file is too large to be compared.",
} as const satisfies Record<string, string>;

export type TamperRule = keyof typeof TAMPER_RULES;

export interface TamperFinding {
  /** Relative to the repo. */
  readonly path: string;
  /** 1-based, in the file as it is; as it was when it is gone. */
  readonly line: number;
  readonly rule: TamperRule;
  /** What was found, for people, one line. */
  readonly found: string;
  readonly severity: "hold";
}
