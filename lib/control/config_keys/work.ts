/** Config keys of the work itself: the queue, its documents, prompt, run, git, gate, limits, quota. */

import { checks, hours, list } from "./composites.ts";
import { orNone, type Spec } from "./row.ts";
import {
  choice,
  int,
  number,
  offByDefault,
  onByDefault,
  path,
  seconds,
  string,
} from "./scalars.ts";

export const queue = choice(
  ["tickets", "todo"],
  "tickets",
  "What the work items are: the files in tickets/, or the unchecked boxes of docs.todo.",
);

export const docs = {
  todo: path(".codex-autorunner/TODO.md", "The list of boxes that is the queue with queue: todo."),
  progress: path(".codex-autorunner/PROGRESS.md", "What the agent has done, with queue: todo."),
  opinions: path(
    ".codex-autorunner/OPINIONS.md",
    "What the person wants heeded, with queue: todo.",
  ),
  spec: path(".codex-autorunner/SPEC.md", "What is to be built, with queue: todo."),
} as const satisfies Spec;

export const prompt = {
  prev_run_max_chars: int(
    6_000,
    { min: 0, max: 200_000, unit: "characters" },
    "How much of the agent's last answer on this ticket the next prompt repeats.",
  ),
  template: path(
    ".codex-autorunner/prompt.txt",
    "A file that replaces the frame of the prompt; used when it is there.",
  ),
  doc_max_bytes: int(
    24_576,
    { min: 0, max: 1_048_576, unit: "bytes" },
    "How much of each contextspace document goes into the prompt.",
  ),
  context_max_bytes: int(
    65_536,
    { min: 0, max: 1_048_576, unit: "bytes" },
    "How much of one file asked for under context goes into the prompt, unless it says max_bytes.",
  ),
  reply_max_bytes: int(
    65_536,
    { min: 1_024, max: 1_048_576, unit: "bytes" },
    "How much of one reply goes into the prompt; the rest is named as a file.",
  ),
} as const satisfies Spec;

export const runner = {
  default_agent: string("codex", "The agent of tickets that CAR makes without being told one."),
  stop_after_runs: orNone(int(1, { min: 1 }, "Tickets to work in one run before it stops.")),
  max_wallclock_seconds: orNone(seconds(3_600, "How long a run may last.")),
  max_total_turns: int(150, { min: 1 }, "Turns of one run, all tickets together."),
  reuse_thread: onByDefault("Whether the turns of one ticket go on in the same conversation."),
} as const satisfies Spec;

export const git = {
  auto_commit: choice(
    ["ticket", "turn", false],
    "ticket",
    "When CAR commits: once a ticket is accepted, after each turn too, or never.",
    { true: "ticket", off: false },
  ),
  require_commit: offByDefault(
    "Whether committing is the agent's duty, so that a dirty tree rejects a done claim.",
  ),
  commit_prefix: orNone(string("car:", "Text in front of the subject of the commits CAR makes.")),
  timeout_seconds: seconds(10, "How long a git command may take."),
  network_timeout_seconds: seconds(
    60,
    "How long a git command that talks to a remote may take; a clone, how long it may tell nothing.",
  ),
  worktree_setup: list([], "Commands that make a new worktree ready, e.g. [npm ci]."),
  worktree_setup_seconds: seconds(600, "How long each of them may take."),
} as const satisfies Spec;

export const gate = {
  verify: checks("Commands that must succeed before a done claim of any ticket counts."),
  attempts: int(
    3,
    { min: 1, max: 100 },
    "Done claims in a row that may be rejected before a person is asked.",
  ),
  timeout_seconds: seconds(900, "How long one check may take, unless it says timeout_s."),
  output_bytes: int(
    8_192,
    { min: 256, max: 1_048_576, unit: "bytes" },
    "How much of the end of a check's output is kept as evidence.",
  ),
  tamper_guard: choice(
    ["on", "off"],
    "on",
    "Whether changes to tests, checks and criteria outside may_change hold a done claim.",
    { true: "on", false: "off" },
  ),
  review: orNone(string("codex", "The agent that gives a second opinion on done claims.")),
  review_rounds: int(2, { min: 1, max: 10 }, "Opinions asked for on one ticket at most."),
} as const satisfies Spec;

export const limits = {
  silence_seconds: seconds(
    600,
    "How long an agent may tell nothing while no tool is at work before its turn is ended.",
  ),
  turn_seconds: seconds(7_200, "How long one turn may take."),
  ticket_turns: int(25, { min: 1 }, "Turns on one ticket."),
  ticket_minutes: orNone(number(60, { min: 0.01 }, "Minutes of turns on one ticket.")),
  ticket_tokens: orNone(int(1_000_000, { min: 1, unit: "tokens" }, "Tokens spent on one ticket.")),
  run_tokens: orNone(int(10_000_000, { min: 1, unit: "tokens" }, "Tokens spent in one run.")),
  same_tool_calls: int(
    20,
    { min: 2 },
    "The same tool call with the same output so many times in a row ends the turn.",
  ),
  retry_attempts: int(
    5,
    { min: 0, max: 100 },
    "How often a turn that failed through no fault of the ticket is tried again in a row.",
  ),
  retry_backoff_seconds: seconds(10, "The wait before the first retry; it doubles each time."),
  retry_backoff_max_seconds: seconds(300, "The longest wait before a retry."),
  network_wait_seconds: seconds(
    120,
    "How long an agent may say that it waits for the network before its turn is ended.",
  ),
  soft_ratio: number(
    0.8,
    { min: 0.1, max: 1 },
    "The share of a limit at which the agent is told that it comes near.",
  ),
  lint_repairs: int(3, { min: 0, max: 20 }, "How often an agent is asked to mend a broken ticket."),
  stalls: int(2, { min: 1, max: 20 }, "Turns in a row without any change before CAR steps in."),
  crash_limit: int(
    3,
    { min: 1, max: 100 },
    "Crashes of CAR in a row with the same ticket in flight before that ticket is parked.",
  ),
} as const satisfies Spec;

export const quota = {
  resume: choice(
    ["auto", "ask", "off"],
    "auto",
    "What happens when a used-up account is back: go on, ask a person, or wait for a command.",
    { true: "auto", false: "off" },
  ),
  quiet_hours: hours("Local time in which no run goes on by itself."),
  grace_seconds: seconds(5, "How long after the reset the first try is made: clocks differ."),
  stagger_seconds: seconds(
    30,
    "The time within which a run goes on after that, so that not all that waited come at once.",
  ),
  max_unattended_resumes: orNone(
    int(1, { min: 0 }, "How often a run may go on by itself before a person is asked."),
    "any number",
  ),
  fallback: orNone(string("opencode", "The agent that takes over while an account is used up.")),
} as const satisfies Spec;

export const approvals = {
  allow: list(
    [],
    "Requests that are answered yes without asking, as KIND:PATTERN, e.g. command:git status*.",
  ),
  deny: list([], "Requests that are answered no without asking; goes before allow."),
  timeout_seconds: seconds(3_600, "How long a request waits for a person before it is denied."),
} as const satisfies Spec;
