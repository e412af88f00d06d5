/** Does a thing a moment after it was last asked for, and at least so often while it is asked for. */

import { useEffect, useRef } from "preact/hooks";
import { onLive } from "./store.ts";

/** Changes that come together are answered by one look, in milliseconds. */
const SOON_MS = 150;

/** @returns Asks for it. Several asks within a moment are one. */
export function useSoon(work: () => void): () => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      latest.current();
    }, SOON_MS);
  };
}

/** Looks again a moment after anything in the repo changed, for as long as the page is shown. */
export function useLiveRefresh(refresh: () => void): void {
  const soon = useSoon(refresh);
  useEffect(() => onLive(soon), []);
}
