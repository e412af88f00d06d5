/**
 * The live store: one stream of the server's events for the whole page, read with the token in a
 * header. It knows how far it has come, goes on from there after a break, and tells when it cannot.
 */

import { signal } from "@preact/signals";
import { SseReader } from "../lib/base/sse_reader.ts";
import { type Showing, whileSeen } from "./showing.ts";
import { bearer, forgetToken } from "./session.ts";

export interface LiveMessage {
  /** The event's name; `message` when it has none. */
  readonly type: string;
  readonly data: unknown;
  readonly id: string | null;
}

export interface LiveState {
  readonly type: "connecting" | "live" | "lost";
  /** When it is tried again; null while it is live or being tried. */
  readonly retryAtMs: number | null;
}

/** Doubles from the first to the last, in milliseconds. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 15_000;
/** The server beats every 15 s; a stream without a word for so long is dead, in milliseconds. */
const SILENCE_MS = 40_000;

/** A stream at work until closed. */
export interface LiveStream {
  readonly state: { readonly value: LiveState };
  /** Tries at once, e.g. when the page is looked at again. */
  retry(): void;
  close(): void;
}

/**
 * @param path Without the cursor, which is sent as `Last-Event-ID`.
 * @param onMessage Gets `reset` when events were missed: what is shown must be asked for anew.
 */
export function openLive(
  path: string,
  onMessage: (it: LiveMessage) => void,
  when: Showing = whileSeen(),
): LiveStream {
  const state = signal<LiveState>({ type: "connecting", retryAtMs: null });
  const closed = new AbortController();
  let cursor: string | null = null;
  let failures = 0;
  let wake: (() => void) | null = null;

  const readOnce = async () => {
    const abort = new AbortController();
    const stop = () => abort.abort();
    closed.signal.addEventListener("abort", stop, { once: true });
    const unwatch = when.onRest(stop);
    const watch = silenceWatch(stop);
    try {
      const response = await fetch(path, {
        credentials: "omit",
        signal: abort.signal,
        headers: {
          accept: "text/event-stream",
          ...bearer(),
          ...(cursor === null ? {} : { "last-event-id": cursor }),
        },
      });
      if (response.status === 401) forgetToken();
      if (!response.ok || response.body === null) throw new Error(`${response.status}`);
      // What was shown before the break may be old: everything is looked at once more.
      if (failures > 0 && cursor === null) onMessage({ type: "reset", data: null, id: null });
      failures = 0;
      state.value = { type: "live", retryAtMs: null };
      const reader = new SseReader();
      const decoder = new TextDecoder();
      for await (const bytes of response.body) {
        watch.heard();
        for (const message of reader.push(decoder.decode(bytes, { stream: true }))) {
          if (message.id !== null) cursor = message.id;
          onMessage({ type: message.type, id: message.id, data: parsed(message.data) });
        }
      }
    } finally {
      watch.end();
      unwatch();
      closed.signal.removeEventListener("abort", stop);
    }
  };

  const go = async () => {
    while (!closed.signal.aborted) {
      await when.wanted();
      await readOnce().catch(() => {});
      if (closed.signal.aborted) return;
      if (when.rests()) continue;
      failures++;
      const waitMs = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1));
      state.value = { type: "lost", retryAtMs: Date.now() + waitMs };
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, waitMs);
      });
      state.value = { type: "connecting", retryAtMs: null };
    }
  };
  void go();
  return { state, retry: () => wake?.(), close: () => closed.abort() };
}

function silenceWatch(onSilence: () => void): { heard: () => void; end: () => void } {
  let timer = setTimeout(onSilence, SILENCE_MS);
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE_MS);
    },
    end: () => clearTimeout(timer),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
