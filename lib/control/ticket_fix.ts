/** `car ticket lint --fix`: mends what needs no guess, and says what it did. */

import { CarError } from "../base/errors.ts";
import type { LintProblem } from "../engine/ticket.ts";
import { writeFileAtomic } from "./files.ts";
import { entryOf, parseFrontmatter } from "./frontmatter.ts";
import { setKey } from "./frontmatter_edit.ts";
import { BOOLEAN_WORDS } from "./ticket_fields.ts";
import { readTicket } from "./ticket_file.ts";
import { nameKind } from "./ticket_name.ts";
import { quoteBrokenLines } from "./ticket_quotes.ts";
import { readTicketText } from "./ticket_reading.ts";
import { type TicketFolder } from "./tickets.ts";

/** One thing that was mended. */
export interface Fix {
  readonly file: string;
  /** 1-based, in the file as it was. */
  readonly line: number;
  readonly key: string;
  /** What was done, e.g. `done is false now, it was "no"`. */
  readonly done: string;
}

export interface FixedTicket {
  /** Equal to the text that was given when there was nothing to mend. */
  readonly text: string;
  readonly fixes: readonly Fix[];
}

/** The text with everything mechanical mended. Pure; no other byte changes. */
export function fixTicket(name: string, text: string): FixedTicket {
  const quoted = quoteBrokenLines(text);
  const fixes = quoted.lines.map(({ line, key, quoted: value }): Fix => ({
    file: name,
    line,
    key,
    done: `${key} has quotes now: ${value}`,
  }));
  const wrong = readTicketText(name, quoted.text).problems.find(isDoneSlip);
  if (wrong === undefined) return { text: quoted.text, fixes };
  const { value, was } = meantDone(quoted.text);
  const changed = withDone(quoted.text, value);
  if (changed === null) return { text: quoted.text, fixes };
  const done = `done is ${value} now, ${was}`;
  return {
    text: changed,
    fixes: [...fixes, { file: name, line: wrong.line, key: "done", done }],
  };
}

/** Null for frontmatter in which one key cannot be changed alone, e.g. all of it in braces. */
function withDone(text: string, done: boolean): string | null {
  try {
    return setKey(text, "done", done);
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code === "invalid") return null;
    throw thrown;
  }
}

const isDoneSlip = ({ code }: LintProblem): boolean =>
  code === "done_missing" || code === "done_not_boolean";

function meantDone(text: string): { value: boolean; was: string } {
  const node = entryOf(parseFrontmatter(text), "done")?.value;
  if (node?.kind !== "scalar") return { value: false, was: "it was missing" };
  const source = node.source.trim();
  return {
    value: BOOLEAN_WORDS.get(source.toLowerCase()) ?? false,
    was: source === "" ? "it was empty" : `it was ${JSON.stringify(source)}`,
  };
}

/**
 * Mends every ticket of the folder that can be mended without a guess.
 * @throws {CarError} `unavailable` when a file cannot be written; those before it are mended.
 */
export async function fixQueue(folder: TicketFolder): Promise<readonly Fix[]> {
  const fixes: Fix[] = [];
  const root = Deno.realPathSync(folder.paths.root);
  for (const { name, problems } of await folder.readings()) {
    if (!problems.some((problem) => problem.fixable) || nameKind(name) !== "ticket") continue;
    const read = readTicket(root, folder.paths.tickets, name);
    if (read.type !== "text") continue;
    const fixed = fixTicket(name, read.text);
    if (fixed.text === read.text) continue;
    await writeFileAtomic(read.path, fixed.text);
    fixes.push(...fixed.fixes);
  }
  return fixes;
}
