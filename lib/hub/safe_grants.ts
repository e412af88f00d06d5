/** What CAR needs to work one repo or hub, and nothing else: the permissions behind --safe. */

import { ENGINE_INHERITED } from "../adapters/container/engine.ts";
import { CODEX_INHERITED } from "../adapters/codex/program.ts";
import { isHarmless } from "../adapters/process/environment.ts";
import { GIT_INHERITED } from "../adapters/git/program.ts";
import { locate } from "../adapters/git/repository.ts";
import type { Grants } from "../base/permissions.ts";
import { type Config, inspectConfig, type RepoConfig } from "../control/config.ts";
import { approvalFolder, FOLDER_MODE as APPROVALS_MODE } from "../control/approvals.ts";
import { ensureDir } from "../control/files.ts";
import { findHubAbove, type FoundRoot, hubPaths, repoPaths } from "../control/roots.ts";
import { addressesOf } from "./access/doors.ts";
import { agentPrograms, named, SHELL } from "./agent_programs.ts";

export interface SafePlace {
  /** The folder a person stands in or named, absolute. */
  readonly from: string;
  readonly found: FoundRoot;
  /** CAR's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the command is the one by which a person approves: it writes what was approved. */
  readonly approves: boolean;
  /** What the command line says in place of `server.host` and `server.port`; null as the config has it. */
  readonly listens?: { readonly host: string | null; readonly port: number | null };
}

/** How full the disk is, for `car doctor`. */
const SYSTEM_FACTS: readonly string[] = ["statfs"];

type Environment = Readonly<Record<string, string>>;

/** @throws {CarError} `unavailable` when the config may not be read. */
export async function safeGrants(place: SafePlace): Promise<Grants> {
  const { from, found, environment } = place;
  const root = found.type === "none" ? from : found.root;
  const { config } = await inspectConfig({ root, env: environment });
  const programs = await programsOf(config, environment);
  const approvals = approvalFolder(environment);
  const own = approvals === null ? [] : [approvals];
  // Made now: the folder above it may not be written later.
  if (place.approves && approvals !== null) await ensureDir(approvals, APPROVALS_MODE);
  return {
    read: unique([
      root,
      from,
      ...await gitFolders(root),
      ...await hubFiles(root),
      ...programs.flatMap((it) => it.looksAt),
      ...own,
    ]),
    write: unique([...await stateFolders(root, config), ...(place.approves ? own : [])]),
    net: unique(netOf(config, place)),
    run: unique(programs.map((it) => it.path)),
    env: namesOf(config, environment),
    sys: SYSTEM_FACTS,
    ffi: [],
    import: [],
  };
}

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)];

/** A hub configures agents with the same keys as a repo. */
const asRepo = (config: Config): RepoConfig => ({ ...config, mode: "repo" });

/** Git, the shell of the lifeline and the checks, and the agents' programs. */
async function programsOf(config: Config, environment: Environment) {
  const own = await Promise.all(
    [SHELL, "sh", "git"].map((program) => named(program, environment)),
  );
  return [
    ...own.filter((it) => it !== null),
    ...await agentPrograms({ config: asRepo(config), environment }),
  ];
}

/** In a linked worktree git's own folder lies elsewhere. */
async function gitFolders(root: string): Promise<readonly string[]> {
  const located = await locate(root);
  if (located.kind !== "repository") return [];
  return [located.repository.gitDir, located.repository.commonDir];
}

/** The hub above a repo gives it defaults. */
async function hubFiles(root: string): Promise<readonly string[]> {
  const above = await findHubAbove(root);
  if (above === null) return [];
  const { config, sharedConfig, sharedOverride } = hubPaths(above);
  return [config, sharedConfig, sharedOverride];
}

/** A repo's own state; a hub's, its worktrees, and the state of its repos, one level below. */
async function stateFolders(root: string, config: Config): Promise<readonly string[]> {
  const own = repoPaths(root).state;
  if (config.mode !== "hub") return [own];
  const repos: string[] = [];
  const folder = inside(root, config.hub.repos_root);
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name, isDirectory } of entries) {
    if (isDirectory && !name.startsWith(".")) repos.push(repoPaths(`${folder}/${name}`).state);
  }
  return [own, inside(root, config.hub.worktrees_root), ...repos];
}

const inside = (root: string, path: string): string =>
  path.startsWith("/") ? path : path === "." ? root : `${root}/${path}`;

/** The page's own address, and the services that are switched on and have what they need. */
function netOf(config: Config, { environment, listens }: SafePlace): readonly string[] {
  const { server, opencode, voice, github, notify, telegram, discord } = config;
  const has = (name: string) => (environment[name] ?? "") !== "";
  const services: readonly (readonly [boolean, string | null])[] = [
    [true, opencode.base_url],
    [voice.enabled && has(voice.api_key_env), voice.base_url],
    [github.enabled && has(github.token_env), github.base_url],
    [notify.enabled, notify.webhook_url],
    [notify.enabled, environment[notify.discord_webhook_env] ?? null],
    [telegram.enabled, telegram.base_url],
    [discord.enabled, discord.base_url],
    [discord.enabled, discord.gateway_url],
  ];
  const [host, port] = [listens?.host ?? server.host, listens?.port ?? server.port];
  const addresses = addressesOf(host).map((it) => it.includes(":") ? `[${it}]` : it);
  return [
    ...addresses.map((it) => port === 0 ? it : `${it}:${port}`),
    ...services.flatMap(([wanted, url]) => wanted && url !== null ? addressOf(url) : []),
  ];
}

const PORTS: Readonly<Record<string, string>> = {
  "http:": "80",
  "ws:": "80",
  "https:": "443",
  "wss:": "443",
};

function addressOf(text: string): readonly string[] {
  if (!URL.canParse(text)) return [];
  const { hostname, port, protocol } = new URL(text);
  return [`${hostname}:${port || PORTS[protocol] || "443"}`];
}

/** Names of variables CAR itself looks at, by the code that does. */
const OWN_NAMES: readonly string[] = ["NO_COLOR", "EDITOR", "VISUAL", "COLUMNS"];
const OWN_PREFIX = "CAR_";

/** Of the variables there are: CAR's own, what children always get, and what the config names. */
function namesOf(config: Config, environment: Environment): readonly string[] {
  const listed = new Set<string>([
    ...OWN_NAMES,
    ...GIT_INHERITED,
    ...CODEX_INHERITED,
    ...Object.values(config.agents).flatMap((agent) => agent.pass_env),
    ...(config.destination.kind === "container" ? ENGINE_INHERITED : []),
    ...config.destination.env,
    ...[config.voice.api_key_env, config.github.token_env, config.opencode.password_env],
    ...[config.telegram.bot_token_env, config.discord.bot_token_env],
    config.notify.discord_webhook_env,
  ]);
  return Object.keys(environment).filter((name) =>
    name.startsWith(OWN_PREFIX) || isHarmless(name) || listed.has(name)
  ).sort();
}
