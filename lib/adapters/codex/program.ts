/** Spawns the Codex app-server through the process room, with CAR's switches and a clean environment. */

import { visible } from "../../base/display.ts";
import type { Child, SpawnSpec } from "../process/child.ts";
import { describeExit } from "../process/child.ts";
import type { ProcessRoom } from "../process/room.ts";
import type { CodexCommand } from "./locate.ts";
import type { Program } from "./server.ts";

/** What this adapter needs of the process room. */
export type CodexRoom = Pick<ProcessRoom, "spawn" | "sweepTurn" | "owner" | "root">;

/** Names of CAR's own environment that Codex needs beside the room's base: its home and the way out. */
export const CODEX_INHERITED = [
  "CODEX_HOME",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CODEX_CA_CERTIFICATE",
];

/** How much of stderr is told with an end: its last lines say why. */
const LAST_WORDS_CHARS = 2_000;

const toml = (text: string): string => JSON.stringify(text);

/** Switches that a person's own configuration must not undo, each with the reason it is there. */
function overrides(repo: string): string[] {
  return [
    // Without it a turn waits for the network for ever.
    "features.unbounded_connection_retries=false",
    // Agents of the agent go on after its turn has ended.
    "agents.enabled=false",
    // A trusted repo's own configuration may start programs, outside any sandbox.
    `projects={${toml(repo)}={trust_level="untrusted"}}`,
    "check_for_update_on_startup=false",
    "analytics.enabled=false",
  ].flatMap((override) => ["-c", override]);
}

export interface SpawnOptions {
  readonly command: CodexCommand;
  /** Absolute. */
  readonly repo: string;
  /** Codex's own name for a set of settings, or null. */
  readonly profile: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Further names of CAR's environment that the agent may see. */
  readonly inherit: readonly string[];
}

function lastWords(stderr: string): string {
  const text = visible(stderr).trim().slice(-LAST_WORDS_CHARS);
  return text === "" ? "." : `:\n${text}`;
}

/** The command line up to the subcommand, e.g. of `exec` as well. */
export function codexArgv(options: SpawnOptions): readonly [string, ...string[]] {
  const profile = options.profile === null ? [] : ["--profile", options.profile];
  return [...options.command.argv, ...profile, ...overrides(options.repo)];
}

export function spawnSpec(options: SpawnOptions, subcommand: readonly string[]): SpawnSpec {
  return {
    argv: [...codexArgv(options), ...subcommand],
    cwd: options.repo,
    env: options.env,
    inherit: [...CODEX_INHERITED, ...options.inherit],
    stdin: "piped",
    purpose: "agent",
  };
}

/** How a process of Codex ended, with its last words. */
export async function endOf(child: Child): Promise<string> {
  const exit = await child.exit;
  return `${describeExit(exit)}${lastWords(exit.stderrTail)}`;
}

/** @throws {CarError} what the room throws when the program cannot be started. */
export function spawnAppServer(room: CodexRoom, options: SpawnOptions): Program {
  const child = room.spawn(spawnSpec(options, ["app-server"]));
  return {
    lines: child.lines(),
    write: (line) => child.write(`${line}\n`),
    ended: endOf(child),
    // Codex ends by itself within milliseconds when its stdin does.
    stop: async () => void await child.stop(() => child.closeStdin()),
    kill: () => child.kill(),
  };
}
