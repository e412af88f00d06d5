/**
 * A turn of the event loop for each piece of work that stops it for milliseconds: the start of a
 * process, a write that waits for the disk. When many are due at once, timers and other works get
 * their turn between them, so that one repo's burst does not delay the others.
 */

import { setImmediate } from "node:timers";

const waiting: (() => void)[] = [];
let isTaken = false;

/**
 * To be awaited before such a piece of work.
 * @returns Nothing while this turn of the loop is free, so that a single work is not slowed.
 */
export function turnOfLoop(): Promise<void> | undefined {
  if (isTaken) return new Promise((resolve) => waiting.push(resolve));
  take();
  return undefined;
}

function take(): void {
  isTaken = true;
  setImmediate(() => {
    isTaken = false;
    const next = waiting.shift();
    if (next === undefined) return;
    take();
    next();
  });
}
