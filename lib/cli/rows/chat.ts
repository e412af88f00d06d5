/** Rows of the commands about chat threads. */

import type { CommandSpec } from "../command.ts";

export const CHAT_COMMANDS: readonly CommandSpec[] = [
  {
    path: "chat",
    group: "run",
    summary: "talk with an agent in a thread that is kept",
    details:
      "With a MESSAGE, or one that comes down a pipe, the answer is printed and the command ends. On a terminal without " +
      "one the talk goes on until /quit: what you type while the agent is busy waits its turn, Ctrl-C interrupts " +
      "the answer, Ctrl-C twice leaves, and /help lists the other commands.\n\n" +
      "While a run works in the same repo the agent may only read, unless --posture says otherwise.",
    arguments: [
      { name: "message", summary: "what you say to the agent", isOptional: true, isRest: true },
    ],
    options: [
      {
        name: "agent",
        type: "text",
        placeholder: "agent",
        summary: "who answers in a new thread; else runner.default_agent",
      },
      {
        name: "thread",
        type: "text",
        placeholder: "id",
        summary: "go on in this thread; `last` is the newest",
      },
      { name: "model", type: "text", placeholder: "model", summary: "the model of a new thread" },
      {
        name: "posture",
        type: "text",
        placeholder: "posture",
        summary: "how much the agent of a new thread may do",
        choices: ["yolo", "safe", "read-only"],
      },
    ],
    examples: [
      { line: "car chat", what: "talk with the default agent" },
      { line: 'car chat --agent opencode "What does this repo do?"', what: "ask once" },
      { line: "git diff | car chat --thread last", what: "go on with what comes down the pipe" },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/chat.ts"),
  },
  {
    path: "chat list",
    group: "run",
    summary: "list the chat threads of this repo or hub",
    options: [
      { name: "archived", type: "flag", summary: "those that were put away" },
      { name: "all", type: "flag", summary: "in a repo of a hub: those of the whole hub" },
    ],
    examples: [
      { line: "car chat list", what: "newest first" },
      { line: "car chat list --json", what: "for a program" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/chat_list.ts"),
  },
  {
    path: "chat show",
    group: "run",
    summary: "print what was said in a chat thread",
    arguments: [{ name: "id", summary: "the thread's id; `last` is the newest" }],
    examples: [
      { line: "car chat show last", what: "messages, answers and what the agent did" },
      { line: "car chat show thr_0123456789abcdef --json", what: "every event, one a line" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/chat_show.ts"),
  },
];
