/** Something of the server's that is shown: kept while it is asked for anew, with its failure beside it. */

import { type ReadonlySignal, signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Answered, ask } from "./api.ts";
import { Problem } from "./problem.ts";
import { access } from "./session.ts";

export interface Resource<T> {
  /** Null until the first answer. */
  readonly value: T | null;
  readonly etag: string | null;
  /** The failure of the last try; the value before it stays. */
  readonly problem: Problem | null;
  readonly loading: boolean;
}

export interface ResourceHandle<T> {
  readonly state: ReadonlySignal<Resource<T>>;
  /** Asks anew. Several at once become one more. */
  refresh(): void;
  /** Shows what was just answered, or what will surely be. */
  set(value: T, etag?: string | null): void;
}

/** Growing numbers that ask every shown resource for a new look, e.g. after a break of the stream. */
export const lookAgain = signal(0);

/** @param path Null while it is not known what to ask. */
export function useResource<T>(path: string | null): ResourceHandle<T> {
  const state = useSignal<Resource<T>>(NOTHING);
  const refresh = useSignal(0);
  const isOpen = access.value === "open";
  const again = lookAgain.value;
  // The server's last answer at this path, while it is what is shown.
  const known = useRef<Answered<T> & { readonly path: string } | null>(null);
  // Not after the next picture: what is wanted is often there already.
  useLayoutEffect(() => {
    if (path === null || !isOpen) return;
    const over = new AbortController();
    state.value = { ...state.peek(), loading: true };
    const shown = known.current?.path === path ? known.current : null;
    ask<T>(path, { signal: over.signal, known: shown }).then(
      ({ value, etag }) => {
        known.current = { path, value, etag };
        state.value = { value, etag, problem: null, loading: false };
      },
      (thrown) => {
        if (over.signal.aborted) return;
        state.value = { ...state.peek(), problem: Problem.of(thrown), loading: false };
      },
    );
    return () => over.abort();
  }, [path, isOpen, again, refresh.value]);
  return {
    state,
    refresh: () => void (refresh.value = refresh.peek() + 1),
    set: (value, etag) => {
      known.current = null;
      const now = state.peek();
      state.value = { ...now, value, etag: etag ?? now.etag };
    },
  };
}

const NOTHING = { value: null, etag: null, problem: null, loading: true } as const;
