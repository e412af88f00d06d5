/** car hub enable, disable, auto-run: one switch of a repo in the list. */

import { CarError } from "../../base/errors.ts";
import type { RepoChanges } from "../../control/manifest.ts";
import { changeRepo } from "../../hub/listing/roster.ts";
import { callGround, tellServed } from "../call_hub.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { output } = call;
  const repo = await changeRepo(await callGround(call), call.input.argument("id"), changes(call));
  const { id, enabled, autoRun } = repo;
  if (call.json) return output.json({ id, enabled, autoRun });
  const starts = autoRun ? "starts by itself" : "starts when asked to";
  output.say(`${id} is ${enabled ? `enabled and ${starts}` : "disabled"}.`, "good");
  await tellServed(call);
}

function changes({ spec, input }: Call): RepoChanges {
  if (spec.path === "hub enable") return { enabled: true };
  if (spec.path === "hub disable") return { enabled: false };
  const word = input.argument("switch");
  if (word === "on" || word === "off") return { autoRun: word === "on" };
  throw new CarError("usage", `"${word}" is no switch.`, { hint: "Allowed: on, off." });
}
