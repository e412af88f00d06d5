/** Made-up tickets and outcomes for tests that drive the engine. */

import assert from "node:assert/strict";
import type {
  Checked,
  Command,
  Looked,
  Outcome,
  QueueRead,
  RunEvent,
  TurnEnded,
} from "../../lib/engine/events.ts";
import type { Evidence } from "../../lib/engine/gate.ts";
import { runId, type ThreadId, type TicketId, turnId } from "../../lib/engine/ids.ts";
import type { Progress } from "../../lib/engine/progress.ts";
import { isLive, type Run, type RunSettings } from "../../lib/engine/run.ts";
import { newRun, step } from "../../lib/engine/step.ts";
import type { Ticket } from "../../lib/engine/ticket.ts";
import { NO_USAGE } from "../../lib/engine/turn.ts";

export const SETTINGS: RunSettings = {
  stopAfterTickets: null,
  agentOverride: null,
  maxTurns: 50,
  maxWallclockMs: null,
  maxTokens: null,
  ticketTurns: 10,
  gateAttempts: 3,
  lintRepairs: 2,
  stalls: 2,
  crashLimit: 3,
  retryAttempts: 5,
  retryBaseMs: 1000,
  retryMaxMs: 60_000,
  commit: "ticket",
  requireCommit: false,
};

export const ticket = (number: number, change: Partial<Ticket> = {}): Ticket => ({
  id: `tkt_${number}` as TicketId,
  number,
  name: `TICKET-00${number}.md`,
  agent: "codex",
  done: false,
  title: null,
  goal: null,
  model: null,
  reasoning: null,
  profile: null,
  dependsOn: [],
  verify: [],
  limits: { turns: null, minutes: null, tokens: null },
  touches: [],
  mayChange: [],
  context: [],
  review: null,
  fallback: null,
  ...change,
});

export const progress = (tree: string): Progress => ({
  treeId: tree,
  checksPassing: null,
  criteriaDone: 0,
  ticketsHash: "t",
  contextHash: "c",
  newFiles: 0,
});

export const evidence = (exitCode: number): Evidence => ({
  command: "deno test",
  exitCode,
  signal: null,
  timedOut: false,
  seconds: 1,
  outputSha256: "0".repeat(64),
  outputTail: exitCode === 0 ? "" : "1 failed",
  treeId: "tree",
  atMs: 0,
});

let hexes = 0;
const hex = () => String(++hexes).padStart(16, "0");

export const queueRead = (
  choice: QueueRead["choice"],
  change: Partial<QueueRead> = {},
): QueueRead => ({
  type: "queue_read",
  choice,
  problems: [],
  open: 1,
  total: 1,
  baseline: null,
  replies: 0,
  hex: hex(),
  ...change,
});

export const turnEnded = (run: Run, change: Partial<TurnEnded> = {}): TurnEnded => ({
  type: "turn_ended",
  turnId: run.work?.turn?.id ?? turnId("none"),
  result: "completed",
  error: null,
  thread: "thread-1" as ThreadId,
  usage: { ...NO_USAGE, input: 100, output: 10 },
  lastText: "Done.",
  before: progress("tree-0"),
  limit: null,
  parkedUntilMs: null,
  fallback: null,
  jitter: 0.5,
  ...change,
});

export const looked = (run: Run, change: Partial<Looked> = {}): Looked => ({
  type: "looked",
  turnId: run.work?.turn?.id ?? null,
  ticket: run.work?.ticket ?? null,
  problems: [],
  progress: progress(`tree-${run.turns}`),
  dirty: false,
  dispatch: { type: "none" },
  jitter: 0.5,
  hex: hex(),
  ...change,
});

export const checked = (
  run: Run,
  exits: readonly number[],
  change: Partial<Checked> = {},
): Checked => ({
  type: "checked",
  ticketId: run.work?.ticket.id ?? "none" as TicketId,
  evidence: exits.map(evidence),
  configured: exits.length > 0,
  treeId: "tree",
  dirty: false,
  tamper: [],
  review: null,
  ...change,
});

export const settled = (run: Run, problem: string | null = null): Outcome => ({
  type: "settled",
  ticketId: run.work?.ticket.id ?? "none" as TicketId,
  good: problem === null,
  commit: problem === null ? "abc" : null,
  problem,
});

/** Takes an event that must be carried out. */
export function take(run: Run, event: Command | Outcome, atMs = 1000): Run {
  const answer = step(run, { ...event, atMs } as RunEvent);
  assert.ok(answer.ok, answer.ok ? "" : answer.message);
  const effects = answer.effects.filter((it) => it.type !== "interrupt" && it.type !== "kill");
  const silent = ["stop", "pause", "thread_opened"].includes(event.type);
  assert.equal(effects.length, isLive(answer.run.status) && !silent ? 1 : 0);
  return answer.run;
}

export const started = () =>
  take(newRun(runId(1), SETTINGS, 0), { type: "start", by: "cli", settings: SETTINGS });
export const inTurn = (it = ticket(1)) => take(started(), queueRead({ type: "work", ticket: it }));
export const doneTicket = (run: Run) => ({ ...(run.work?.ticket ?? ticket(1)), done: true });

/** A turn that ends with a done claim, up to the gate. */
export function toGate(run: Run): Run {
  const ended = take(run, turnEnded(run));
  return take(ended, looked(ended, { ticket: doneTicket(ended) }));
}
