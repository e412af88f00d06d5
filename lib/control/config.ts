/** The configuration of a repo or hub, layer over layer, and where each value came from. */

import { CarError } from "../base/errors.ts";
import { plural } from "../base/text.ts";
import { builtIns, type Decoding, layOver, type Origin } from "./config_decode.ts";
import { envSource } from "./config_env.ts";
import {
  CONFIG_MODES,
  CONFIG_VERSION,
  type ConfigMode,
  type HubSections,
  type RepoSections,
  sectionsOf,
} from "./config_keys.ts";
import { brokenRules } from "./config_rules.ts";
import {
  CONFIG_BYTES_MAX,
  type ConfigProblem,
  parseConfig,
  type Place,
  plain,
  type SourceNode,
} from "./config_source.ts";
import { readTextStrict } from "./files.ts";
import { findHubAbove, holdsManifest, hubPaths } from "./roots.ts";

export type RepoConfig =
  & { readonly version: typeof CONFIG_VERSION; readonly mode: "repo" }
  & RepoSections;
export type HubConfig =
  & { readonly version: typeof CONFIG_VERSION; readonly mode: "hub" }
  & HubSections;
export type Config = RepoConfig | HubConfig;

export interface LoadedConfig {
  readonly config: Config;
  /** Of a key's path, e.g. `limits.silence_seconds`. */
  origin(path: string): Origin;
}

/** A configuration in which every wrong key or value was left out. */
export interface InspectedConfig extends LoadedConfig {
  readonly problems: readonly ConfigProblem[];
}

export interface ConfigSource {
  /** Absolute path of the repo or hub. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /**
   * The hub the repo belongs to: its two shared files are defaults of its repos. Absent: the nearest
   * one above; null: none.
   */
  readonly hubRoot?: string | null;
}

/**
 * The configuration, every key decided.
 * @throws {CarError} `invalid` with all problems, each with file and line; `unavailable` when a file
 * may not be read.
 */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const inspected = await inspectConfig(source);
  if (inspected.problems.length === 0) return inspected;
  const count = plural(inspected.problems.length, "problem");
  const lines = inspected.problems.map((problem) => `  ${problemText(problem)}`);
  throw new CarError("invalid", `The configuration has ${count}:\n${lines.join("\n")}`, {
    hint: 'Mend it there; "car config keys" lists every key with its meaning.',
  });
}

/** The configuration as far as it can be read, with all that is wrong with it. */
export async function inspectConfig(source: ConfigSource): Promise<InspectedConfig> {
  const layers = await readLayers(source);
  const mode = layers.findLast((layer) => layer.head.mode !== null)?.head.mode ??
    (await holdsManifest(source.root) ? "hub" : "repo");
  const spec = sectionsOf(mode);
  const decoding: Decoding = {
    values: builtIns(spec),
    origins: new Map(),
    problems: layers.flatMap((layer) => layer.problems),
  };
  for (const layer of layers) {
    layOver(decoding, spec, layer.shared ? without(layer.body, HUB_ONLY) : layer.body);
    if (layer.head.at !== null) decoding.origins.set("mode", layer.head.at);
  }
  layOver(decoding, spec, envSource(envFor(mode, source.env), spec));
  // The table the values were decoded with is the one their type is made from.
  const config = { version: CONFIG_VERSION, mode, ...decoding.values } as unknown as Config;
  addBrokenRules(decoding, config);
  return {
    config,
    problems: decoding.problems,
    origin: (path) => decoding.origins.get(path) ?? { type: "built-in" },
  };
}

/**
 * The configuration of a repo.
 * @throws {CarError} `usage` when it is a hub's.
 */
export function asRepoConfig({ config }: LoadedConfig): RepoConfig {
  if (config.mode === "repo") return config;
  throw new CarError("usage", "This folder is a hub, and the command works on a repo.", {
    hint: "Go to one of its repos, or name it with --repo PATH.",
  });
}

/**
 * The configuration of a hub.
 * @throws {CarError} `usage` when it is a repo's.
 */
export function asHubConfig({ config }: LoadedConfig): HubConfig {
  if (config.mode === "hub") return config;
  throw new CarError("usage", "This folder is a repo, and the command works on a hub.", {
    hint: 'Go to the hub, or make one with "car init --mode hub".',
  });
}

/** `codex-autorunner.yml:12`, `environment CAR_GATE__ATTEMPTS`, `built-in`. */
export function originText(origin: Origin): string {
  if (origin.type === "built-in") return "built-in";
  return origin.type === "env" ? `environment ${origin.name}` : `${origin.file}:${origin.line}`;
}

/** One line for people: where, which key, what is wrong. */
export function problemText(problem: ConfigProblem): string {
  const key = problem.key === null ? "" : `${problem.key}: `;
  return `${originText(problem.at)}: ${key}${problem.message}`;
}

/** Sections that the hub's shared files hold for the hub alone. */
const HUB_ONLY: readonly string[] = ["hub"];

/** `version` and `mode`, which stand before all sections. */
interface Head {
  readonly mode: ConfigMode | null;
  readonly at: Place | null;
}

interface Layer {
  readonly head: Head;
  /** All but the head. */
  readonly body: SourceNode;
  readonly problems: readonly ConfigProblem[];
  /** A hub's file, read for one of its repos. */
  readonly shared: boolean;
}

async function readLayers(source: ConfigSource): Promise<readonly Layer[]> {
  const own = hubPaths(source.root);
  const { hubRoot = await findHubAbove(source.root) } = source;
  const files = [
    ...(hubRoot === null || hubRoot === source.root ? [] : sharedFiles(hubRoot)),
    { path: own.sharedConfig, shared: false },
    { path: own.sharedOverride, shared: false },
    { path: own.config, shared: false },
  ];
  const layers: Layer[] = [];
  for (const { path, shared } of files) {
    const name = shared ? path : path.slice(source.root.replace(/\/+$/, "").length + 1);
    const layer = await readLayer(path, name, shared);
    if (layer !== null) layers.push(layer);
  }
  return layers;
}

function sharedFiles(hubRoot: string) {
  const hub = hubPaths(hubRoot);
  return [{ path: hub.sharedConfig, shared: true }, { path: hub.sharedOverride, shared: true }];
}

async function readLayer(path: string, name: string, shared: boolean): Promise<Layer | null> {
  try {
    const { text } = await readTextStrict(path, { maxBytes: CONFIG_BYTES_MAX });
    return layerOf(text, name, shared);
  } catch (thrown) {
    if (!(thrown instanceof CarError) || thrown.code === "unavailable") throw thrown;
    if (thrown.code === "not_found") return null;
    const at: Place = { type: "file", file: name, line: 1 };
    const problems = [{ at, key: null, message: thrown.message }];
    return {
      head: { mode: null, at: null },
      body: { type: "value", at, value: null },
      problems,
      shared,
    };
  }
}

function layerOf(text: string, file: string, shared: boolean): Layer {
  const { root, problems } = parseConfig(text, file);
  const at: Place = { type: "file", file, line: 1 };
  const body = root ?? { type: "value", at, value: null };
  const found = [...problems];
  const head = headOf(body, found);
  return {
    head: shared ? { mode: null, at: null } : head,
    body: without(body, ["version", "mode"]),
    problems: found,
    shared,
  };
}

function headOf(body: SourceNode, problems: ConfigProblem[]): Head {
  let head: Head = { mode: null, at: null };
  if (body.type !== "map") return head;
  for (const { name, node } of body.entries) {
    const found = plain(node);
    if (name === "version" && found !== CONFIG_VERSION) {
      const message = `Found ${JSON.stringify(found)}; allowed: ${CONFIG_VERSION}.`;
      problems.push({ at: node.at, key: name, message });
    }
    if (name !== "mode") continue;
    const mode = CONFIG_MODES.find((it) => it === found);
    if (mode !== undefined) head = { mode, at: node.at };
    else {
      const message = `Found ${JSON.stringify(found)}; allowed: ${CONFIG_MODES.join(", ")}.`;
      problems.push({ at: node.at, key: name, message });
    }
  }
  return head;
}

function without(node: SourceNode, names: readonly string[]): SourceNode {
  if (node.type !== "map") return node;
  return { ...node, entries: node.entries.filter((entry) => !names.includes(entry.name)) };
}

/** One environment serves hub and repos: what is the hub's alone is no mistake in a repo. */
function envFor(mode: ConfigMode, env: ConfigSource["env"]): ConfigSource["env"] {
  if (mode === "hub") return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("CAR_HUB__")));
}

function addBrokenRules(decoding: Decoding, config: Config): void {
  for (const { key, message } of brokenRules(config)) {
    // A rule broken by a built-in value was broken by another key, which has its own problem.
    const at = decoding.origins.get(key) ?? [...decoding.origins.values()].at(-1);
    if (at !== undefined) decoding.problems.push({ at, key, message });
  }
}
