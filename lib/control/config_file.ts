/** Changing one key of a config file and no other byte: the rest belongs to the file's author. */

import { isDeepStrictEqual } from "node:util";
import { isMap, parseDocument, type YAMLMap } from "yaml";
import { CarError } from "../base/errors.ts";
import { closest } from "../base/suggest.ts";
import { nameRefusal, wrongValue } from "./config_decode.ts";
import { valueFromText } from "./config_env.ts";
import { configKeys, type ConfigMode, sectionsOf } from "./config_keys.ts";
import { agents } from "./config_keys/agents.ts";
import { keyAt } from "./config_keys/row.ts";
import { CONFIG_BYTES_MAX, parseConfig, plain } from "./config_source.ts";
import { configTemplate } from "./config_template.ts";
import { exists, readTextStrict, writeFileAtomic } from "./files.ts";
import {
  append,
  endOfKey,
  indentOf,
  insertAfter,
  insertInto,
  literalOf,
  nested,
  newlineOf,
  pairOf,
  replaceValue,
} from "./yaml_splice.ts";

/**
 * Sets one key of a config file from what a person typed; a missing file is made.
 * @param path `limits.silence_seconds`, `agents.codex.model`.
 * @returns The value as it will be read.
 * @throws {CarError} `invalid` for an unknown key, a wrong value, or a file that cannot be read.
 */
export async function writeConfigKey(
  file: string,
  mode: ConfigMode,
  path: string,
  typed: string,
): Promise<unknown> {
  const judged = judge(mode, path, typed);
  await edit(file, mode, (text) => setConfigKey(text, path, judged.written));
  return judged.value;
}

/**
 * Adds an agent to a config file; a missing file is made.
 * @param settings By key of `agents.NAME`, as a person typed them.
 * @throws {CarError} `invalid` for a name or a value that is not allowed, or a file that cannot be
 * changed; nothing is written then.
 */
export async function writeAgent(
  file: string,
  mode: ConfigMode,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const refusal = nameRefusal(agents, name);
  if (refusal !== null) throw new CarError("invalid", refusal);
  const keys = Object.entries(settings).map(([key, typed]) => {
    const path = `agents.${name}.${key}`;
    return { path, ...judge(mode, path, typed) };
  });
  await edit(
    file,
    mode,
    (text) => keys.reduce((sum, { path, written }) => setConfigKey(sum, path, written), text),
  );
}

interface Judged {
  /** As it stands in the file. */
  readonly written: unknown;
  /** As it will be read. */
  readonly value: unknown;
}

function judge(mode: ConfigMode, path: string, typed: string): Judged {
  const key = keyAt(sectionsOf(mode), path.split("."));
  if (key === undefined) throw unknownPath(mode, path);
  const written = valueFromText(typed, key);
  const decoded = key.decode(written);
  if (decoded.ok) return { written, value: decoded.value };
  throw new CarError("invalid", `${path}: ${wrongValue(key, written)}`);
}

async function edit(
  file: string,
  mode: ConfigMode,
  change: (text: string) => string,
): Promise<void> {
  const there = await exists(file);
  const { text, bom } = there
    ? await readTextStrict(file, { maxBytes: CONFIG_BYTES_MAX })
    : { text: configTemplate(mode), bom: false };
  await writeFileAtomic(file, (bom ? "\uFEFF" : "") + change(text));
}

function unknownPath(mode: ConfigMode, path: string): CarError {
  const near = closest(path, configKeys(mode).map((row) => row.path));
  return new CarError("invalid", `There is no config key "${path}".`, {
    hint: near === undefined
      ? '"car config keys" lists every key.'
      : `Did you mean "${near}"? "car config keys" lists every key.`,
  });
}

/**
 * The text with the key at `path` set. Sections that are missing are added at the end.
 * @param value What YAML can hold: texts, numbers, truth values, null, lists and maps of them.
 * @throws {CarError} `invalid` when the text cannot be read or not be changed at that one place.
 */
export function setConfigKey(text: string, path: string, value: unknown): string {
  const parts = path.split(".");
  const before = parseConfig(text, "");
  if (before.root === null || before.problems.length > 0) throw byHand(path);
  const expected = withValue(plain(before.root), parts, value);
  const edited = splice(text, parts, literalOf(value));
  const after = parseConfig(edited, "");
  const right = after.root !== null && after.problems.length === 0 &&
    isDeepStrictEqual(plain(after.root), expected);
  if (!right) throw byHand(path);
  return edited;
}

function byHand(path: string): CarError {
  return new CarError("invalid", `The config file cannot be changed at ${path} alone.`, {
    hint: 'Edit the file by hand; "car doctor" tells whether it can be read.',
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function withValue(tree: unknown, parts: readonly string[], value: unknown): unknown {
  const [name, ...rest] = parts;
  if (name === undefined) return value;
  const section = isRecord(tree) ? tree : {};
  const below = Object.hasOwn(section, name) ? section[name] : undefined;
  return { ...section, [name]: withValue(below, rest, value) };
}

function splice(text: string, parts: readonly string[], value: string): string {
  const contents = parseDocument(text, { version: "1.2", uniqueKeys: false }).contents;
  const newline = newlineOf(text);
  if (!isMap(contents)) return append(text, nested(parts, value, "", newline), newline);
  let map: YAMLMap = contents;
  for (const [depth, name] of parts.entries()) {
    const pair = pairOf(map, name);
    const rest = parts.slice(depth);
    if (pair === undefined) return insertInto(text, map, rest, value);
    if (rest.length === 1) return replaceValue(text, pair, value);
    if (!isMap(pair.value)) {
      const below = indentOf(text, pair) + "  ";
      return insertAfter(text, endOfKey(pair), nested(rest.slice(1), value, below, newline));
    }
    map = pair.value;
  }
  return text;
}
