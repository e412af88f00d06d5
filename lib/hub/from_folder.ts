/** A config whose agents work in another folder than the one it stands in. */

import type { RepoConfig } from "../control/config.ts";

/**
 * The config with all programs and homes that it names from its own folder made absolute.
 * @param root The folder it stands in, absolute.
 */
export function fromFolder(config: RepoConfig, root: string): RepoConfig {
  const absolute = (path: string) => path.startsWith("/") ? path : `${root}/${path}`;
  const program = (command: readonly string[] | null) => {
    const [first, ...rest] = command ?? [];
    return first?.includes("/") ? [absolute(first), ...rest] : command;
  };
  const { agents, app_server, opencode, codex } = config;
  return {
    ...config,
    agents: Object.fromEntries(
      Object.entries(agents).map(([name, it]) => [name, { ...it, command: program(it.command) }]),
    ),
    app_server: {
      ...app_server,
      command: program(app_server.command),
      home: app_server.home === null ? null : absolute(app_server.home),
    },
    opencode: { ...opencode, command: program(opencode.command) },
    codex: {
      ...codex,
      binary: codex.binary?.includes("/") ? absolute(codex.binary) : codex.binary,
    },
  };
}
