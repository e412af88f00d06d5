/** Where the Codex program of an agent is looked for. */

import type { LocateOptions } from "../adapters/codex/locate.ts";
import type { RepoConfig } from "../control/config.ts";

type Environment = Readonly<Record<string, string>>;

const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

/**
 * @param agent Its own settings; those of all agents of its kind stand behind them.
 * @param elsewhere Agents run in a container: nothing is looked for on this machine.
 */
export function codexPlaces(
  agent: RepoConfig["agents"][string] | undefined,
  config: Pick<RepoConfig, "codex" | "app_server">,
  environment: Environment,
  elsewhere = false,
): LocateOptions {
  const shared = config.codex.binary === null ? null : [config.codex.binary];
  return {
    command: agent?.command ?? config.app_server.command ?? shared,
    path: environment["PATH"] ?? PATH_FALLBACK,
    installFolders: installFolders(environment),
    elsewhere,
  };
}

/** Where `npm install -g` and CAR's own cache put programs that are on no PATH. */
export function installFolders(environment: Environment): readonly string[] {
  const named = environment["CAR_AGENTS_DIR"];
  const home = environment["HOME"];
  return [
    ...(named === undefined ? [] : [named]),
    ...(home === undefined ? [] : [`${home}/.codex-autorunner/agents`, `${home}/.npm-global/lib`]),
    "/usr/local/lib",
    "/usr/lib",
  ];
}
