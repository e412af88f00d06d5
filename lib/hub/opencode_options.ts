/** What the config says of an agent of kind `opencode`, as its adapter wants it. */

import type { OpenCodeOptions } from "../adapters/opencode/agent.ts";
import type { ProcessRoom } from "../adapters/process/room.ts";
import type { RepoConfig } from "../control/config.ts";
import { STATE_FOLDER } from "../control/roots.ts";
import { installFolders } from "./codex_places.ts";

interface Given {
  readonly root: string;
  readonly config: RepoConfig;
  readonly room: ProcessRoom;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (agent: string, text: string) => void;
}

const SECOND_MS = 1000;
const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

export function openCodeOptions(name: string, given: Given): OpenCodeOptions {
  const { config, environment, root, room } = given;
  const agent = config.agents[name];
  const home = environment["HOME"];
  return {
    repo: root,
    folder: `${root}/${STATE_FOLDER}/agents/${name}`,
    command: agent?.command ?? config.opencode.command,
    env: agent?.env ?? {},
    inherit: agent?.pass_env ?? [],
    path: environment["PATH"] ?? PATH_FALLBACK,
    installFolders: [
      // Where OpenCode's own installer puts it.
      ...(home === undefined ? [] : [`${home}/.opencode/bin`]),
      ...installFolders(environment),
    ],
    temp: environment["TMPDIR"] ?? "/tmp",
    startMs: config.opencode.start_seconds * SECOND_MS,
    share: config.opencode.share,
    room,
    log: (text) => given.log(name, text),
  };
}
