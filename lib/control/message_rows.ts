/** The messages of chat threads, as rows: queued, taken, ended. The queue is the order of their numbers. */

import type { SQLInputValue } from "node:sqlite";
import { CarError } from "../base/errors.ts";
import type { TurnId } from "../engine/ids.ts";
import type { Posture } from "../engine/ports.ts";
import {
  isMessageKey,
  type MessageKey,
  type MessageState,
  type ThreadKey,
} from "../engine/thread.ts";
import { NO_USAGE, type Usage } from "../engine/turn.ts";
import type { Orchestration } from "./orchestration.ts";

/** A file that came with a message. */
export interface MessageFile {
  readonly name: string;
  /** Where it was saved, absolute. */
  readonly path: string;
  readonly bytes: number;
}

export interface Message {
  readonly id: MessageKey;
  /** Grows with every message of the store: the order of the queue. */
  readonly number: number;
  readonly thread: ThreadKey;
  /** `system`: CAR itself says it, e.g. that a run has ended. */
  readonly role: "user" | "system";
  /** Who: `cli:anna`, `web`, ... */
  readonly by: string;
  readonly text: string;
  readonly files: readonly MessageFile[];
  readonly state: MessageState;
  /** Marks the processes of its answer; null before it was sent. */
  readonly turn: TurnId | null;
  /** The start of CAR that sent it, as its processes are marked. */
  readonly owner: string | null;
  /** How much the agent might do; null before it was sent. */
  readonly posture: Posture | null;
  /** The agent's last whole text. */
  readonly answer: string;
  readonly usage: Usage;
  readonly errorKind: string | null;
  /** Why it failed or was interrupted, in one sentence. */
  readonly error: string | null;
  readonly retryOf: MessageKey | null;
  readonly queuedMs: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  /** When, and by whom, its interruption was asked for. */
  readonly interruptMs: number | null;
  readonly interruptBy: string | null;
}

export interface NewMessage extends Pick<Message, "id" | "thread" | "role" | "by" | "text"> {
  readonly files: readonly MessageFile[];
  readonly retryOf: MessageKey | null;
  /** The sender's own id of it: the same id twice is the same message. */
  readonly clientId: string | null;
  readonly atMs: number;
}

/** Messages in one page. */
export const MESSAGES_PAGE_MAX = 200;

type Row = Record<string, unknown>;
const textOrNull = (value: unknown) => value === null ? null : String(value);
const numberOrNull = (value: unknown) => value === null ? null : Number(value);

function messageOf(row: Row): Message {
  const tokens: Partial<Usage> = JSON.parse(String(row["tokens"]));
  return {
    id: String(row["id"]) as MessageKey,
    number: Number(row["number"]),
    thread: String(row["thread"]) as ThreadKey,
    role: row["role"] === "system" ? "system" : "user",
    by: String(row["actor"]),
    text: String(row["text"]),
    files: JSON.parse(String(row["attachments"])),
    state: String(row["state"]) as MessageState,
    turn: textOrNull(row["turn"]) as TurnId | null,
    owner: textOrNull(row["owner"]),
    posture: textOrNull(row["posture"]) as Posture | null,
    answer: String(row["answer"]),
    usage: { ...NO_USAGE, ...tokens },
    errorKind: textOrNull(row["error_kind"]),
    error: textOrNull(row["error"]),
    retryOf: textOrNull(row["retry_of"]) as MessageKey | null,
    queuedMs: Number(row["queued_ms"]),
    startedMs: numberOrNull(row["started_ms"]),
    endedMs: numberOrNull(row["ended_ms"]),
    interruptMs: numberOrNull(row["interrupt_ms"]),
    interruptBy: textOrNull(row["interrupt_by"]),
  };
}

/** Call it in a transaction. */
export function insertMessage(store: Orchestration, it: NewMessage): void {
  store.db.prepare(
    `insert into messages (id, thread, client_id, role, actor, text, attachments, state, retry_of,
       queued_ms)
     values (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
  ).run(
    it.id,
    it.thread,
    it.clientId,
    it.role,
    it.by,
    it.text,
    JSON.stringify(it.files),
    it.retryOf,
    it.atMs,
  );
}

function oneMessage(
  store: Orchestration,
  where: string,
  ...values: SQLInputValue[]
): Message | null {
  const row = store.read(() =>
    store.db.prepare(`select * from messages where ${where}`).get(...values)
  );
  return row === undefined ? null : messageOf(row);
}

export const messageByClient = (store: Orchestration, thread: ThreadKey, clientId: string) =>
  oneMessage(store, "thread = ? and client_id = ?", thread, clientId);

export const runningMessage = (store: Orchestration, thread: ThreadKey) =>
  oneMessage(store, "thread = ? and state = 'running'", thread);

/** The next to be sent: the queue's oldest. */
export const nextMessage = (store: Orchestration, thread: ThreadKey) =>
  oneMessage(store, "thread = ? and state = 'queued' order by number limit 1", thread);

/** @throws {CarError} `not_found`, also when it is of another thread. */
export function requireMessage(store: Orchestration, thread: ThreadKey, id: string): Message {
  const found = isMessageKey(id) ? oneMessage(store, "thread = ? and id = ?", thread, id) : null;
  if (found !== null) return found;
  throw new CarError("not_found", `There is no message ${id} in ${thread}`, {
    hint: `"car chat show ${thread}" shows those there are.`,
  });
}

/** A page of a thread's messages, oldest first: the newest ones, or those before a number. */
export function listMessages(
  store: Orchestration,
  thread: ThreadKey,
  page: { readonly before?: number; readonly limit?: number } = {},
): readonly Message[] {
  const limit = Math.min(page.limit ?? MESSAGES_PAGE_MAX, MESSAGES_PAGE_MAX);
  return store.read(() =>
    store.db.prepare(
      "select * from messages where thread = ? and number < ? order by number desc limit ?",
    ).all(thread, page.before ?? Number.MAX_SAFE_INTEGER, limit)
  ).map(messageOf).reverse();
}

export interface MessageChanges {
  readonly state?: MessageState;
  readonly text?: string;
  readonly turn?: TurnId | null;
  /** The start of CAR that has it in hand. */
  readonly owner?: string | null;
  readonly posture?: Posture;
  readonly answer?: string;
  readonly usage?: Usage;
  readonly errorKind?: string | null;
  readonly error?: string | null;
  readonly startedMs?: number | null;
  readonly endedMs?: number | null;
  readonly interruptMs?: number;
  readonly interruptBy?: string;
}

const COLUMNS = {
  state: "state",
  text: "text",
  turn: "turn",
  owner: "owner",
  posture: "posture",
  answer: "answer",
  usage: "tokens",
  errorKind: "error_kind",
  error: "error",
  startedMs: "started_ms",
  endedMs: "ended_ms",
  interruptMs: "interrupt_ms",
  interruptBy: "interrupt_by",
} as const satisfies Record<keyof MessageChanges, string>;

/** Call it in a transaction. */
export function changeMessage(store: Orchestration, id: MessageKey, changes: MessageChanges): void {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return;
  const sets = entries.map(([key]) => `${COLUMNS[key as keyof MessageChanges]} = ?`).join(", ");
  const values = entries.map(([key, value]) => key === "usage" ? JSON.stringify(value) : value);
  store.db.prepare(`update messages set ${sets} where id = ?`).run(...values, id);
}
