/** Rows of the commands about agents. */

import { AGENT_KINDS } from "../../control/config_keys/agents.ts";
import { POSTURES } from "../../control/config_keys/scalars.ts";
import type { CommandSpec } from "../command.ts";

export const AGENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: "agents",
    group: "setup",
    summary: "list the agents: found, version, login, posture, quota, how to get them",
    details:
      "Posture is what an agent may do; with --json, and on a terminal, in the agent's own words.",
    examples: [
      { line: "car agents", what: "all that are configured" },
      { line: "car agents --json", what: "for a program" },
    ],
    mode: "any",
    changes: false,
    load: () => import("../commands/agents.ts"),
  },
  {
    path: "agents test",
    group: "setup",
    summary: "let an agent take one harmless turn, live, and say whether it works",
    details:
      "It works read-only where it can, in an empty folder of its own; your repo is not touched, and a run may go on beside it. Ends with 1 when the agent does not work.",
    arguments: [{ name: "agent", summary: "its name in the config" }],
    options: [{
      type: "number",
      name: "seconds",
      placeholder: "N",
      min: 1,
      summary: "the longest it may take (120)",
    }],
    examples: [
      { line: "car agents test codex", what: "is it installed, logged in, and does it answer?" },
      { line: "car agents test codex --seconds 20 && car run", what: "before a long night" },
    ],
    mode: "any",
    changes: false,
    load: () => import("../commands/agents_try.ts"),
  },
  {
    path: "agents add",
    group: "setup",
    summary: "add an agent to .codex-autorunner/config.yml",
    details:
      "The rest of the file stays byte for byte. Without --kind it is acp; some agents CAR knows by name, and they need no --command.",
    arguments: [{ name: "agent", summary: "the name tickets will use" }],
    options: [
      {
        type: "text",
        name: "kind",
        placeholder: "KIND",
        choices: AGENT_KINDS,
        summary: "the adapter that talks to it",
      },
      {
        type: "text",
        name: "command",
        placeholder: "COMMAND",
        summary: 'program and arguments, e.g. "goose acp"',
      },
      {
        type: "text",
        name: "posture",
        placeholder: "POSTURE",
        choices: POSTURES,
        summary: "how much it may do",
      },
      { type: "text", name: "model", placeholder: "MODEL", summary: "its model" },
    ],
    examples: [
      { line: "car agents add goose", what: "an agent that CAR knows" },
      { line: 'car agents add mine --command "mine acp"', what: "any other that speaks ACP" },
      {
        line: "car agents add careful --kind codex --posture safe",
        what: "Codex once more, asking first",
      },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/agents_add.ts"),
  },
];
