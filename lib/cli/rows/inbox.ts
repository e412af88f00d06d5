/** Rows of the commands about what waits for a person. */

import type { CommandSpec } from "../command.ts";

export const INBOX_COMMANDS: readonly CommandSpec[] = [
  {
    path: "inbox",
    group: "run",
    summary: "list what waits for you: permissions, questions, pauses",
    details: "In a hub's folder it lists what waits in all repos, each with its repo.",
    examples: [
      { line: "car inbox", what: "with what to do about each" },
      { line: "car inbox --json", what: "for a program" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/inbox.ts"),
  },
  {
    path: "inbox answer",
    group: "run",
    summary: "answer a request of the agent at work",
    details:
      "A permission takes yes, no (a reason may follow) or always; a question takes your text. What nobody answers is " +
      "denied after approvals.timeout_seconds. In a hub's folder --repo ID says whose number it is; it may be left out " +
      "where only one repo has such a number.",
    arguments: [
      { name: "id", summary: "its number in `car inbox`" },
      { name: "answer", summary: "yes, no, always, or text", isRest: true },
    ],
    examples: [
      { line: "car inbox answer 57 yes", what: "let the agent do it" },
      { line: "car inbox answer 57 no use the test database", what: "with a reason" },
      { line: "car inbox answer 57 yes --repo shop", what: "in a hub's folder" },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/inbox_answer.ts"),
  },
];
