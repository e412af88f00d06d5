/** Rows of the commands for scripts and agents. */

import type { CommandSpec } from "../command.ts";

export const TOOL_COMMANDS: readonly CommandSpec[] = [
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
