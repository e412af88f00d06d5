/** `car config keys`: what may be set, with default, allowed values and meaning. */

import type { Call } from "../command.ts";
import { configKeys } from "../../control/config_keys.ts";
import { valueText } from "../../control/config_rows.ts";

export async function run(call: Call): Promise<void> {
  const found = await call.context.found();
  const prefix = call.input.optionalArgument("section");
  const rows = configKeys(found.type === "hub" ? "hub" : "repo")
    .filter(({ path }) => prefix === null || path === prefix || path.startsWith(`${prefix}.`));
  if (call.json) {
    call.output.json(rows.map(({ path, key }) => ({
      key: path,
      kind: key.kind,
      default: key.default,
      unit: key.unit,
      allowed: key.allowed,
      meaning: key.meaning,
      since: key.since,
    })));
    return;
  }
  call.output.table(
    [
      { title: "key" },
      { title: "default", cellsMax: 24 },
      { title: "meaning" },
    ],
    rows.map(({ path, key }) => [path, valueText(key.default), key.meaning]),
  );
}
