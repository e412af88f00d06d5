/** The transcripts of chat threads: events counted within their thread, read in pages. */

import type { MessageKey, ThreadKey } from "../engine/thread.ts";
import type { NewThreadEvent, ThreadEvent } from "../engine/thread_events.ts";
import type { TextPiece } from "../engine/thread_text.ts";
import type { Orchestration } from "./orchestration.ts";

/** Events in one page. */
export const EVENTS_PAGE_MAX = 1_000;

/** Call it in a transaction. @returns The events with their numbers. */
export function appendEvents(
  store: Orchestration,
  thread: ThreadKey,
  events: readonly NewThreadEvent[],
): readonly ThreadEvent[] {
  const row = store.db.prepare(
    "update threads set last_seq = last_seq + ? where id = ? returning last_seq",
  ).get(events.length, thread);
  const first = Number(row?.["last_seq"] ?? 0) - events.length + 1;
  const add = store.db.prepare(
    "insert into thread_events (thread, seq, at_ms, message, type, body) values (?, ?, ?, ?, ?, ?)",
  );
  return events.map((event, index) => {
    const seq = first + index;
    add.run(thread, seq, event.atMs, event.message, event.type, JSON.stringify(event.body));
    return { ...event, thread, seq };
  });
}

/** Takes away the parts of a text that is whole now. Call it in a transaction. */
export function removeParts(
  store: Orchestration,
  thread: ThreadKey,
  message: MessageKey,
  id: string,
): void {
  store.db.prepare(
    `delete from thread_events where thread = ? and message = ? and type = 'text_part'
       and json_extract(body, '$.id') = ?`,
  ).run(thread, message, id);
}

/** What was written of texts that are not whole, in order. */
export function readParts(
  store: Orchestration,
  thread: ThreadKey,
  message: MessageKey,
): readonly TextPiece[] {
  return store.db.prepare(
    `select body from thread_events where thread = ? and message = ? and type = 'text_part'
     order by seq`,
  ).all(thread, message).map((row) => JSON.parse(String(row["body"])));
}

export interface EventPage {
  /** Only events after this number. */
  readonly after?: number;
  /** The newest so many, still in order. */
  readonly last?: number;
  readonly message?: MessageKey;
  readonly limit?: number;
}

/** In order. A page that is not full is the last. */
export function readEvents(
  store: Orchestration,
  thread: ThreadKey,
  page: EventPage = {},
): readonly ThreadEvent[] {
  const ofMessage = page.message === undefined ? "" : "and message = ?";
  const order = page.last === undefined ? "asc" : "desc";
  const limit = Math.min(page.last ?? page.limit ?? EVENTS_PAGE_MAX, EVENTS_PAGE_MAX);
  const rows = store.read(() =>
    store.db.prepare(
      `select * from thread_events where thread = ? and seq > ? ${ofMessage}
       order by seq ${order} limit ?`,
    ).all(
      thread,
      page.after ?? 0,
      ...(page.message === undefined ? [] : [page.message]),
      limit,
    )
  );
  const events = rows.map(eventOf);
  return page.last === undefined ? events : events.reverse();
}

const eventOf = (row: Record<string, unknown>): ThreadEvent => ({
  thread: String(row["thread"]) as ThreadKey,
  seq: Number(row["seq"]),
  atMs: Number(row["at_ms"]),
  message: row["message"] === null ? null : String(row["message"]) as MessageKey,
  // CAR writes each type with its own body; nobody else writes into the file.
  ...({ type: row["type"], body: JSON.parse(String(row["body"])) } as Pick<
    ThreadEvent,
    "type" | "body"
  >),
} as ThreadEvent);
