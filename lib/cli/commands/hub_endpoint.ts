/** `car hub endpoint`: where the hub that is being served answers. */

import { CarError } from "../../base/errors.ts";
import { lookAtLock } from "../../control/lock.ts";
import { findServer } from "../../hub/server_note.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { root, state, lock } = await call.context.hub();
  const server = await findServer(state);
  if (server === null) throw notServed(root, lock);
  const { url, pid, socket } = server;
  if (call.json) call.output.json({ url, pid, socket });
  else call.output.line(url);
}

function notServed(root: string, lock: string): CarError {
  const sight = lookAtLock(lock);
  if (sight.type === "busy") {
    const pid = sight.holder === null ? "" : ` (process ${sight.holder.pid})`;
    return new CarError("unavailable", `The hub ${root} is starting or ending${pid}.`, {
      hint: "Try again in a moment.",
    });
  }
  return new CarError("unavailable", `The hub ${root} is not being served.`, {
    hint: "Start it with `car hub serve`.",
  });
}
