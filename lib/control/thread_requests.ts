/** What agents ask people in the middle of a chat's answer, and the answers, from whichever process. */

import type { MessageKey, ThreadKey } from "../engine/thread.ts";
import type { Answer, TurnEvent } from "../engine/turn.ts";
import type { Orchestration } from "./orchestration.ts";

type Asked = Extract<TurnEvent, { type: "approval" | "question" }>;

export interface ThreadRequest {
  readonly id: number;
  readonly thread: ThreadKey;
  readonly message: MessageKey;
  readonly asked: Asked;
  readonly askedMs: number;
  /** When it is denied by itself. */
  readonly expiresMs: number;
  readonly answer: Answer | null;
  readonly by: string | null;
}

type Row = Record<string, unknown>;

const requestOf = (row: Row): ThreadRequest => ({
  id: Number(row["id"]),
  thread: String(row["thread"]) as ThreadKey,
  message: String(row["message"]) as MessageKey,
  asked: JSON.parse(String(row["body"])),
  askedMs: Number(row["asked_ms"]),
  expiresMs: Number(row["expires_ms"]),
  answer: row["answer"] === null ? null : JSON.parse(String(row["answer"])),
  by: row["answered_by"] === null ? null : String(row["answered_by"]),
});

/** Call it in a transaction. @returns Its number, by which people answer it. */
export function insertRequest(
  store: Orchestration,
  it: Pick<ThreadRequest, "thread" | "message" | "asked" | "askedMs" | "expiresMs">,
): number {
  return Number(
    store.db.prepare(
      `insert into thread_requests (thread, message, request, body, asked_ms, expires_ms)
       values (?, ?, ?, ?, ?, ?)`,
    ).run(
      it.thread,
      it.message,
      it.asked.requestId,
      JSON.stringify(it.asked),
      it.askedMs,
      it.expiresMs,
    ).lastInsertRowid,
  );
}

export function findRequest(store: Orchestration, id: number): ThreadRequest | null {
  const row = store.read(() =>
    store.db.prepare("select * from thread_requests where id = ?").get(id)
  );
  return row === undefined ? null : requestOf(row);
}

/** Gives the answer, unless there is one. Call it in a transaction. @returns Whether it was the first. */
export function answerRequest(
  store: Orchestration,
  id: number,
  given: { readonly answer: Answer; readonly by: string; readonly atMs: number },
): boolean {
  const { changes } = store.db.prepare(
    `update thread_requests set answer = ?, answered_by = ?, answered_ms = ?
     where id = ? and answered_ms is null`,
  ).run(JSON.stringify(given.answer), given.by, given.atMs, id);
  return Number(changes) > 0;
}

/** Requests without an answer of messages the agent still has, oldest first. */
export function openRequests(store: Orchestration, root?: string): readonly ThreadRequest[] {
  const where = root === undefined ? "" : "and threads.root = ?";
  return store.read(() =>
    store.db.prepare(
      `select thread_requests.* from thread_requests
         join messages on messages.id = thread_requests.message
         join threads on threads.id = thread_requests.thread
       where answered_ms is null and messages.state = 'running' ${where}
       order by thread_requests.id`,
    ).all(...(root === undefined ? [] : [root]))
  ).map(requestOf);
}

/** Nobody waits for these any more. Call it in a transaction. */
export function closeRequests(
  store: Orchestration,
  message: MessageKey,
  given: { readonly answer: Answer; readonly by: string; readonly atMs: number },
): void {
  store.db.prepare(
    `update thread_requests set answer = ?, answered_by = ?, answered_ms = ?
     where message = ? and answered_ms is null`,
  ).run(JSON.stringify(given.answer), given.by, given.atMs, message);
}
