/** Spawns an ACP agent through the process room, marked with its turn and in a clean environment. */

import { isAbsolute, join } from "node:path";
import { visible } from "../../base/display.ts";
import type { Posture } from "../../engine/ports.ts";
import { type Child, describeExit } from "../process/child.ts";
import type { ProcessRoom } from "../process/room.ts";
import type { AcpPreset } from "./presets.ts";

/** What this adapter needs of the process room. */
export type AcpRoom = Pick<ProcessRoom, "spawn" | "sweepTurn">;

/** The program as its connection needs it: lines in and out, and an end. */
export interface Program {
  readonly lines: AsyncIterable<string>;
  write(line: string): Promise<void>;
  /** Resolves, never rejects, when it has ended: how, and its last words. */
  readonly ended: Promise<string>;
  /** Ends it politely, then by force, and all it started; resolves in bounded time. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Names of CAR's own environment every agent needs beside the room's base: the way out. */
const INHERITED = [
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
  "NODE_EXTRA_CA_CERTS",
];

/**
 * Its turn is over when it is stopped: one that ends with its stdin does so within a second or so, or
 * else late or never, and TERM is what every agent knows.
 */
const STOP_TIMES = { politeMs: 2_000, termMs: 3_000 };

/** How much of stderr is told with an end: its last lines say why. */
const LAST_WORDS_CHARS = 2_000;

function lastWords(stderr: string): string {
  const text = visible(stderr).trim().slice(-LAST_WORDS_CHARS);
  return text === "" ? "." : `:\n${text}`;
}

async function endOf(child: Child): Promise<string> {
  const exit = await child.exit;
  return `${describeExit(exit)}${lastWords(exit.stderrTail)}`;
}

export interface SpawnOptions {
  readonly preset: AcpPreset;
  /** The found program and its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly posture: Posture;
  /** Absolute. */
  readonly repo: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inherit: readonly string[];
  /** What the agent's commands shall find, and the turn they are marked with. */
  readonly turn?: { readonly id: string; readonly env: Readonly<Record<string, string>> };
}

/** @throws {CarError} what the room throws when the program cannot be started. */
export function spawnAgent(room: AcpRoom, options: SpawnOptions): Program {
  const { preset, argv, repo, turn } = options;
  const row = preset.postures[options.posture] ?? {};
  const secret = preset.secretEnv === undefined ? {} : { [preset.secretEnv]: crypto.randomUUID() };
  const child = room.spawn({
    argv: [...argv, ...(row.args ?? [])],
    cwd: repo,
    env: { ...preset.env, ...secret, ...row.env, ...options.env, ...turn?.env },
    inherit: [...INHERITED, ...(preset.inherit ?? []), ...options.inherit],
    stdin: "piped",
    purpose: "agent",
    ...(turn === undefined ? {} : { turnId: turn.id, runId: turn.env["CAR_RUN_ID"] }),
  });
  const polite = preset.isDeafToEof ? undefined : () => child.closeStdin();
  return {
    lines: child.lines(),
    write: (line) => child.write(`${line}\n`),
    ended: endOf(child),
    stop: async () => void await child.stop(polite, STOP_TIMES),
    kill: () => child.kill(),
  };
}

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/**
 * The command with its program as a path, or undefined when it is not there.
 * @param path null: it runs where this machine's files are not, and is taken as it is.
 */
export async function locateProgram(
  command: readonly [string, ...string[]],
  path: string | null,
): Promise<readonly [string, ...string[]] | undefined> {
  if (path === null) return command;
  const [program, ...args] = command;
  const folders = path.split(":").filter((folder) => isAbsolute(folder));
  const places = program.includes("/") ? [program] : folders.map((it) => join(it, program));
  for (const place of places) {
    if (await isProgram(place)) return [place, ...args];
  }
  return undefined;
}
