/** Whether a program may be started, found out by starting it: for `car permissions --try`. */

import { startAndEnd } from "../adapters/process/trial.ts";

/** @throws what the runtime throws when it may not or cannot be started. */
export async function tryToStart(program: string): Promise<void> {
  await startAndEnd(program);
}
