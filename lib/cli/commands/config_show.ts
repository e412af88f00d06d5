/** `car config show`: all settings, and where each came from. */

import { originText } from "../../control/config.ts";
import { loadCallConfig } from "../call_config.ts";
import type { Call } from "../command.ts";
import { configRows, valueText } from "../../control/config_rows.ts";

export async function run(call: Call): Promise<void> {
  const loaded = await loadCallConfig(call);
  const rows = configRows(loaded);
  const originOf = (path: string) => originText(loaded.origin(path));
  if (call.json) {
    const settings = Object.fromEntries(
      rows.map(({ path, value }) => [path, { value, origin: originOf(path) }]),
    );
    call.output.json({ mode: loaded.config.mode, settings });
    return;
  }
  const withOrigin = call.input.flag("origin");
  call.output.table(
    [{ title: "key" }, { title: "value" }, ...(withOrigin ? [{ title: "from" }] : [])],
    rows.map(({ path, value }) => [
      path,
      valueText(value),
      ...(withOrigin ? [originOf(path)] : []),
    ]),
  );
}
