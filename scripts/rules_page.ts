/** docs/RULES.md: what the engine and its rooms decide by, as tables made from the code's own. Pure. */

import { ERROR_CODES } from "../lib/base/errors.ts";
import { MARKERS } from "../lib/adapters/process/environment.ts";
import { LADDER_TIMES } from "../lib/adapters/process/ladder.ts";
import { byteSize, duration } from "../lib/base/text.ts";
import { ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX } from "../lib/control/attachments.ts";
import { CONTEXT_BYTES_MAX } from "../lib/control/contextspace.ts";
import { MESSAGE_BYTES_MAX } from "../lib/control/filing.ts";
import { FRONTMATTER_BYTES_MAX } from "../lib/control/frontmatter.ts";
import { JOURNAL_MIGRATIONS } from "../lib/control/journal_schema.ts";
import { ORCHESTRATION_MIGRATIONS } from "../lib/control/orchestration_schema.ts";
import type { Migration } from "../lib/control/sqlite.ts";
import { TICKET_BYTES_MAX } from "../lib/control/ticket_file.ts";
import { readTicketText } from "../lib/control/ticket_reading.ts";
import { WITNESS_EVERY } from "../lib/control/witness.ts";
import { RETRY_AFTER_MS_MAX } from "../lib/engine/backoff.ts";
import { workFor } from "../lib/engine/decision.ts";
import type { Command, CommandName, Step } from "../lib/engine/events.ts";
import { FEEDBACK_BYTES_MAX } from "../lib/engine/gate.ts";
import { runId } from "../lib/engine/ids.ts";
import { LIMITS } from "../lib/engine/limits.ts";
import { PROMPT_BYTES_MAX } from "../lib/engine/prompt.ts";
import { GUESS_MS, GUESS_MS_MAX, RESET_AHEAD_MS_MAX } from "../lib/engine/quota.ts";
import { AGENT_ERROR_POLICY, CRASH_WINDOW_MS } from "../lib/engine/recovery.ts";
import { REVIEW_DIFF_BYTES_MAX } from "../lib/engine/review.ts";
import { type Run, RUN_STATUSES, type RunSettings, type RunStatus } from "../lib/engine/run.ts";
import { newRun, step } from "../lib/engine/step.ts";
import { FINDINGS_MAX } from "../lib/engine/tamper.ts";
import { TAMPER_RULES } from "../lib/engine/tamper_finding.ts";
import { OTHER_TEST_FILES, TEST_ECOSYSTEMS } from "../lib/engine/tamper_rules.ts";
import { SETTINGS_KINDS } from "../lib/engine/tamper_settings_rules.ts";
import { MESSAGE_MOVES, type Moved, THREAD_MOVES } from "../lib/engine/thread.ts";
import { END_WAIT_MS } from "../lib/hub/turn_runner.ts";
import { NOTES_PER_TURN_MAX } from "../lib/hub/turn_notes.ts";

type Rows = readonly (readonly string[])[];

const code = (text: string): string => `\`${text}\``;

/** Bars inside a cell would end it, in code too. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

const table = (head: readonly string[], rows: Rows): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`)
    .join("\n");

/** Any will do: no answer to a command depends on them. */
const SETTINGS: RunSettings = {
  stopAfterTickets: null,
  agentOverride: null,
  maxTurns: 1,
  maxWallclockMs: null,
  maxTokens: null,
  ticketTurns: 1,
  gateAttempts: 1,
  lintRepairs: 1,
  stalls: 1,
  crashLimit: 1,
  retryAttempts: 1,
  retryBaseMs: 1,
  retryMaxMs: 1,
  commit: "off",
  requireCommit: false,
};

const BY = { by: "cli" } as const;
const COMMANDS = {
  start: { type: "start", settings: SETTINGS, ...BY },
  resume: { type: "resume", settings: null, ...BY },
  pause: { type: "pause", ...BY },
  stop: { type: "stop", ...BY },
  kill: { type: "kill", ...BY },
  decide: { type: "decide", answer: "accept", ...BY },
} as const satisfies Record<CommandName, Command>;

/** A run in each state; the paused one waits with a held claim, so that every command has its say. */
function runIn(status: RunStatus): Run {
  const run: Run = { ...newRun(runId(1), SETTINGS, 0), status };
  const { ticket } = readTicketText("TICKET-001.md", "---\nagent: shell\ndone: true\n---\n");
  if (status !== "paused" || ticket === null) return run;
  const pause = { reason: "held", detail: "", next: "", atMs: 0, resumesAtMs: null } as const;
  return { ...run, pause, work: workFor(run, ticket, 0) };
}

const answerTo = (status: RunStatus, name: CommandName): Step =>
  step(runIn(status), { ...COMMANDS[name], atMs: 1 });

const NAMES = Object.keys(COMMANDS) as CommandName[];

function commandRows(): Rows {
  return RUN_STATUSES.map((status) => [
    code(status),
    ...NAMES.map((name) => {
      const answer = answerTo(status, name);
      return answer.ok ? code(answer.run.status) : "refused";
    }),
  ]);
}

function refusalRows(): Rows {
  return RUN_STATUSES.flatMap((status) =>
    NAMES.flatMap((name) => {
      const answer = answerTo(status, name);
      return answer.ok ? [] : [[code(status), code(name), answer.message, answer.hint]];
    })
  );
}

const failureRows = (): Rows =>
  Object.entries(AGENT_ERROR_POLICY).map(([kind, { action, attemptsMax, means, next }]) => [
    code(kind),
    means,
    action,
    attemptsMax === Infinity ? "no bound of its own" : String(attemptsMax),
    next,
  ]);

const FIXED: Rows = [
  ["Longest ticket", byteSize(TICKET_BYTES_MAX)],
  ["Longest frontmatter", byteSize(FRONTMATTER_BYTES_MAX)],
  ["Longest document of the contextspace", byteSize(CONTEXT_BYTES_MAX)],
  ["Longest prompt; the ticket and the rules are never cut for it", byteSize(PROMPT_BYTES_MAX)],
  ["Longest feedback of the gate in a prompt", byteSize(FEEDBACK_BYTES_MAX)],
  ["Longest dispatch or reply", byteSize(MESSAGE_BYTES_MAX)],
  ["Files beside a dispatch or reply", String(ATTACHMENTS_MAX)],
  ["Largest of them", byteSize(ATTACHMENT_BYTES_MAX)],
  ["Most of a diff that a reviewer is shown", byteSize(REVIEW_DIFF_BYTES_MAX)],
  ["Findings of the tamper guard that are told", String(FINDINGS_MAX)],
  ["Notes of one turn that are kept", String(NOTES_PER_TURN_MAX)],
  ["Steps between two writings of the witness", String(WITNESS_EVERY)],
  ["Deaths of CAR that count together", duration(CRASH_WINDOW_MS)],
  ["Most of a service's wish to wait that is heeded", duration(RETRY_AFTER_MS_MAX)],
  ["First wait for quota when no reset time is known", duration(GUESS_MS)],
  ["Longest such wait", duration(GUESS_MS_MAX)],
  ["Furthest reset time that is believed", duration(RESET_AHEAD_MS_MAX)],
  ["Wait for an agent that was asked to end its turn", duration(END_WAIT_MS)],
  ["Stop ladder: after asking, until TERM", duration(LADDER_TIMES.politeMs)],
  ["Stop ladder: after TERM, until KILL", duration(LADDER_TIMES.termMs)],
  ["Stop ladder: after KILL, until given up", duration(LADDER_TIMES.killMs)],
];

const globs = (patterns: readonly string[]): string => patterns.map(code).join(", ");

const guardedFiles = (): Rows => [
  ...Object.entries(TEST_ECOSYSTEMS).map(([name, { files }]) => [`tests: ${name}`, globs(files)]),
  ["tests: others, deletion only", globs(OTHER_TEST_FILES)],
  ...Object.entries(SETTINGS_KINDS).map(([name, { files }]) => [`settings: ${name}`, globs(files)]),
];

/** Where each command leads a message or a thread; the sentence of a refusal otherwise. */
const moveRows = (
  moves: Readonly<Record<string, Readonly<Record<string, Moved<string>>>>>,
): Rows =>
  Object.entries(moves).flatMap(([state, row]) =>
    Object.entries(row).map(([move, moved]) => [
      code(state),
      code(move),
      moved.ok ? code(moved.to) : `${moved.message}. ${moved.hint}`,
    ])
  );

/** Text of the migrations, moved to the left border. */
const tablesOf = (migrations: readonly Migration[]): string =>
  migrations.map((sql, at) => `-- migration ${at + 1}\n${sql.replaceAll(/^ {2}/gm, "").trim()}`)
    .join("\n\n");

/** The whole page. It says how it is made, so that nobody edits it by hand. */
export function rulesPage(): string {
  return [
    "# The rules as tables",
    "<!-- Made from the tables of lib/ by `deno task docs`. Edit the tables there, not this page. -->",
    "What [SPEC.md](SPEC.md) refers to, printed from the tables the program decides by. The states themselves " +
    "are in [run-states.md](run-states.md), tickets in [TICKETS.md](TICKETS.md), settings in [CONFIG.md](CONFIG.md).",
    "## Commands in each state",
    "Where a command leads, or that it is refused. The paused run here waits with a held claim; `decide` is " +
    "refused in every other pause.",
    table(["State", ...NAMES.map(code)], commandRows()),
    "What a refusal says:",
    table(["State", "Command", "Message", "Hint"], refusalRows()),
    "## Ways a turn fails",
    "`retry`: the turn is tried again after a wait. `fresh`: in a new conversation. `park`: the run waits for the " +
    "account. `pause`: a person is asked at once. A person is asked when a kind has failed more often in a row than " +
    "its tries, or all kinds together more often than `limits.retry_attempts`; `park` has no such bound.",
    table(["Kind", "Means", "Action", "Tries in a row", "What the person does"], failureRows()),
    "## Messages of a chat thread",
    "What each move leads to, or why it is refused. `retry` leads to a new message and leaves the old one as it is; " +
    "`return` is for a message that the agent never had because CAR died.",
    table(["State", "Move", "Leads to"], moveRows(MESSAGE_MOVES)),
    "The same for the thread itself:",
    table(["Status", "Command", "Leads to"], moveRows(THREAD_MOVES)),
    "## Limits of a run, a ticket and a turn",
    "In the order in which they are looked at. `%` stands for the number reached.",
    table(
      ["Limit", "Message", "Ends a running turn"],
      Object.entries(LIMITS).map(([name, { words, within }]) => [
        code(name),
        words,
        within ? "yes" : "no, counted between turns",
      ]),
    ),
    "## Fixed bounds",
    table(["What", "Bound"], FIXED),
    "## The tamper guard",
    table(
      ["Rule", "Meaning"],
      Object.entries(TAMPER_RULES).map(([name, words]) => [code(name), words]),
    ),
    "Files it looks at:",
    table(["Kind", "Patterns"], guardedFiles()),
    "## Error codes",
    "The `code` of an error with `--json`, and the exit code of the command. The HTTP status is for the API, which " +
    "is not there yet.",
    table(
      ["Code", "Exit code", "HTTP"],
      Object.entries(ERROR_CODES).map(([name, { exit, http }]) => [
        code(name),
        String(exit),
        String(http),
      ]),
    ),
    "## Marks in the environment of what CAR starts",
    table(["Mark", "Variable"], Object.entries(MARKERS).map(([name, it]) => [name, code(it)])),
    "## The tables of the journal",
    `\`\`\`sql\n${tablesOf(JOURNAL_MIGRATIONS)}\n\`\`\``,
    "## The tables of the threads",
    `\`\`\`sql\n${tablesOf(ORCHESTRATION_MIGRATIONS)}\n\`\`\``,
  ].join("\n\n") + "\n";
}
