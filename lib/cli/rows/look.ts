/** Rows of the commands that look at runs and change nothing. */

import type { CommandSpec } from "../command.ts";

export const LOOK_COMMANDS: readonly CommandSpec[] = [
  {
    path: "status",
    group: "look",
    summary: "say what the run does, why, since when, and what comes next",
    details:
      "Works beside a live run and never waits for it. A run whose CAR has died is shown as cut off, never as running. " +
      "In a hub's folder it lists the repos.",
    options: [{ type: "flag", name: "watch", summary: "show it anew every second, until Ctrl-C" }],
    examples: [
      { line: "car status", what: "the run, the ticket in hand, the queue, the last verdicts" },
      { line: "car status --json", what: "the same for a program" },
      { line: "car status --watch", what: "in a second terminal, beside `car run`" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/status.ts"),
  },
  {
    path: "log",
    group: "look",
    summary: "print what happened in a run, line by line",
    details:
      "Without --run it is the newest run. With --json each line is one event of the journal. In a hub's folder it is " +
      "the last 50 lines, or --tail of them, of the newest runs of all repos.",
    options: [
      { type: "text", name: "run", placeholder: "RUN", summary: "the run: 7 or run-0007" },
      {
        type: "number",
        name: "turn",
        placeholder: "N",
        min: 1,
        summary: "only the run's turn number N",
      },
      { type: "number", name: "tail", placeholder: "N", min: 1, summary: "only the last N lines" },
      {
        type: "flag",
        name: "follow",
        short: "f",
        summary: "go on until the run rests, or Ctrl-C; in a hub, until Ctrl-C",
      },
      { type: "flag", name: "runs", summary: "list the runs instead" },
    ],
    examples: [
      { line: "car log --tail 20", what: "the last twenty lines of the newest run" },
      { line: "car log -f", what: "follow a run from another terminal" },
      { line: "car log --runs --repo shop", what: "the runs of one repo of this hub" },
      { line: "car log --run 7 --turn 2 --json", what: "all that was kept of one turn" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/log.ts"),
  },
  {
    path: "explain",
    group: "look",
    summary: "say in words why a run or a ticket is where it is",
    arguments: [{
      name: "what",
      summary: "a run (run-0007), or a ticket by number, name or id; the newest run when left out",
      isOptional: true,
    }],
    examples: [
      { line: "car explain", what: "why the newest run ended, paused or goes on" },
      { line: "car explain 4", what: "why ticket 4 is not being worked" },
      { line: "car explain run-0007", what: "an earlier run" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/explain.ts"),
  },
  {
    path: "run replay",
    group: "look",
    summary: "replay a run's journal and compare with the state it led to",
    details: "Ends with 1 when the replay leads elsewhere, and names the first difference.",
    arguments: [{ name: "run", summary: "the run: 7 or run-0007" }],
    options: [{ type: "flag", name: "steps", summary: "print every step on the way" }],
    examples: [
      { line: "car run replay 7", what: "the same, or where it differs" },
      { line: "car run replay 7 --steps", what: "event by event" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/run_replay.ts"),
  },
  {
    path: "usage",
    group: "look",
    summary: "count tokens by day, agent and ticket",
    details: "In a hub's folder it counts those of all repos, by repo too.",
    options: [{
      type: "number",
      name: "days",
      placeholder: "N",
      min: 1,
      summary: "only the last N days, today included",
    }],
    examples: [
      { line: "car usage", what: "all that was ever recorded here" },
      { line: "car usage --days 7 --json", what: "the last week, for a program" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/usage.ts"),
  },
  {
    path: "snapshot",
    group: "look",
    summary: "print one markdown page: queue, contextspace, last runs",
    examples: [
      { line: "car snapshot > snapshot.md", what: "to send to somebody" },
      { line: "car snapshot | less", what: "to read" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/snapshot.ts"),
  },
  {
    path: "prompt show",
    group: "look",
    summary: "print what would be sent to the agent next",
    details: "First the parts with their bytes, then the text. Nothing is sent.",
    arguments: [{
      name: "ticket",
      summary: "number, file name or id; the ticket in hand or the next one when left out",
      isOptional: true,
    }],
    options: [{ type: "flag", name: "text", summary: "only the text" }],
    examples: [
      { line: "car prompt show", what: "what the next turn begins with" },
      { line: "car prompt show 4 --text | wc -c", what: "how long the prompt of ticket 4 is" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/prompt_show.ts"),
  },
];
