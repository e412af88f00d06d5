/** What a process of CAR writes into a lock it takes. */

import type { Clock } from "../base/clock.ts";
import { VERSION } from "../base/version.ts";
import type { LockHolder } from "../control/lock.ts";
import { processIdentity } from "../control/process_identity.ts";

/** @param command What it was started for, e.g. `car run`. */
export function holderOf(command: string, clock: Clock): LockHolder {
  const identity = processIdentity(Deno.pid);
  return {
    pid: Deno.pid,
    start: identity?.start ?? "",
    boot: identity?.boot ?? "",
    owner: crypto.randomUUID(),
    url: null,
    version: VERSION,
    command,
    startedAt: new Date(clock.now()).toISOString(),
  };
}
