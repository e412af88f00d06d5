/** Rows of the commands for scripts and agents. */

import type { CommandSpec } from "../command.ts";

export const TOOL_COMMANDS: readonly CommandSpec[] = [
  {
    path: "describe",
    group: "tools",
    summary: "describe CAR itself: commands, settings, tickets, errors",
    details: "Made from the same tables the program runs by.",
    options: [{ type: "flag", name: "schema", summary: "print the JSON schema of the answer" }],
    examples: [
      { line: "car describe --json", what: "what an agent needs to work CAR" },
      { line: "car describe --schema", what: "the published schema" },
    ],
    mode: "any",
    changes: false,
    load: () => import("../commands/describe.ts"),
  },
  {
    path: "completions",
    group: "tools",
    summary: "print completions for a shell",
    arguments: [{ name: "shell", summary: "which shell", choices: ["bash", "zsh", "fish"] }],
    examples: [
      {
        line: "car completions bash > ~/.local/share/bash-completion/completions/car",
        what: "bash: from the next shell on",
      },
      {
        line: "car completions fish > ~/.config/fish/completions/car.fish",
        what: "fish: at once",
      },
    ],
    mode: "any",
    changes: false,
    load: () => import("../commands/completions.ts"),
  },
];
