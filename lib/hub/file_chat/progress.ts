/** What an agent tells while it works on a draft: to whoever follows, and a bounded part for whoever comes later. */

import { clipTail } from "../../base/text.ts";
import type { TurnEvent } from "../../engine/turn.ts";
import type { FileChatRow } from "./view.ts";

/** Things of one answer that are kept for those who come later, the newest. */
const KEPT_MAX = 400;
/** Of their texts together, in characters. */
const KEPT_CHARACTERS_MAX = 128 * 1024;
/** Of one thing's text, in bytes. */
const TEXT_BYTES_MAX = 16 * 1024;

/**
 * `delta` is a piece of a text that comes whole as `text` with the same id. `tool` names what the agent
 * does, `output` is what that prints, `tool_ended` how it ended. `status` is a remark in passing.
 */
export interface FileChatProgress {
  readonly type: "delta" | "text" | "thought" | "tool" | "output" | "tool_ended" | "status";
  /** Counted within one answer, from 1 on. */
  readonly at: number;
  readonly turn: string;
  /** What belongs together. */
  readonly id: string;
  readonly text: string;
}

export type FileChatEvent =
  | { readonly type: "draft"; readonly draft: FileChatRow }
  | { readonly type: "progress"; readonly progress: FileChatProgress }
  /** The draft is no more. */
  | { readonly type: "gone"; readonly how: "applied" | "discarded" };

export type FileChatListener = (event: FileChatEvent) => void;

type Told = Pick<FileChatProgress, "type" | "id" | "text">;

/** Null for what nobody watches. Pure. */
export function progressOf(event: TurnEvent): Told | null {
  switch (event.type) {
    case "text_delta":
      return { type: "delta", id: event.id, text: event.text };
    case "text":
      return { type: "text", id: event.id, text: event.text };
    case "reasoning":
      return { type: "thought", id: event.id, text: event.text };
    case "tool_started":
      return { type: "tool", id: event.id, text: event.title };
    case "tool_output":
      return { type: "output", id: event.id, text: event.text };
    case "tool_finished":
      return { type: "tool_ended", id: event.id, text: event.status };
    case "status":
    case "notice":
      return { type: "status", id: "", text: event.text };
    default:
      return null;
  }
}

/** The news of one draft. */
export class DraftNews {
  readonly #listeners = new Set<FileChatListener>();
  #turn = "";
  #count = 0;
  #kept: FileChatProgress[] = [];
  #characters = 0;
  #version = 0;

  /** Another whenever something but progress was told. */
  get version(): number {
    return this.#version;
  }

  /** Until the signal aborts. One that throws is dropped. @param after Told first is what comes behind this `turn:at`. */
  follow(listener: FileChatListener, signal: AbortSignal, after: string | null): void {
    if (signal.aborted) return;
    for (const progress of this.#behind(after)) listener({ type: "progress", progress });
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** Nobody follows, and nothing is kept. */
  get isIdle(): boolean {
    return this.#listeners.size === 0 && this.#kept.length === 0;
  }

  begin(turn: string): void {
    this.#turn = turn;
    this.#count = 0;
    this.#kept = [];
    this.#characters = 0;
  }

  take(event: TurnEvent): void {
    const told = progressOf(event);
    if (told === null) return;
    const text = clipTail(told.text, TEXT_BYTES_MAX).text;
    const progress = { ...told, text, at: ++this.#count, turn: this.#turn };
    this.#keep(progress);
    this.tell({ type: "progress", progress });
  }

  tell(event: FileChatEvent): void {
    if (event.type !== "progress") this.#version++;
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  /** The answer has been given: it stands in the draft's messages. */
  end(): void {
    this.begin("");
  }

  #keep(progress: FileChatProgress): void {
    this.#kept.push(progress);
    this.#characters += progress.text.length;
    while (this.#kept.length > KEPT_MAX || this.#characters > KEPT_CHARACTERS_MAX) {
      this.#characters -= this.#kept.shift()?.text.length ?? 0;
    }
  }

  #behind(after: string | null): readonly FileChatProgress[] {
    const [turn, at] = (after ?? "").split(":");
    const seen = turn === this.#turn ? Number(at) : 0;
    return this.#kept.filter((it) => it.at > seen);
  }
}
