/** `car completions`: a script for the person's shell. */

import { CarError } from "../../base/errors.ts";
import type { Call } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { completionScript, SHELLS } from "../completions.ts";

export function run({ input, io, json, output }: Call): Promise<void> {
  const asked = input.argument("shell");
  const shell = SHELLS.find((each) => each === asked);
  if (shell === undefined) throw new CarError("usage", `No completions for ${asked}.`);
  const script = completionScript(shell, COMMANDS);
  if (json) output.json({ shell, script });
  else io.stdout(script);
  return Promise.resolve();
}
