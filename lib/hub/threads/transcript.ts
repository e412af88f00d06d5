/**
 * Writes down what an agent tells during one answer: texts put together from their pieces, finished
 * things whole, in small batches, bounded in number and size. Tells the live ones at once.
 */

import { clipTail } from "../../base/text.ts";
import type { Clock } from "../../base/clock.ts";
import type { Orchestration } from "../../control/orchestration.ts";
import { appendEvents, readParts, removeParts } from "../../control/thread_transcript.ts";
import type { MessageKey, ThreadKey } from "../../engine/thread.ts";
import type {
  NewThreadEvent,
  ThreadEventBodies,
  ThreadEventType,
} from "../../engine/thread_events.ts";
import type { TurnEvent } from "../../engine/turn.ts";
import type { ThreadNewsroom } from "./news.ts";

/** Bytes of one text that are kept: more than any answer a person reads. */
export const ANSWER_BYTES_MAX = 256 * 1024;
/** Bytes of one thought or tool output that are kept. */
const DETAIL_BYTES_MAX = 16 * 1024;
const DIFF_BYTES_MAX = 64 * 1024;
/** Events of one answer: a stream of a million must not fill the disk. What is over is counted. */
export const EVENTS_PER_ANSWER_MAX = 4_000;
/** How long pieces wait to be put together before they are written, in milliseconds: a reader in another process sees text move. */
const BATCH_MS = 400;

const detail = (text: string) => clipTail(text, DETAIL_BYTES_MAX).text;

/** A text that is not finished. */
interface OpenText {
  text: string;
  /** Characters that were told; more than `text` has where it grew beyond all bounds. */
  told: number;
  /** How much of it is in the store. */
  written: number;
}

export interface TranscriptOwner {
  readonly thread: ThreadKey;
  readonly message: MessageKey;
}

export class Transcript {
  readonly #store: Orchestration;
  readonly #news: ThreadNewsroom;
  readonly #owner: TranscriptOwner;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenText>();
  readonly #titles = new Map<string, Pick<ThreadEventBodies["tool"], "kind" | "title">>();
  #waiting: NewThreadEvent[] = [];
  /** Texts that have become whole since the last writing. */
  #whole: string[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #kept = 0;
  #dropped = 0;

  constructor(store: Orchestration, news: ThreadNewsroom, owner: TranscriptOwner, clock: Clock) {
    this.#store = store;
    this.#news = news;
    this.#owner = owner;
    this.#clock = clock;
  }

  take(event: TurnEvent): void {
    switch (event.type) {
      case "text_delta":
        return this.#piece(event.id, event.text);
      case "tool_output":
        return this.#news.tell({
          ...this.#owner,
          type: "output",
          id: event.id,
          text: event.text,
        });
      case "text":
        return this.#text(event.id, event.text);
      case "reasoning":
        return this.add("reasoning", { id: event.id, text: detail(event.text) });
      case "tool_started":
        this.#titles.set(event.id, { kind: event.kind, title: event.title });
        return this.#keepRest(event);
      case "tool_finished":
        return this.#finished(event);
      case "file_change": {
        const { path, change, diff } = event;
        return this.add("file_change", {
          path,
          change,
          diff: clipTail(diff, DIFF_BYTES_MAX).text,
        });
      }
      case "ended":
        return;
      default:
        return this.#keepRest(event);
    }
  }

  /** Keeps an event of CAR's own. */
  add<Type extends ThreadEventType>(type: Type, body: ThreadEventBodies[Type]): void {
    if (this.#kept >= EVENTS_PER_ANSWER_MAX) {
      this.#dropped++;
      return;
    }
    this.#kept++;
    this.#put(type, body);
  }

  /** Writes what waits. @throws {CarError} when the disk says no; it is tried again with the next. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const parts = this.#parts();
    const events = [...this.#waiting, ...parts.map(({ event }) => event)];
    if (events.length === 0) return;
    const { thread, message } = this.#owner;
    const written = this.#store.write(() => {
      for (const id of this.#whole) removeParts(this.#store, thread, message, id);
      return appendEvents(this.#store, thread, events);
    });
    this.#waiting = [];
    this.#whole = [];
    for (const { open, upTo } of parts) open.written = upTo;
    this.#news.tell({ type: "events", thread, events: written });
  }

  /** Makes whole what was begun, and writes the rest. @throws {CarError} when the disk says no. */
  close(): void {
    for (const [id, { text }] of this.#open) this.#text(id, text);
    if (this.#dropped > 0) {
      this.#put("car", { text: `${this.#dropped} more things the agent told were not kept` });
      this.#dropped = 0;
    }
    this.flush();
  }

  #piece(id: string, text: string): void {
    const open = this.#open.get(id) ?? { text: "", told: 0, written: 0 };
    this.#open.set(id, open);
    const piece = { id, at: open.told, text };
    open.told += text.length;
    // A text beyond all bounds is told live and kept by its finished item alone.
    if (open.text.length < ANSWER_BYTES_MAX) open.text += text;
    this.#news.tell({ ...this.#owner, type: "delta", piece });
    this.#soon();
  }

  #text(id: string, text: string): void {
    this.#open.delete(id);
    this.#whole.push(id);
    this.add("text", { id, text: clipTail(text, ANSWER_BYTES_MAX).text });
  }

  #finished(event: Extract<TurnEvent, { type: "tool_finished" }>): void {
    const { id, status, exitCode, durationMs } = event;
    const started = this.#titles.get(id) ?? { kind: "other" as const, title: id };
    this.#titles.delete(id);
    const output = detail(event.output);
    this.add("tool", { ...started, id, status, exitCode, durationMs, output });
  }

  /** What is kept as it was told. */
  #keepRest(
    event: Exclude<
      TurnEvent,
      { type: "text_delta" | "text" | "reasoning" | "tool_output" | "tool_finished" | "ended" }
    >,
  ): void {
    const { type, ...body } = event;
    this.add(type, body as ThreadEventBodies[typeof type]);
  }

  #put<Type extends ThreadEventType>(type: Type, body: ThreadEventBodies[Type]): void {
    const event = { type, body, message: this.#owner.message, atMs: this.#clock.now() };
    this.#waiting.push(event as NewThreadEvent);
    this.#soon();
  }

  /** What came of unfinished texts since the last writing. */
  #parts(): { event: NewThreadEvent; open: OpenText; upTo: number }[] {
    return [...this.#open].flatMap(([id, open]) => {
      if (open.text.length === open.written) return [];
      const body = { id, at: open.written, text: open.text.slice(open.written) };
      const atMs = this.#clock.now();
      const event = { type: "text_part" as const, body, message: this.#owner.message, atMs };
      return [{ event, open, upTo: open.text.length }];
    });
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      try {
        this.flush();
      } catch {
        // What waits is written with the next; the end of the answer tells of a disk that is full.
      }
    }, BATCH_MS);
  }
}

/** Puts together what is left of texts that a dead start of CAR did not finish. Call it in a transaction. */
export function mergeParts(store: Orchestration, owner: TranscriptOwner, atMs: number): string {
  const texts = new Map<string, string>();
  for (const { id, text } of readParts(store, owner.thread, owner.message)) {
    texts.set(id, (texts.get(id) ?? "") + text);
  }
  const whole = [...texts].map(([id, text]): NewThreadEvent => {
    removeParts(store, owner.thread, owner.message, id);
    return { type: "text", body: { id, text }, message: owner.message, atMs };
  });
  appendEvents(store, owner.thread, whole);
  return [...texts.values()].at(-1) ?? "";
}
