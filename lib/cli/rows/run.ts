/** Rows of the commands that work the queue. */

import type { CommandSpec, OptionSpec } from "../command.ts";

const AGENT: OptionSpec = {
  name: "agent",
  type: "text",
  placeholder: "name",
  summary: "let this agent work every ticket",
};
const WAIT: OptionSpec = {
  name: "wait",
  type: "flag",
  summary: "stay while the run is paused, and go on when it is resumed",
};
const ALLOW_DIRTY: OptionSpec = {
  name: "allow-dirty",
  type: "flag",
  summary: "work although the tree has changes of yours; nothing is committed then",
};

const WORKTREE: OptionSpec = {
  name: "worktree",
  type: "text",
  placeholder: "branch",
  isValueOptional: true,
  summary: "work on a branch in a worktree of its own; your files here stay as they are",
};

export const RUN_COMMANDS: readonly CommandSpec[] = [
  {
    path: "run",
    group: "run",
    summary: "work the queue until it is empty or a person is needed",
    details:
      "Goes on with the last run unless that is completed. Ctrl-C once asks the agent to end its turn, twice ends it now; " +
      "nothing is lost either way.\n\n" +
      "With --worktree a copy of the queue is worked on a branch of its own, by default one named for the first open " +
      "ticket, beginning at your last commit. Tickets that are done there are marked done here, with the branch they are " +
      "done on. The same command goes on with a run that is not completed.\n\n" +
      "Exit codes: 0 the queue is empty (or stopped as asked), 1 failed, 3 a person is needed, 4 another car is at work here, " +
      "130 after Ctrl-C, 143 after SIGTERM.",
    options: [
      {
        name: "stop-after-runs",
        type: "number",
        placeholder: "n",
        min: 1,
        summary: "stop after this many tickets",
      },
      AGENT,
      ALLOW_DIRTY,
      WAIT,
      WORKTREE,
    ],
    examples: [
      { line: "car run", what: "work all open tickets" },
      { line: "car run --worktree", what: "on a new branch, which you merge when you like it" },
      { line: "car run --stop-after-runs 2 --json", what: "two tickets, one JSON object a line" },
      { line: "car run --agent shell", what: "no model, only the tickets' sh blocks" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/run_queue.ts"),
  },
  {
    path: "once",
    group: "run",
    summary: "work one ticket to its verdict, then stop",
    options: [AGENT, ALLOW_DIRTY, WAIT, WORKTREE],
    examples: [
      { line: "car once", what: "the next open ticket" },
      { line: "car once --agent codex", what: "with this agent" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/run_queue.ts"),
  },
  {
    path: "resume",
    group: "run",
    summary: "go on with a run that is paused, stopped or was cut off",
    options: [
      { name: "once", type: "flag", summary: "stop after the next ticket" },
      AGENT,
      WAIT,
    ],
    examples: [
      { line: "car resume", what: "after you have answered or mended what it waited for" },
      { line: "car resume --once", what: "only one ticket" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/run_queue.ts"),
  },
  {
    path: "pause",
    group: "run",
    summary: "pause the run at the end of the turn in hand",
    examples: [
      { line: "car pause", what: "from another terminal" },
      { line: "car pause && car status", what: "and look" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/control.ts"),
  },
  {
    path: "stop",
    group: "run",
    summary: "ask the agent to end its turn, then stop the run",
    examples: [
      { line: "car stop", what: "from another terminal" },
      { line: "car stop && car resume", what: "stop, and go on here" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/control.ts"),
  },
  {
    path: "kill",
    group: "run",
    summary: "end the run and its agent at once",
    examples: [
      { line: "car kill", what: "nothing is lost; `car run` goes on" },
      { line: "car kill --json", what: "for a program" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/control.ts"),
  },
  {
    path: "gate accept",
    group: "run",
    summary: "accept a done claim that the gate holds",
    arguments: [{ name: "ticket", summary: "its number" }],
    examples: [
      { line: "car gate accept 3", what: "then `car resume`" },
      { line: "car ticket show 3 --evidence", what: "look first" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/control.ts"),
  },
  {
    path: "gate reject",
    group: "run",
    summary: "send a held ticket back to its agent",
    arguments: [{ name: "ticket", summary: "its number" }],
    examples: [
      { line: "car gate reject 3", what: "then `car resume`: the agent tries again" },
      { line: "car ticket show 3 --evidence", what: "look first" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/control.ts"),
  },
];
