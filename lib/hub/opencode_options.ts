/** What the config says of an agent of kind `opencode`, as its adapter wants it. */

import type { OpenCodeOptions } from "../adapters/opencode/agent.ts";
import type { ProcessRoom } from "../adapters/process/room.ts";
import { CarError } from "../base/errors.ts";
import type { RepoConfig } from "../control/config.ts";
import type { ContainerDestination } from "../control/destination.ts";
import { STATE_FOLDER } from "../control/roots.ts";
import { installFolders } from "./codex_places.ts";

interface Given {
  readonly root: string;
  readonly config: RepoConfig;
  readonly room: ProcessRoom;
  readonly environment: Readonly<Record<string, string>>;
  readonly container?: ContainerDestination | null;
  readonly log: (agent: string, text: string) => void;
}

const SECOND_MS = 1000;
const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

/** @throws {CarError} `unavailable` in a container whose ports cannot be reached. */
export function openCodeOptions(name: string, given: Given): OpenCodeOptions {
  const { config, environment, root, room, container = null } = given;
  if (container !== null && container.network !== "host") throw unreachable(name);
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
    elsewhere: container !== null,
    temp: container === null ? environment["TMPDIR"] ?? "/tmp" : "/tmp",
    startMs: config.opencode.start_seconds * SECOND_MS,
    share: config.opencode.share,
    room,
    log: (text) => given.log(name, text),
  };
}

const unreachable = (name: string): CarError =>
  new CarError("unavailable", `The agent "${name}" serves on a port inside of its container`, {
    hint: "CAR talks to agents of kind opencode over loopback: set destination.network to host, " +
      "or use opencode as an agent of kind acp.",
  });
