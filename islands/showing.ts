/**
 * Whether a tab needs its stream. A browser opens six connections to a server, all tabs together: one
 * that nobody looks at gives its own back, save for one of them, which goes on to notify.
 */

/** A tab that is left for a moment keeps its stream this long, in milliseconds. */
const LEFT_MS = 20_000;
const LOCK = "car-hidden-stream";

export interface Showing {
  /** The stream is not wanted now. */
  rests(): boolean;
  /** Until it is. */
  wanted(): Promise<void>;
  /** Calls when it begins to rest. @returns Ends that. */
  onRest(stop: () => void): () => void;
}

/** Wanted while the tab is seen. @param keepsOne One hidden tab of all keeps it all the same. */
export function whileSeen(keepsOne = false): Showing {
  let isResting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stops = new Set<() => void>();
  const wakes = new Set<() => void>();
  const rest = () => {
    isResting = true;
    for (const stop of stops) stop();
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => keepsOne ? restUnlessFirst(rest) : rest(), LEFT_MS);
      return;
    }
    isResting = false;
    for (const wake of wakes) wake();
    wakes.clear();
  });
  return {
    rests: () => isResting,
    wanted: () => isResting ? new Promise((resolve) => void wakes.add(resolve)) : Promise.resolve(),
    onRest: (stop) => {
      stops.add(stop);
      return () => void stops.delete(stop);
    },
  };
}

/** The first hidden tab holds the lock until it is seen again. */
function restUnlessFirst(rest: () => void): void {
  void navigator.locks?.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock === null) return rest();
    return new Promise<void>((resolve) => {
      document.addEventListener("visibilitychange", () => resolve(), { once: true });
    });
  });
}
