/** Keeps what an agent tells in the journal: finished things, bounded, in small batches. */

import { clipTail } from "../base/text.ts";
import type { Journal, Note } from "../control/journal.ts";
import type { RunId, TicketId, TurnId } from "../engine/ids.ts";
import type { NoteBodies, NoteType } from "../engine/notes.ts";
import type { TurnEvent } from "../engine/turn.ts";

/** Bytes of one text, output or diff that are kept: enough to read, small enough to keep for years. */
const TEXT_BYTES_MAX = 16 * 1024;
const DIFF_BYTES_MAX = 64 * 1024;

/** Notes of one turn: a stream of a million events must not fill the disk. What is over is counted. */
export const NOTES_PER_TURN_MAX = 4_000;

/** How long a note may wait for company before it is written, in milliseconds. */
const BATCH_MS = 20;

export interface NoteOwner {
  readonly run: RunId;
  readonly turn: TurnId | null;
  readonly ticket: TicketId | null;
}

const clip = (text: string) => clipTail(text, TEXT_BYTES_MAX).text;

/** What of an event is kept; null for what is live only. */
export function noteBody(event: TurnEvent): { type: string; body: unknown } | null {
  switch (event.type) {
    case "text_delta":
    case "tool_output":
    case "ended":
      return null;
    case "text":
    case "reasoning":
      return { type: event.type, body: { id: event.id, text: clip(event.text) } };
    case "tool_finished": {
      const { id, status, exitCode, durationMs } = event;
      return {
        type: "tool",
        body: { id, status, exitCode, durationMs, output: clip(event.output) },
      };
    }
    case "file_change": {
      const { path, change, diff } = event;
      return {
        type: event.type,
        body: { path, change, diff: clipTail(diff, DIFF_BYTES_MAX).text },
      };
    }
    default: {
      const { type, ...body } = event;
      return { type, body };
    }
  }
}

/** Writes notes of one turn in batches. `close` writes the rest. */
export class TurnNotes {
  readonly #journal: Journal;
  readonly #owner: NoteOwner;
  readonly #now: () => number;
  #waiting: Note[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #kept = 0;
  #dropped = 0;
  #titles = new Map<string, { kind: string; title: string }>();

  constructor(journal: Journal, owner: NoteOwner, now: () => number) {
    this.#journal = journal;
    this.#owner = owner;
    this.#now = now;
  }

  /** @param event Without secrets. */
  take(event: TurnEvent): void {
    if (event.type === "tool_started") {
      this.#titles.set(event.id, { kind: event.kind, title: event.title });
    }
    const note = noteBody(event);
    if (note === null) return;
    if (event.type === "tool_finished") {
      const started = this.#titles.get(event.id) ?? { kind: "other", title: event.id };
      this.#titles.delete(event.id);
      this.#keep(note.type, { ...started, ...(note.body as Record<string, unknown>) });
    } else {
      this.#keep(note.type, note.body);
    }
  }

  /** Keeps a note of CAR's own. */
  add<Type extends NoteType>(type: Type, body: NoteBodies[Type]): void {
    this.#keep(type, body);
  }

  #keep(type: string, body: unknown): void {
    if (this.#kept >= NOTES_PER_TURN_MAX) {
      this.#dropped++;
      return;
    }
    this.#kept++;
    this.#waiting.push({
      ...this.#owner,
      type,
      body,
      atMs: this.#now(),
    });
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Writes what waits. Throws what the journal throws only from `close`. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const notes = this.#waiting;
    this.#waiting = [];
    try {
      this.#journal.note(notes, "written");
    } catch {
      // Notes are for reading; the steps, which decide, report a disk that is full.
      this.#dropped += notes.length;
    }
  }

  close(): void {
    if (this.#dropped > 0) {
      const text = `${this.#dropped} more things the agent told were not kept`;
      this.#waiting.push({ ...this.#owner, type: "car", body: { text }, atMs: this.#now() });
    }
    this.flush();
  }
}
