/** Everything that can be wrong with a ticket or the queue, and the words for it. One table, all surfaces. */

import type { LintProblem } from "../engine/ticket.ts";
import { visibleLine } from "../base/display.ts";
import { oneLine } from "../base/text.ts";

interface Rule {
  /** Whether `car ticket lint --fix` mends it without having to guess. */
  readonly fixable: boolean;
  /** One sentence or two: what was found, what is allowed. */
  readonly say: (found: string, allowed: string, key: string) => string;
}

export const LINT_RULES = {
  // The file.
  name: {
    fixable: false,
    say: (found) =>
      `${found} is not the name of a ticket: allowed are TICKET-001.md and TICKET-001-some-words.md, ` +
      `three to nine digits. Rename it, or move it out of the ticket folder.`,
  },
  name_not_utf8: {
    fixable: false,
    say: (found) =>
      `${found} in the ticket folder with a name that is not UTF-8, which CAR cannot read. Rename it.`,
  },
  folder: {
    fixable: false,
    say: (found) => `The ticket folder cannot be read: ${found}`,
  },
  not_a_file: {
    fixable: false,
    say: (found) =>
      `This is ${found}; a ticket is a regular file. Move it out of the ticket folder.`,
  },
  link_outside: {
    fixable: false,
    say: () =>
      `This is a link to a file outside the repo; a ticket lies inside. Copy the file here.`,
  },
  link_broken: {
    fixable: false,
    say: (found) => `This is a link that leads nowhere (${found}). Mend or remove it.`,
  },
  unreadable: { fixable: false, say: (found) => `The file cannot be read: ${found}` },
  changing: {
    fixable: false,
    say: () => `The file changed while it was read. It is read again at the next look.`,
  },
  too_large: {
    fixable: false,
    say: (found, allowed) =>
      `The file has ${found} bytes; ${allowed} are allowed. Put long material into another file and name it under context.`,
  },
  not_utf8: {
    fixable: false,
    say: () => `The file is not UTF-8 text. Save it as UTF-8; CAR has changed nothing.`,
  },
  // The frontmatter.
  frontmatter_missing: {
    fixable: false,
    say: () =>
      `The file does not begin with frontmatter: its first line must be ---, then come "agent: NAME" ` +
      `and "done: false", then --- again.`,
  },
  frontmatter_open: {
    fixable: false,
    say: () => `The frontmatter is not closed: a line --- is missing after its last key.`,
  },
  frontmatter_too_long: {
    fixable: false,
    say: (found, allowed) =>
      `The frontmatter has ${found} bytes; ${allowed} are allowed. Put text below the frontmatter.`,
  },
  frontmatter_control: {
    fixable: false,
    say: (found) => `There is a control character (${found}) here, which YAML forbids. Remove it.`,
  },
  frontmatter_not_keys: {
    fixable: false,
    say: (found) => `The frontmatter is ${found}; it must be lines of "key: value".`,
  },
  frontmatter_too_deep: {
    fixable: false,
    say: () => `Lists and maps are nested deeper than 20 levels here.`,
  },
  yaml_alias: {
    fixable: false,
    say: (found) =>
      `${found} is a YAML anchor or alias, which tickets may not have. Write the value out, or put it in quotes.`,
  },
  yaml_duplicate_key: {
    fixable: false,
    say: (found, _, key) => `The key ${key} stands in line ${found} already. Keep one of the two.`,
  },
  yaml_syntax: { fixable: false, say: (found) => `This is not YAML: ${found}` },
  unquoted_colon: {
    fixable: true,
    say: (found, _, key) => `The text of ${key} has a colon, so it needs quotes: ${key}: ${found}`,
  },
  needs_quotes: {
    fixable: true,
    say: (found, _, key) =>
      `The text of ${key} has a character with a meaning in YAML, so it needs quotes: ${key}: ${found}`,
  },
  // The keys.
  done_missing: { fixable: true, say: () => `done is missing. Write "done: false".` },
  done_not_boolean: {
    fixable: true,
    say: (found) => `done is ${found}; allowed are true and false, without quotes.`,
  },
  done_unclear: {
    fixable: false,
    say: (found) => `done is ${found}; allowed are true and false.`,
  },
  agent_missing: {
    fixable: false,
    say: (_, allowed) => `agent is missing. Write "agent: NAME" with one of: ${allowed}.`,
  },
  agent_unknown: {
    fixable: false,
    say: (found, allowed, key) =>
      `${key} is ${found}, which is not a configured agent. Allowed are: ${allowed}`,
  },
  ticket_id_shape: {
    fixable: false,
    say: (found) =>
      `ticket_id is ${found}; allowed are 6 to 128 letters, digits, dots, dashes and underscores. ` +
      `Remove the line and CAR writes one.`,
  },
  not_text: {
    fixable: false,
    say: (found, _, key) => `${key} is ${found}; allowed is text in one value.`,
  },
  not_texts: {
    fixable: false,
    say: (found, _, key) => `${key} has ${found}; allowed is a list of texts, e.g. ["src/**"].`,
  },
  depends_on_shape: {
    fixable: false,
    say: (found) =>
      `depends_on has ${found}; allowed is a list of ticket numbers or ids, e.g. [1, 2].`,
  },
  verify_shape: {
    fixable: false,
    say: (found) =>
      `verify has ${found}; allowed are a command, {run: COMMAND, timeout_s: SECONDS}, or a list of these.`,
  },
  limits_shape: {
    fixable: false,
    say: (found) =>
      `limits has ${found}; allowed are turns, minutes and tokens, each with a whole number above 0.`,
  },
  context_shape: {
    fixable: false,
    say: (found) =>
      `context has ${found}; allowed is a list of {path: FILE, max_bytes: NUMBER, required: true or false}.`,
  },
  context_path: {
    fixable: false,
    say: (found) =>
      `The context path ${found}; allowed is a path below the repo with / between names and no "..".`,
  },
  // The queue.
  number_twice: {
    fixable: false,
    say: (found) =>
      `The number is taken by ${found} too. Give one of them another number: car ticket move.`,
  },
  id_twice: {
    fixable: false,
    say: (found) =>
      `${found} has the same ticket_id. Remove the ticket_id line from the copy and CAR writes a new one.`,
  },
  depends_on_unknown: {
    fixable: false,
    say: (found, allowed) => `depends_on names ${found}, which is no ticket.${allowed}`,
  },
  depends_on_forward: {
    fixable: false,
    say: (found) =>
      `depends_on names ${found}, which comes later in the queue. Move one of the two: car ticket move.`,
  },
  depends_on_cycle: {
    fixable: false,
    say: (found) => `These wait for each other: ${found}. Take one of the depends_on out.`,
  },
} as const satisfies Record<string, Rule>;

export type LintCode = keyof typeof LINT_RULES;

/** Where a problem is. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly key: string | null;
}

/** Characters of a found thing that a message repeats. */
const FOUND_MAX = 200;

/** One problem in words. `found` may come from a file: it is shown as harmless text on one line. */
export function lintProblem(code: LintCode, place: Place, found = "", allowed = ""): LintProblem {
  const rule: Rule = LINT_RULES[code];
  return {
    code,
    file: place.file,
    line: place.line,
    key: place.key,
    message: rule.say(
      oneLine(visibleLine(found), FOUND_MAX),
      allowed,
      visibleLine(place.key ?? ""),
    ),
    fixable: rule.fixable,
  };
}

/** `TICKET-001.md:3: done is "yes"; ...` as every surface prints it. */
export function problemLine(problem: LintProblem): string {
  return `${visibleLine(problem.file)}:${problem.line}: ${problem.message}`;
}
