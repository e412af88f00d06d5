/** What CAR tells an agent about itself: the rules in full for a new conversation, in brief for the next turns. */

import { oneLine, plural } from "../base/text.ts";
import { fenced } from "./fence.ts";
import type { TurnMode } from "./run.ts";

/** Who commits, and when. `agent`: committing is the agent's duty. */
export type CommitPolicy = "ticket" | "turn" | "off" | "agent";

/** What the work items are: files of their own, or the boxes of one list. */
export type QueueKind = "tickets" | "todo";

const COMMIT_RULES = {
  ticket:
    "CAR commits your work once the ticket is accepted. Do not commit, push or switch branches.",
  turn:
    "CAR commits after each of your turns and once the ticket is accepted. Do not commit, push or switch branches.",
  off:
    "Nobody commits here. Do not commit, push or switch branches; leave your changes in the tree.",
  agent:
    "Commit your work before you claim that it is done: a tree with uncommitted changes is rejected. Do not push or switch branches.",
} as const satisfies Record<CommitPolicy, string>;

/** What a turn must know about the one before it. */
export const TURN_NOTES = {
  first: "",
  next: "",
  fresh:
    "Others have worked on this ticket in an earlier conversation, which is closed. What they did is in the tree; look there first.",
  resend: "If you find this ticket's work begun in the tree, it is yours: go on from there.",
  continue:
    "You were interrupted in the middle of this ticket. What you did is still in the tree: look at it first, then go on. Do not start over.",
} as const satisfies Record<TurnMode, string>;

export interface RuleFacts {
  /** Commands that run on a done claim. */
  readonly checks: readonly string[];
  readonly commit: CommitPolicy;
  readonly queue: QueueKind;
}

/** Checks that are listed; more are counted. */
const CHECKS_SHOWN_MAX = 12;
const CHECK_LENGTH_MAX = 200;

function checksText(checks: readonly string[]): string {
  if (checks.length === 0) {
    return "No check is configured for this ticket: a person will see it marked as unverified.";
  }
  const shown = checks.slice(0, CHECKS_SHOWN_MAX).map((it) => oneLine(it, CHECK_LENGTH_MAX));
  const more = checks.length - shown.length;
  if (more > 0) shown.push(`# and ${plural(more, "more check")}`);
  return `These must end with exit code 0, run by CAR in the repo's root:\n${
    fenced(shown.join("\n"), "sh")
  }`;
}

/** What a work item is, how it is claimed, and what of CAR's an agent may edit. */
const ITEM_RULES = {
  tickets: `## The ticket
- It is a markdown file; its frontmatter stands between the first two \`---\` lines. Do all that the body asks, and nothing it does not ask.
- When it is done, and only then, set \`done: true\` in its frontmatter. That is a claim, and CAR checks it (see below). A claim that fails comes back to you with the output.
- Not done when you stop? Leave \`done: false\` and note in the ticket what is left. You will be asked to go on.
- Tick boxes (\`- [x]\`) as you meet them. Do not reword or remove them, and leave \`ticket_id\`, \`verify\`, \`may_change\`, \`limits\` and \`review\` alone: CAR puts them back.
- Other work you find belongs in a new ticket: next free number, \`TICKET-###-short-name.md\`, frontmatter with \`agent\` and \`done: false\`.

## CAR's folder
You may edit tickets, the contextspace (\`active_context.md\`: what the next agent must know; \`decisions.md\`: choices and why; \`spec.md\`) and the dispatch files. Touch nothing else in it.`,
  todo: `## The ticket
- It is one box of a list in a markdown file, told at the end of this message. Do all that it asks, and nothing it does not ask.
- When it is done, and only then, check its box in the list: \`- [x]\`. That is a claim, and CAR checks it (see below). A claim that fails is unchecked again and comes back to you with the output.
- Not done when you stop? Leave the box open and note in the progress document what is left. You will be asked to go on.
- Check no other box, and do not reword, move or remove any.
- Other work you find belongs in a new box at the end of the list.

## CAR's folder
You may edit the list, the progress document (what was done, and what the next agent must know) and the dispatch files. Touch nothing else in it.`,
} as const satisfies Record<QueueKind, string>;

const CLAIMS = {
  tickets: "set `done: true`",
  todo: "check its box",
} as const satisfies Record<QueueKind, string>;

/** The rules in full. */
export function fullRules({ checks, commit, queue }: RuleFacts): string {
  return `# How you work here

You work for CAR. It takes tickets from a queue, gives them to agents one by one, and checks the results. Nobody watches: what counts is what lies in the files when your turn ends.

${ITEM_RULES[queue]}

## The checks
${checksText(checks)}
Never work around a check: do not delete, skip or weaken tests, lower thresholds, or loosen CI, lint or type settings. CAR compares them and stops the run. If a check is wrong, say so in a dispatch.

## Asking a person
Write DISPATCH.md (path below), last of all; files that belong to it go into the dispatch folder first.
\`\`\`
---
mode: pause
title: What you need, in one line
---
What you found, the choices, what you would do.
\`\`\`
\`mode: pause\` when you cannot go on without an answer (a decision that is not yours, missing access, a contradiction): then end your turn. \`mode: notify\` when a person should merely know; go on working.

## Commits
${COMMIT_RULES[commit]}
`;
}

/** The rules in brief: the conversation has the rest. */
export function shortRules({ checks, commit, queue }: RuleFacts): string {
  const claim = checks.length === 0
    ? "no check is configured, so it will be marked as unverified"
    : `CAR then runs ${plural(checks.length, "check")}`;
  return `The ticket below is still open. Read it again, since it may have changed, look at the tree, and go on.

The rules are the same: ${
    CLAIMS[queue]
  } only when all of it is done (${claim}); never work around a check; ask with DISPATCH.md, \`mode: pause\`, when only a person can decide. ${
    COMMIT_RULES[commit]
  }
`;
}
