/** Rows of the commands for messages between agents and the person. */

import type { CommandSpec, OptionSpec } from "../command.ts";

const RUN: OptionSpec = {
  type: "text",
  name: "run",
  placeholder: "RUN",
  summary: "the run: 7 or run-0007; the newest when left out",
};

export const DISPATCH_COMMANDS: readonly CommandSpec[] = [
  {
    path: "dispatch list",
    group: "run",
    summary: "list what the agents of a run have told and asked",
    options: [RUN, { type: "flag", name: "open", summary: "only questions nobody has answered" }],
    examples: [
      { line: "car dispatch list", what: "dispatches of the newest run and the replies to them" },
      { line: "car dispatch list --open --json", what: "what waits for an answer, for a program" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/dispatch_list.ts"),
  },
  {
    path: "dispatch show",
    group: "run",
    summary: "print a dispatch with the replies to it",
    arguments: [{
      name: "number",
      summary: "its number; the newest open question when left out",
      isOptional: true,
    }],
    options: [RUN],
    examples: [
      { line: "car dispatch show", what: "what the agent asks" },
      { line: "car dispatch show 2", what: "the second dispatch of the newest run" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/dispatch_show.ts"),
  },
  {
    path: "dispatch reply",
    group: "run",
    summary: "answer the agent",
    details:
      "The text comes from --text, else from stdin when it is no terminal, else from your editor. The agent reads it with its next prompt.",
    arguments: [{
      name: "number",
      summary: "the dispatch it answers; all there are when left out",
      isOptional: true,
    }],
    options: [
      RUN,
      { type: "text", name: "text", short: "m", placeholder: "TEXT", summary: "the reply" },
      {
        type: "texts",
        name: "attach",
        placeholder: "FILE",
        summary: "a file to send along (repeatable)",
      },
    ],
    examples: [
      { line: 'car dispatch reply -m "Port 4173" && car resume', what: "answer and go on" },
      { line: "car dispatch reply < answer.md", what: "from a file" },
      { line: "car dispatch reply --attach design.png", what: "write it in the editor" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/dispatch_reply.ts"),
  },
];
