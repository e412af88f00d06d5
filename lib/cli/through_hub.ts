/** car run, once, resume in a repo whose hub runs: the hub does the work, and it looks the same. */

import { CarError } from "../base/errors.ts";
import type { RepoPaths } from "../control/roots.ts";
import type { Run } from "../engine/run.ts";
import { sendToOwner } from "../hub/command_run.ts";
import type { RunRequest } from "../hub/run_repo.ts";
import { runThroughHub } from "../hub/run_through_hub.ts";
import type { ServingHub } from "../hub/serving_hub.ts";
import type { Call } from "./command.ts";
import type { Screen } from "./live_screen.ts";
import { listenForSignals, type SignalName } from "./signals.ts";

export interface HubRested {
  readonly run: Run;
  /** The last signal that asked it to end; null for none. */
  readonly signal: SignalName | null;
}

/**
 * @throws {CarError} `locked` where this start is held to less than the hub is; and as `runThroughHub`.
 */
export async function workThroughHub(
  call: Call,
  paths: RepoPaths,
  hub: ServingHub,
  parts: { readonly request: RunRequest; readonly screen: Screen },
): Promise<HubRested> {
  refuseConfined(call, hub);
  const { clock } = call.io;
  const { request, screen } = parts;
  let signal: SignalName | null = null;
  let signals: { close(): void } | null = null;
  try {
    const run = await runThroughHub({ hub, paths, clock, request, say: screen.listen }, () => {
      signals = listenForSignals(clock, (name, count) => {
        signal = name;
        const type = count > 1 ? "kill" as const : "stop" as const;
        // A run that rests by now has nothing left to stop.
        sendToOwner(paths, { type, by: request.by }, clock).catch(() => "free");
      });
    });
    return { run, signal };
  } finally {
    closeIt(signals);
  }
}

const closeIt = (it: { close(): void } | null): void => it?.close();

/** What the hub does is held to what the hub was started with, not to what was said here. */
function refuseConfined(call: Call, { root }: ServingHub): void {
  if (call.io.confinement.type === "none") return;
  throw new CarError(
    "locked",
    `The hub ${root} works this repo, and is not held to the permissions given here.`,
    { hint: "End the hub first, or start it with these permissions and leave them out here." },
  );
}
