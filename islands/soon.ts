/** Does a thing a moment after it was last asked for, and at least so often while it is asked for. */

import { useEffect, useRef } from "preact/hooks";
import { onLive } from "./store.ts";

/** Changes that come together are answered by one look, in milliseconds. */
const SOON_MS = 150;

/** A page that goes elsewhere is gone after this, on however busy a machine, in milliseconds. */
const LEAVING_MS = 10_000;

let leavingUntilMs = 0;

/**
 * Does what makes the page go elsewhere, e.g. takes away what it is about: until then nothing is looked
 * at again, since it would not be found.
 */
export async function whileLeaving(work: () => Promise<void>): Promise<void> {
  leavingUntilMs = performance.now() + LEAVING_MS;
  try {
    await work();
  } catch (thrown) {
    leavingUntilMs = 0;
    throw thrown;
  }
}

/** @returns Asks for it. Several asks within a moment are one. */
export function useSoon(work: () => void): () => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      if (performance.now() >= leavingUntilMs) latest.current();
    }, SOON_MS);
  };
}

/** Looks again a moment after anything in the repo changed, for as long as the page is shown. */
export function useLiveRefresh(refresh: () => void): void {
  const soon = useSoon(refresh);
  useEffect(() => onLive(soon), []);
}
