/**
 * Configuration from the environment: `CAR_` and the path in capitals, two underscores between its
 * parts. `limits.silence_seconds` is `CAR_LIMITS__SILENCE_SECONDS`, `queue` is `CAR_QUEUE`.
 * A variable that is set to nothing counts as not set.
 */

import { keyAt, type KeyKind, type Spec } from "./config_keys/row.ts";
import {
  parseConfig,
  type Place,
  plain,
  type SourceEntry,
  type SourceNode,
} from "./config_source.ts";

const PREFIX = "CAR_";
const BETWEEN = "__";

/** The variable that sets a key. */
export const envVariable = (path: string): string =>
  PREFIX + path.split(".").map((part) => part.toUpperCase()).join(BETWEEN);

/** Kinds whose text is the value itself. All others are read as YAML: `[a, b]`, `true`, `12`. */
const TEXT_KINDS: ReadonlySet<KeyKind> = new Set(["string", "path", "url", "hours"]);

/** The settings in an environment, as a source to lay over the files. */
export function envSource(env: Readonly<Record<string, string>>, spec: Spec): SourceNode {
  const root: Branch = {
    at: { type: "env", name: `${PREFIX}*` },
    children: new Map(),
    value: null,
  };
  for (const name of Object.keys(env).sort()) {
    const text = env[name] ?? "";
    const path = pathOf(name, spec);
    if (path !== null && text !== "") plant(root, path, { type: "env", name }, text, spec);
  }
  return asNode(root);
}

/** Variables without the two underscores are other things, e.g. CAR_RUN_ID, unless they name a key. */
function pathOf(name: string, spec: Spec): readonly string[] | null {
  if (!name.startsWith(PREFIX)) return null;
  const path = name.slice(PREFIX.length).toLowerCase().split(BETWEEN);
  return path.length > 1 || keyAt(spec, path) !== undefined ? path : null;
}

interface Branch {
  readonly at: Place;
  readonly children: Map<string, Branch>;
  value: SourceNode | null;
}

function plant(
  root: Branch,
  path: readonly string[],
  at: Place,
  text: string,
  spec: Spec,
): void {
  let branch = root;
  for (const part of path) {
    const next = branch.children.get(part) ?? { at, children: new Map(), value: null };
    branch.children.set(part, next);
    branch = next;
  }
  branch.value = { type: "value", at, value: valueOf(text, path, spec) };
}

function asNode(branch: Branch): SourceNode {
  if (branch.value !== null) return branch.value;
  const entries: SourceEntry[] = [...branch.children].map(([name, child]) => ({
    name,
    at: child.at,
    node: asNode(child),
  }));
  return { type: "map", at: branch.at, entries };
}

function valueOf(text: string, path: readonly string[], spec: Spec): unknown {
  const key = keyAt(spec, path);
  return key === undefined ? text : valueFromText(text, key);
}

/** The value a person means with a text, on a command line or in the environment. */
export function valueFromText(text: string, key: KindAndDecode): unknown {
  if (TEXT_KINDS.has(key.kind)) return text === "null" ? null : text;
  const read = parseConfig(text, "");
  const value = read.root === null || read.problems.length > 0 ? text : plain(read.root);
  return key.decode(value).ok ? value : text;
}

interface KindAndDecode {
  readonly kind: KeyKind;
  decode(found: unknown): { readonly ok: boolean };
}
