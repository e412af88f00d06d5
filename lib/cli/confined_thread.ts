/** The waiting side of a confined command: when it begins, how it ends, and what a fault becomes. */

import type { Begin, Told } from "./confined_messages.ts";

/** How a program ends that has a bug: sysexits' EX_SOFTWARE. */
export const EXIT_BUG = 70;

export interface Waiting {
  /** Gives up the permissions of the waiting thread; called once, before the command begins. */
  readonly giveUp: () => void;
  /** Takes words for the person. */
  readonly tell: (text: string) => void;
}

/** Lets the thread begin and waits for its end. @returns The exit code of the process. */
export async function followThread(
  thread: Worker,
  begin: Begin,
  { giveUp, tell }: Waiting,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const crash = (message: string) => {
    tell(`car: It stopped at a fault of its own: ${message}\n`);
    tell('  Run "car doctor"; if it finds nothing, this is a bug of CAR.\n');
    resolve(EXIT_BUG);
  };
  thread.onerror = (event) => {
    event.preventDefault();
    crash(event.message);
  };
  thread.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.type === "ready") {
      giveUp();
      thread.postMessage(begin);
    } else if (data.type === "ended") resolve(data.code);
    else crash(data.message);
  };
  try {
    return await promise;
  } finally {
    thread.terminate();
  }
}
