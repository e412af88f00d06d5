/**
 * What an agent tells during a turn, without the secrets CAR knows: for everybody who watches, while it
 * happens. A secret that comes in pieces is not known before its last one, so as much of a text waits as
 * may be the beginning of one.
 */

import type { RedactingStream, Redactor } from "../adapters/process/redact.ts";
import type { TurnEvent } from "../engine/turn.ts";
import { withoutSecrets } from "./secrets.ts";

/** How long the first characters of what may be a secret wait for the next, in milliseconds: no reader notices. */
const PAUSE_MS = 100;

type Piece = Extract<TurnEvent, { type: "text_delta" | "tool_output" }>;

/** A text that comes in pieces. */
interface Text {
  readonly type: Piece["type"];
  readonly id: string;
  readonly stream: RedactingStream;
}

/** Every text stays in order; a piece is late only while it may begin a secret, and no later than its item. */
export class CleanTold {
  readonly #redactor: Redactor;
  readonly #give: (event: TurnEvent) => void;
  readonly #texts = new Map<string, Text>();
  /** Those that hold something back. */
  readonly #holding = new Set<Text>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;

  constructor(redactor: Redactor, give: (event: TurnEvent) => void) {
    this.#redactor = redactor;
    this.#give = give;
  }

  /** What comes after `close` is dropped: the turn is over. */
  take(event: TurnEvent): void {
    if (this.#isOver) return;
    if (this.#redactor.isEmpty) return this.#give(event);
    if (event.type === "text_delta" || event.type === "tool_output") return this.#piece(event);
    if (event.type === "text") this.#end(keyOf("text_delta", event.id));
    if (event.type === "tool_finished") this.#end(keyOf("tool_output", event.id));
    if (event.type === "ended") this.#endAll();
    this.#release(null);
    this.#give(withoutSecrets(event, this.#redactor));
  }

  /** Gives out the rest. */
  close(): void {
    if (this.#isOver) return;
    this.#endAll();
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #piece({ type, id, text }: Piece): void {
    const key = keyOf(type, id);
    const open = this.#texts.get(key) ?? { type, id, stream: this.#redactor.stream() };
    this.#texts.set(key, open);
    this.#release(open);
    this.#tell(open, open.stream.push(text));
    if (!open.stream.holds) return void this.#holding.delete(open);
    this.#holding.add(open);
    this.#timer ??= setTimeout(() => this.#paused(), PAUSE_MS);
  }

  #paused(): void {
    this.#timer = null;
    try {
      this.#release(null);
    } catch {
      // Whoever could not take a piece is told the whole text, and fails there.
    }
  }

  /** Lets go of what tells nothing yet, before another event passes it. @param but It goes on. */
  #release(but: Text | null): void {
    for (const held of this.#holding) {
      if (held === but) continue;
      this.#tell(held, held.stream.release());
      if (!held.stream.holds) this.#holding.delete(held);
    }
  }

  #endAll(): void {
    for (const key of [...this.#texts.keys()]) this.#end(key);
  }

  #end(key: string): void {
    const open = this.#texts.get(key);
    if (open === undefined) return;
    this.#texts.delete(key);
    this.#holding.delete(open);
    this.#tell(open, open.stream.end());
  }

  #tell({ type, id }: Text, text: string): void {
    if (text !== "") this.#give({ type, id, text });
  }
}

const keyOf = (type: Piece["type"], id: string): string => `${type} ${id}`;
