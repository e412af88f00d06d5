/** docs/run-states.md: the states of a run and the moves between them, drawn from the engine's table. Pure. */

import {
  isLive,
  type Move,
  PAUSE_REASONS,
  RUN_STATUSES,
  type RunStatus,
  TRANSITIONS,
} from "../lib/engine/run.ts";

const STATUSES = {
  pending: "The run is made and has not begun.",
  running: "Somebody works on it.",
  paused: "It waits for a person, or until a time that it names.",
  stopping: "A stop was asked for; the work in hand comes to its end first.",
  stopped: "It was ended before its queue was; it can go on.",
  completed: "Its queue is done.",
  failed: "It cannot go on by itself.",
} as const satisfies Record<RunStatus, string>;

const MOVES = {
  start: "`car run`",
  pause: "a pause comes, for one of the reasons below",
  resume: "`car resume`, or CAR itself at the end of a pause that names a time",
  stop: "`car stop`, or Ctrl-C",
  settle: "what was in hand when the stop came has ended, or as many tickets as asked for are done",
  drain: "no ticket is open",
  fail: "nothing can be done about it",
  kill: "`car kill`, or Ctrl-C twice",
} as const satisfies Record<Move, string>;

/** `from --> to: move, move`, one arrow for each pair of states. */
function arrows(): readonly string[] {
  return RUN_STATUSES.flatMap((from) => {
    const moves = new Map<RunStatus, string[]>();
    for (const [move, to] of Object.entries(TRANSITIONS[from])) {
      moves.set(to, [...(moves.get(to) ?? []), move]);
    }
    return [...moves].map(([to, names]) => `  ${from} --> ${to}: ${names.join(", ")}`);
  });
}

/** States that nothing leads out of. */
const ends = (): readonly RunStatus[] =>
  RUN_STATUSES.filter((status) => Object.keys(TRANSITIONS[status]).length === 0);

const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]) =>
  [head, ["---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The whole page. It says how it is made, so that nobody edits it by hand. */
export function statesPage(): string {
  const picture = [
    "stateDiagram-v2",
    "  [*] --> pending",
    ...arrows(),
    ...ends().map((status) => `  ${status} --> [*]`),
  ];
  const live = RUN_STATUSES.filter(isLive).map((status) => `\`${status}\``).join(" and ");
  return [
    "# The states of a run",
    "<!-- Made from lib/engine/run.ts by `deno task docs`. Edit the table there, not this page. -->",
    `\`\`\`mermaid\n${picture.join("\n")}\n\`\`\``,
    "A move that has no arrow is refused, with a sentence that says what can be done instead. " +
    `In ${live} a process holds the repo's lock; when none does, CAR has died, and ` +
    "`car status` says so: `cut off`. `car resume` goes on from there.",
    table(
      ["State", "Meaning"],
      RUN_STATUSES.map((status) => [`\`${status}\``, STATUSES[status]] as const),
    ),
    table(
      ["Move", "Comes from"],
      Object.entries(MOVES).map(([move, words]) => [`\`${move}\``, words] as const),
    ),
    "A pause has one of these reasons:",
    table(
      ["Reason", "Meaning"],
      Object.entries(PAUSE_REASONS).map(([reason, words]) => [`\`${reason}\``, words] as const),
    ),
  ].join("\n\n") + "\n";
}
