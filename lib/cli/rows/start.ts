/** Rows of the commands one starts with. */

import type { CommandSpec } from "../command.ts";

export const START_COMMANDS: readonly CommandSpec[] = [
  {
    path: "init",
    group: "start",
    summary: "set CAR up in this git repo, or make this folder a hub",
    details: "Safe to repeat: what is there stays as it is.",
    options: [{
      type: "text",
      name: "mode",
      placeholder: "MODE",
      choices: ["repo", "hub"],
      summary: "one repo (the default), or a hub of many",
    }],
    examples: [
      { line: "car init", what: "anywhere in a git repo" },
      { line: "car init --mode hub", what: "in the folder that holds your repos" },
    ],
    mode: "any",
    changes: true,
    load: () => import("../commands/init.ts"),
  },
  {
    path: "doctor",
    group: "setup",
    summary: "check everything CAR needs, and say how to cure what is wrong",
    details: "Ends with 1 when something is wrong that keeps CAR from working.",
    options: [
      { type: "flag", name: "fix", summary: "cure what can be cured safely" },
      {
        type: "flag",
        name: "rebuild",
        summary: "make the read models anew from the journal first",
      },
    ],
    examples: [
      { line: "car doctor", what: "git, agents, settings, tickets, databases, lock, disk" },
      { line: "car doctor --fix --json", what: "cure, and answer for a program" },
    ],
    mode: "any",
    changes: true,
    load: () => import("../commands/doctor.ts"),
  },
];
