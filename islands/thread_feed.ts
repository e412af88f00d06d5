/** A chat as it is shown: what a person said, and what the agent did and said to it. Pure. */

import { EMPTY_FEED, type Feed, withJournal, withLive } from "./turn_feed.ts";

export interface ShownMessage {
  readonly id: string;
  readonly text: string;
  readonly by: string;
  /** `queued`, `running`, `done`, ... */
  readonly state: string;
  /** Why it failed or was interrupted. */
  readonly words: string | null;
  readonly atMs: number;
  readonly feed: Feed;
}

export interface ThreadFeed {
  /** In the order in which they were said. */
  readonly messages: readonly ShownMessage[];
  readonly title: string | null;
  readonly seq: number;
}

export const EMPTY_THREAD: ThreadFeed = { messages: [], title: null, seq: 0 };

export interface FeedThreadEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly message: string | null;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? value as Fields : {};
const textOr = <T>(value: unknown, other: T): string | T =>
  typeof value === "string" ? value : other;

/** Takes in an event of the transcript. One that was taken in before changes nothing. */
export function withThreadEvent(thread: ThreadFeed, event: FeedThreadEvent): ThreadFeed {
  if (event.seq <= thread.seq) return thread;
  const now = { ...thread, seq: event.seq };
  const body = fieldsOf(event.body);
  if (event.type === "thread") return { ...now, title: textOr(body["title"], now.title) };
  if (event.message === null) return now;
  if (event.type === "message") return withState(now, event.message, event.atMs, body);
  return changed(now, event.message, ({ feed, ...rest }) => ({
    ...rest,
    feed: event.type === "text_part"
      ? {
        ...withLive(feed, {
          type: "text_delta",
          id: body["id"],
          at: body["at"],
          text: body["text"],
        }),
        seq: event.seq,
      }
      : withJournal(feed, { ...event, kind: "note" }),
  }));
}

/** Takes in what is only live: a piece of text, output of a tool. */
export function withThreadLive(thread: ThreadFeed, type: string, data: unknown): ThreadFeed {
  const told = fieldsOf(data);
  const message = textOr(told["message"], null);
  if (message === null) return thread;
  const piece = fieldsOf(told["piece"]);
  const event = type === "delta"
    ? { type: "text_delta", id: piece["id"], at: piece["at"], text: piece["text"] }
    : { type: "tool_output", id: told["id"], text: told["text"] };
  const before = thread.messages.find((it) => it.id === message)?.feed;
  const feed = before === undefined ? undefined : withLive(before, event);
  return feed === undefined || feed === before
    ? thread
    : changed(thread, message, (it) => ({ ...it, feed }));
}

function withState(thread: ThreadFeed, id: string, atMs: number, body: Fields): ThreadFeed {
  const before = thread.messages.find((it) => it.id === id);
  const message: ShownMessage = {
    id,
    text: textOr(body["text"], before?.text ?? ""),
    by: textOr(body["by"], before?.by ?? ""),
    state: textOr(body["state"], before?.state ?? "queued"),
    words: textOr(body["words"], null),
    atMs: before?.atMs ?? atMs,
    feed: before?.feed ?? EMPTY_FEED,
  };
  return before === undefined
    ? { ...thread, messages: [...thread.messages, message] }
    : changed(thread, id, () => message);
}

function changed(
  thread: ThreadFeed,
  id: string,
  change: (message: ShownMessage) => ShownMessage,
): ThreadFeed {
  const at = thread.messages.findIndex((it) => it.id === id);
  const found = thread.messages[at];
  if (found === undefined) return thread;
  return { ...thread, messages: thread.messages.with(at, change(found)) };
}
