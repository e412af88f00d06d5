/** Rows of the commands about settings. */

import type { CommandSpec } from "../command.ts";

export const CONFIG_COMMANDS: readonly CommandSpec[] = [
  {
    path: "config show",
    group: "setup",
    summary: "print all settings",
    options: [{ type: "flag", name: "origin", summary: "and where each value came from" }],
    examples: [
      { line: "car config show --origin", what: "which file, line or variable set it" },
      { line: "car config show --json", what: "for a program" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/config_show.ts"),
  },
  {
    path: "config get",
    group: "setup",
    summary: "print one setting, or all of a section",
    arguments: [{ name: "key", summary: "e.g. git.auto_commit" }],
    examples: [
      { line: "car config get git.auto_commit", what: "its value" },
      { line: "car config get limits --json", what: "a section, as JSON" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/config_get.ts"),
  },
  {
    path: "config set",
    group: "setup",
    summary: "change one setting in .codex-autorunner/config.yml",
    details: "The rest of the file stays byte for byte. A wrong value is refused.",
    arguments: [
      { name: "key", summary: "e.g. git.auto_commit" },
      { name: "value", summary: "text, number, true, null, or YAML as in [a, b]" },
    ],
    examples: [
      { line: "car config set git.auto_commit false", what: "commit nothing by itself" },
      { line: "car config set gate.verify '[npm test]'", what: "a check behind every ticket" },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/config_set.ts"),
  },
  {
    path: "config keys",
    group: "setup",
    summary: "list what can be set, with default and meaning",
    arguments: [{ name: "section", summary: "only its keys", isOptional: true }],
    examples: [
      { line: "car config keys", what: "all of them" },
      { line: "car config keys gate", what: "one section" },
    ],
    mode: "any",
    changes: false,
    load: () => import("../commands/config_keys.ts"),
  },
];
