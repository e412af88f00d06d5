/** Every setting with its value and where it came from, in the order of the table of keys. */

import type { LoadedConfig } from "./config.ts";
import { configKeys } from "./config_keys.ts";
import type { Key } from "./config_keys/row.ts";
import type { VerifyCommand } from "../engine/ticket.ts";

export interface ConfigRow {
  /** `agents.codex.command`: names a person chose are in it. */
  readonly path: string;
  /** `(secret)` for what no surface shows. */
  readonly value: unknown;
  readonly key: Key<unknown>;
}

const HIDDEN = "(secret)";

export function configRows({ config }: LoadedConfig): readonly ConfigRow[] {
  return configKeys(config.mode).flatMap(({ path, key }) =>
    valuesAt(config, path.split("."), []).map(({ path: full, value }) => ({
      path: full,
      value: key.secret && value !== null ? HIDDEN : asWritten(key, value),
      key,
    }))
  );
}

/** A value as it stands in a config file, where that differs from what it is decoded to. */
export function asWritten(key: Pick<Key<unknown>, "kind">, value: unknown): unknown {
  if (key.kind !== "checks" || !Array.isArray(value)) return value;
  return value.map((check: VerifyCommand) =>
    check.timeoutSeconds === null ? check.run : { run: check.run, timeout_s: check.timeoutSeconds }
  );
}

/** The values under a path whose `NAME` parts stand for every name there is. */
function valuesAt(
  found: unknown,
  [part, ...rest]: readonly string[],
  walked: readonly string[],
): readonly { readonly path: string; readonly value: unknown }[] {
  if (part === undefined) return [{ path: walked.join("."), value: found }];
  if (typeof found !== "object" || found === null) return [];
  const entries = Object.entries(found).filter(([name]) => part === "NAME" || name === part);
  return entries.flatMap(([name, inner]) => valuesAt(inner, rest, [...walked, name]));
}

/** A value in one line: text as it is, all else as JSON, which is YAML too. */
export const valueText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
