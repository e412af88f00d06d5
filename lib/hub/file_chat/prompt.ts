/** What an agent is told with an ask about one file. Pure. */

import { clipHead } from "../../base/text.ts";
import type { DraftMessage, TargetKind } from "./draft.ts";

/** Earlier messages that an agent which does not know them is told, the newest. */
const EARLIER_MAX = 12;
/** Of each, in bytes. */
const EARLIER_BYTES_MAX = 4 * 1024;

export interface AskFacts {
  /** The person's file, relative to the repo. */
  readonly path: string;
  /** The copy, absolute. */
  readonly copy: string;
  /** The repo, absolute. */
  readonly root: string;
  readonly kind: TargetKind;
  readonly message: string;
  /** What was said before, for an agent that does not know it; else empty. */
  readonly earlier: readonly DraftMessage[];
  /** What the linter has against the copy as it is. */
  readonly problems: readonly string[];
}

const KINDS = {
  ticket:
    "It is a ticket of CAR: frontmatter in YAML between two lines of `---`, then markdown. Keep its " +
    "`ticket_id`, and all that you were not asked to change. `done` is the person's word, not yours.",
  workspace: "It is one of the documents that every agent in this repo gets with its prompt.",
  doc:
    "It is one of the documents of the queue, which every agent in this repo gets with its prompt; in the " +
    "list of work each box is a piece of it, and a checked box is a claim that it is done.",
  file: "",
} as const satisfies Record<AskFacts["kind"], string>;

/** The whole prompt, also for a follow-up: an agent may have forgotten the one before. */
export function askPrompt(facts: AskFacts): string {
  const { path, copy, root, kind, message, earlier, problems } = facts;
  return [
    `A person asks you about one file of their repo: ${path}`,
    "",
    `Work on this copy of it, and change no other file: ${copy}`,
    `The repo is at ${root}. Read there what you need, and change nothing in it, not even ` +
    "that file: CAR shows the person how your copy differs from it, and they apply the difference or do not.",
    ...(KINDS[kind] === "" ? [] : [KINDS[kind]]),
    "Where the ask needs no change, leave the copy as it is and answer. Answer in a few sentences: what you " +
    "changed and why. Do not repeat the text.",
    ...(problems.length === 0 ? [] : ["", "The linter says of the copy as it is:", ...problems]),
    ...(earlier.length === 0 ? [] : ["", "What was said before:", ...earlierLines(earlier)]),
    "",
    "What the person asks:",
    "",
    message,
  ].join("\n");
}

const earlierLines = (messages: readonly DraftMessage[]): readonly string[] =>
  messages.slice(-EARLIER_MAX).map(({ role, text }) => {
    const said = clipHead(text, EARLIER_BYTES_MAX).text.trim().replace(/\n/g, "\n  ");
    return `- ${role === "person" ? "The person" : "You"}: ${said}`;
  });

/** A fence that begins a block of commands. */
const FENCE = /^ {0,3}(?:`{3,}|~{3,})/m;

/** The ask as a file, for an agent that runs the commands in one; a bare command line is a block. */
export function askFile(message: string): string {
  const body = FENCE.test(message) ? message : `\`\`\`sh\n${message}\n\`\`\``;
  return `---\ndone: false\n---\n${body}\n`;
}
