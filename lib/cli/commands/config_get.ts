/** `car config get`: one setting, or all of one section. */

import { CarError } from "../../base/errors.ts";
import { closest } from "../../base/suggest.ts";
import { originText } from "../../control/config.ts";
import { loadCallConfig } from "../call_config.ts";
import type { Call } from "../command.ts";
import { configRows, valueText } from "../../control/config_rows.ts";

export async function run(call: Call): Promise<void> {
  const asked = call.input.argument("key");
  const loaded = await loadCallConfig(call);
  const rows = configRows(loaded);
  const row = rows.find(({ path }) => path === asked);
  const section = rows.filter(({ path }) => path.startsWith(`${asked}.`));
  if (row !== undefined) {
    if (!call.json) call.output.line(valueText(row.value));
    else {
      const origin = originText(loaded.origin(row.path));
      call.output.json({ key: row.path, value: row.value, origin });
    }
  } else if (section.length > 0) {
    if (call.json) {
      call.output.json(Object.fromEntries(section.map(({ path, value }) => [path, value])));
    } else {
      call.output.table(
        [{ title: "key" }, { title: "value" }],
        section.map(({ path, value }) => [path, valueText(value)]),
      );
    }
  } else throw unknownKey(asked, rows.map(({ path }) => path));
}

function unknownKey(asked: string, known: readonly string[]): CarError {
  const near = closest(asked, known);
  return new CarError("not_found", `There is no setting ${asked}.`, {
    hint: near === undefined
      ? "`car config keys` lists every key with its meaning."
      : `Did you mean ${near}?`,
  });
}
