/** `car hub clone`: clones a repo into the hub, lists it and sets CAR up in it. */

import { isSafe } from "../../base/permissions.ts";
import { visibleLine } from "../../base/display.ts";
import { cloneRepo } from "../../hub/listing/clone.ts";
import { tellAdded } from "../added_view.ts";
import { callGround } from "../call_hub.ts";
import type { Call } from "../command.ts";
import { listenForSignals } from "../signals.ts";

export async function run(call: Call): Promise<number> {
  const { input, io } = call;
  const name = input.optionalArgument("name");
  const ending = new AbortController();
  const signals = listenForSignals(io.clock, () => ending.abort());
  const progress = progressLine(call);
  try {
    const cloned = await cloneRepo(await callGround(call), input.argument("url"), {
      clock: io.clock,
      environment: io.environment(),
      safe: isSafe(io.confinement),
      cwd: io.cwd,
      signal: ending.signal,
      onProgress: progress.show,
      ...(name === null ? {} : { name }),
    });
    progress.wipe();
    return await tellAdded(call, cloned);
  } finally {
    progress.wipe();
    signals.close();
  }
}

/** One line that is drawn over on a terminal; a pipe gets none. */
function progressLine({ io, json }: Call): { show(line: string): void; wipe(): void } {
  let shown = false;
  const isOn = io.isTerminal.err && !json;
  return {
    show(line) {
      if (!isOn) return;
      io.stderr(`\r\x1b[K${visibleLine(line).slice(0, io.columns() - 1)}`);
      shown = true;
    },
    wipe() {
      if (shown) io.stderr("\r\x1b[K");
      shown = false;
    },
  };
}
