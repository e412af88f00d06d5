/** `car config set`: one setting in the config file of this repo or hub. */

import { inspectConfig, originText, problemText } from "../../control/config.ts";
import { writeConfigKey } from "../../control/config_file.ts";
import { sectionsOf } from "../../control/config_keys.ts";
import { keyAt } from "../../control/config_keys/row.ts";
import type { Call } from "../command.ts";
import { asWritten, valueText } from "../../control/config_rows.ts";

export async function run(call: Call): Promise<void> {
  const key = call.input.argument("key");
  const { type, paths } = await call.context.either();
  const decoded = await writeConfigKey(paths.config, type, key, call.input.argument("value"));
  const loaded = await inspectConfig({ root: paths.root, env: call.io.environment() });
  for (const problem of loaded.problems) call.output.remark(problemText(problem));
  const origin = loaded.origin(key);
  if (origin.type === "env") {
    call.output.remark(`${originText(origin)} goes before the file and still decides ${key}.`);
  }
  const row = keyAt(sectionsOf(type), key.split("."));
  const value = row === undefined ? decoded : asWritten(row, decoded);
  if (call.json) call.output.json({ key, value, file: paths.config });
  else call.output.say(`${key} is ${valueText(value)} in ${paths.config}`);
}
