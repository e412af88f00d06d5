/** Rows of the commands about what CAR and its agents may do. */

import type { CommandSpec } from "../command.ts";

export const SAFETY_COMMANDS: readonly CommandSpec[] = [
  {
    path: "permissions",
    group: "setup",
    summary: "print what this start of CAR is allowed to do",
    details:
      "Put the same flags before it as before any other command. --try really does it: opens the file, connects, starts the program " +
      "and ends it. Ends with 1 when something tried is refused, with the flag that would allow it.",
    options: [{
      type: "texts",
      name: "try",
      placeholder: "KIND=WHAT",
      summary: "try it, e.g. read=/etc/passwd; may be given several times",
    }],
    examples: [
      { line: "car --safe permissions", what: "what --safe means here" },
      {
        line: "car --safe permissions --try read=/etc/passwd --try net=example.org:443",
        what: "both are refused, each with the flag that would allow it",
      },
    ],
    mode: "any",
    changes: false,
    load: () => import("../commands/permissions.ts"),
  },
  {
    path: "approve",
    group: "setup",
    summary: "approve commands that run because a file of the repo says so",
    details:
      "In the safe posture a check, an agent's command line and a rule that answers for you run only once you have approved them, " +
      "word for word, in this repo. What is approved lies in your home, where agents in the safe posture cannot write.",
    options: [
      { type: "flag", name: "list", summary: "only list them, and what is approved" },
      { type: "flag", name: "yes", summary: "approve all that --list shows, without asking" },
    ],
    examples: [
      { line: "car approve", what: "shows each that is new and asks" },
      { line: "car approve --list", what: "what there is, approved or not" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/approve.ts"),
  },
];
