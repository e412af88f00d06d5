/** One entry of the manifest's list: every key decoded, every fault told with its line. */

import { shown } from "./config_decode.ts";
import { plain, type SourceEntry, type SourceNode } from "./config_source.ts";
import { decodeDestination, type Destination } from "./destination.ts";
import { isRepoId, type RepoKind } from "./manifest.ts";
import { STATE_FOLDER } from "./roots.ts";

/** Tells a problem. `key` is null when the file as a whole is meant. */
export type Report = (line: number, key: string | null, message: string) => undefined;

/** The keys of an entry, with their spellings in older manifests and in the API. */
const ENTRY_KEYS = {
  id: [],
  path: [],
  enabled: [],
  auto_run: ["autoRun"],
  kind: [],
  worktree_of: ["worktreeOf"],
  branch: [],
  display_name: ["displayName"],
  setup: ["worktree_setup_commands", "worktreeSetupCommands"],
  destination: [],
} as const satisfies Record<string, readonly string[]>;

export type EntryKey = keyof typeof ENTRY_KEYS;

/** Every name under which a key may stand, today's first. */
export const spellings = (name: EntryKey): readonly string[] => [name, ...ENTRY_KEYS[name]];

/** What is on where nothing is written. Starting by itself is asked for. */
const SWITCHES = { enabled: true, auto_run: false } as const satisfies Partial<
  Record<EntryKey, boolean>
>;

const KINDS = ["base", "worktree"] as const satisfies readonly RepoKind[];

/** Characters of a name, a branch or a path. */
const TEXT_LENGTH_MAX = 4096;
/** Shell commands of one entry. */
const SETUP_MAX = 100;

export const lineOf = (node: SourceNode | SourceEntry): number =>
  node.at.type === "file" ? node.at.line : 1;

/** One entry of the list. */
export class EntryReading {
  readonly #report: Report;
  readonly #map: Extract<SourceNode, { type: "map" }>;
  readonly #key: string;

  constructor(
    report: Report,
    map: Extract<SourceNode, { type: "map" }>,
    key: string,
  ) {
    this.#report = report;
    this.#map = map;
    this.#key = key;
  }

  problem(name: EntryKey, message: string): undefined {
    const found = this.#map.entries.find((entry) => spellings(name).includes(entry.name));
    const line = lineOf(found?.node ?? this.#map);
    this.#report(line, `${this.#key}.${found?.name ?? name}`, message);
  }

  /** The value of a key by any of its spellings; null when it is not there, or is empty. */
  #node(name: EntryKey): SourceNode | null {
    const [first, second] = this.#map.entries.filter((it) => spellings(name).includes(it.name));
    if (first === undefined) return null;
    if (second !== undefined) {
      const message = `"${first.name}" (line ${lineOf(first)}) says the same; one is allowed.`;
      this.#report(lineOf(second), `${this.#key}.${second.name}`, message);
    }
    const { node } = first;
    return node.type === "value" && node.value === null ? null : node;
  }

  /** Null when it is not there. */
  text(name: EntryKey): string | null {
    const node = this.#node(name);
    if (node === null) return null;
    const found = plain(node);
    const fault = typeof found !== "string" ? "a text (in quotes if need be)" : textFault(found);
    if (fault !== null) this.problem(name, `Found ${shown(found)}; allowed: ${fault}.`);
    return typeof found === "string" ? found : null;
  }

  id(): string | null {
    const found = this.text("id");
    if (found !== null && !isRepoId(found)) {
      const allowed = "letters, digits, . _ and -, beginning with a letter or digit";
      this.problem("id", `Found ${shown(found)}; allowed: ${allowed}.`);
    }
    return found;
  }

  switch(name: keyof typeof SWITCHES): boolean {
    const builtIn = SWITCHES[name];
    const node = this.#node(name);
    const found = node === null ? builtIn : plain(node);
    if (typeof found === "boolean") return found;
    this.problem(name, `Found ${shown(found)}; allowed: true, false.`);
    return builtIn;
  }

  kind(): RepoKind {
    const node = this.#node("kind");
    if (node === null) return "base";
    const found = plain(node);
    const kind = KINDS.find((it) => it === found);
    if (kind === undefined) {
      this.problem("kind", `Found ${shown(found)}; allowed: ${KINDS.join(", ")}.`);
    }
    return kind ?? "base";
  }

  /** One command alone is a list of one. */
  setup(): readonly string[] {
    const node = this.#node("setup");
    const found: unknown = node === null ? [] : plain(node);
    const list: readonly unknown[] = Array.isArray(found) ? found : [found];
    const commands = list.filter((it) => typeof it === "string" && it.trim() !== "");
    if (commands.length < list.length || list.length > SETUP_MAX) {
      const allowed = `a shell command, or a list of ${SETUP_MAX} at most`;
      this.problem("setup", `Found ${shown(found)}; allowed: ${allowed}.`);
    }
    return commands.filter((it) => typeof it === "string");
  }

  destination(): Destination | null {
    const node = this.#node("destination");
    if (node === null) return null;
    const decoded = decodeDestination(plain(node));
    if ("destination" in decoded) return decoded.destination;
    for (const { key, message } of decoded.problems) {
      const line = lineOf(within(node, key.split(".").slice(1)));
      this.#report(line, `${this.#key}.${key}`, message);
    }
    return null;
  }

  /** Absolute; undefined when there is no folder to be had from it. */
  root(hubRoot: string): string | undefined {
    if (this.#node("path") === null) {
      return this.problem("path", "It is missing; the folder of the repo is wanted.");
    }
    const written = this.text("path");
    if (written === null) return undefined;
    const fault = pathFault(written);
    if (fault !== null) return this.problem("path", `Found ${shown(written)}. ${fault}`);
    const root = rootOf(hubRoot, written);
    if (!isWithin(`${hubRoot}/${STATE_FOLDER}`, root)) return root;
    return this.problem(
      "path",
      `Found ${shown(written)}, which is where the hub keeps its own state.`,
    );
  }
}

/** The node at the end of a path of keys, or the last one there is. */
function within(node: SourceNode, keys: readonly string[]): SourceNode {
  const [first, ...rest] = keys;
  const below = node.type === "map" && node.entries.find((entry) => entry.name === first);
  return below ? within(below.node, rest) : node;
}

const CONTROL = /\p{Cc}/u;

/** What is allowed instead; null when the text is in order. */
function textFault(text: string): string | null {
  if (text.trim() === "") return "a text that is not empty";
  if (text.length > TEXT_LENGTH_MAX) return `${TEXT_LENGTH_MAX} characters at most`;
  return CONTROL.test(text) ? "a text of one line without control characters" : null;
}

/** Why a folder cannot be written like this; null when it can. */
function pathFault(path: string): string | null {
  if (path === "~" || path.startsWith("~/")) {
    return "A ~ is not expanded here; write the folder from / on.";
  }
  if (!path.split("/").includes("..")) return null;
  return "A path has no .. in it; write a folder outside of the hub from / on.";
}

function rootOf(hubRoot: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const above = path.startsWith("/") || hubRoot === "/" ? "" : hubRoot;
  return [above, ...parts].join("/") || "/";
}

const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);
