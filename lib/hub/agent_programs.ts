/** Where the programs of the configured agents are, and what CAR must be able to read to find them. */

import { presetFor } from "../adapters/acp/presets.ts";
import { ENGINE_KINDS } from "../adapters/container/engine.ts";
import { locateCodex } from "../adapters/codex/locate.ts";
import type { RepoConfig } from "../control/config.ts";
import type { AgentKind } from "./agents.ts";
import { codexPlaces } from "./codex_places.ts";

export interface AgentProgram {
  readonly agent: string;
  /** Absolute, as it will be started. */
  readonly path: string;
  /** What is looked at on the way to it. */
  readonly looksAt: readonly string[];
}

export interface ProgramSearch {
  readonly config: RepoConfig;
  /** CAR's own environment. */
  readonly environment: Readonly<Record<string, string>>;
}

type Agent = RepoConfig["agents"][string];
type Finder = (
  agent: Agent,
  search: ProgramSearch,
  name: string,
) => Promise<Omit<AgentProgram, "agent"> | null>;

const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";
export const SHELL = "/bin/sh";

/** One row a kind. */
const FINDERS: Readonly<Record<AgentKind, Finder>> = {
  codex: findCodex,
  opencode: ({ command }, { config, environment }) =>
    named((command ?? config.opencode.command)?.[0] ?? "opencode", environment),
  acp: ({ command }, { environment }, name) =>
    named(presetFor(name, command)?.command[0] ?? "", environment),
  shell: (_agent, { environment }) => named(SHELL, environment),
};

/** The programs of the configured agents that are installed; in containers, that of the engine. */
export async function agentPrograms(search: ProgramSearch): Promise<readonly AgentProgram[]> {
  const { destination } = search.config;
  if (destination.kind === "container") return await engineProgram(destination.engine, search);
  const found = await Promise.all(
    Object.entries(search.config.agents).map(async ([agent, settings]) => {
      const program = await FINDERS[settings.kind](settings, search, agent);
      return program === null ? [] : [{ agent, ...program }];
    }),
  );
  return found.flat();
}

async function engineProgram(
  wanted: RepoConfig["destination"]["engine"],
  { config, environment }: ProgramSearch,
): Promise<readonly AgentProgram[]> {
  const kinds = wanted === "auto" ? ENGINE_KINDS : [wanted];
  for (const kind of kinds) {
    const program = await named(kind, environment);
    if (program !== null) {
      return Object.keys(config.agents).map((agent) => ({ agent, ...program }));
    }
  }
  return [];
}

/** A program by path, or by name on PATH; null when there is none. */
export async function named(
  program: string,
  environment: Readonly<Record<string, string>>,
): Promise<Omit<AgentProgram, "agent"> | null> {
  if (program === "") return null;
  const folders = program.includes("/")
    ? [""]
    : pathOf(environment).filter((it) => it.startsWith("/")).map((folder) => `${folder}/`);
  for (const folder of folders) {
    const path = `${folder}${program}`;
    const real = await realProgram(path);
    if (real !== null) return { path, looksAt: [path, real] };
  }
  return null;
}

async function findCodex(agent: Agent, search: ProgramSearch) {
  const places = codexPlaces(agent, search.config, search.environment);
  const found = await locateCodex(places);
  const path = found?.argv[0];
  if (path === undefined) return null;
  const onPath = places.command === null ? await named("codex", search.environment) : null;
  const folder = places.installFolders.find((it) => path.startsWith(`${it}/`));
  const looksAt = [path, ...(onPath?.looksAt ?? []), ...(folder === undefined ? [] : [folder])];
  return { path, looksAt };
}

const pathOf = (environment: Readonly<Record<string, string>>): readonly string[] =>
  (environment["PATH"] ?? PATH_FALLBACK).split(":");

async function realProgram(path: string): Promise<string | null> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && ((mode ?? 0o111) & 0o111) !== 0 ? await Deno.realPath(path) : null;
  } catch {
    return null;
  }
}
