/** The row of the demonstration. */

import type { CommandSpec } from "../command.ts";

export const DEMO_COMMANDS: readonly CommandSpec[] = [
  {
    path: "demo",
    group: "start",
    summary: "watch a queue of four tickets being worked, in a scratch repo",
    details: "Needs git, and no model, key or network. The repo is left for you to look at.",
    examples: [
      { line: "car demo", what: "live on this terminal" },
      { line: "car demo --no-color | cat", what: "as plain lines" },
    ],
    mode: "any",
    changes: true,
    load: () => import("../commands/demo.ts"),
  },
];
