/**
 * The table of all commands. The parser, help, completions, `car describe` and docs/COMMANDS.md are
 * made from it: a command exists when its row does.
 */

import type { CommandSpec } from "./command.ts";
import { AGENT_COMMANDS } from "./rows/agents.ts";
import { CHAT_COMMANDS } from "./rows/chat.ts";
import { CONFIG_COMMANDS } from "./rows/config.ts";
import { CONTEXT_COMMANDS } from "./rows/context.ts";
import { DEMO_COMMANDS } from "./rows/demo.ts";
import { DISPATCH_COMMANDS } from "./rows/dispatch.ts";
import { HUB_COMMANDS } from "./rows/hub.ts";
import { HUB_WORKTREE_COMMANDS } from "./rows/hub_worktrees.ts";
import { INBOX_COMMANDS } from "./rows/inbox.ts";
import { LOOK_COMMANDS } from "./rows/look.ts";
import { RUN_COMMANDS } from "./rows/run.ts";
import { SAFETY_COMMANDS } from "./rows/safety.ts";
import { SERVE_COMMANDS } from "./rows/serve.ts";
import { START_COMMANDS } from "./rows/start.ts";
import { TICKET_COMMANDS } from "./rows/tickets.ts";
import { TOOL_COMMANDS } from "./rows/tools.ts";

export const COMMANDS: readonly CommandSpec[] = [
  ...START_COMMANDS,
  ...DEMO_COMMANDS,
  ...SERVE_COMMANDS,
  ...RUN_COMMANDS,
  ...TICKET_COMMANDS,
  ...CONTEXT_COMMANDS,
  ...CONFIG_COMMANDS,
  ...AGENT_COMMANDS,
  ...SAFETY_COMMANDS,
  ...DISPATCH_COMMANDS,
  ...INBOX_COMMANDS,
  ...CHAT_COMMANDS,
  ...LOOK_COMMANDS,
  ...HUB_COMMANDS,
  ...HUB_WORKTREE_COMMANDS,
  ...TOOL_COMMANDS,
];

/** What stands in help beside the first words of commands with several. */
export const GROUP_SUMMARIES: Readonly<Record<string, string>> = {
  hub: "many repos in one place",
  "hub worktree": "worktrees of the hub's repos",
  ticket: "write, list, check and order tickets",
  context: "show and edit what every agent is told",
  config: "show and change settings",
  agents: "see, try and add agents",
  gate: "answer for a done claim that is held",
  prompt: "see what agents are sent",
  chat: "talk with agents in threads that are kept",
  inbox: "what waits for you, and your answers",
  token: "show or change what lets you into the page and the API",
  dispatch: "read what agents tell and ask, and answer",
};
