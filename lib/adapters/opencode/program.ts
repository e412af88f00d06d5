/** Starts `opencode serve` through the process room: loopback, a free port, a password of its own. */

import { pathToFileURL } from "node:url";
import { visible } from "../../base/display.ts";
import { CarError } from "../../base/errors.ts";
import { ensureDir, writeFileAtomic } from "../../control/files.ts";
import { type Child, describeExit } from "../process/child.ts";
import type { ProcessRoom } from "../process/room.ts";
import type { Address } from "./http.ts";
import type { Argv } from "./locate.ts";
import { PLUGIN } from "./turn_env.ts";

/** What this adapter needs of the process room. */
export type OpenCodeRoom = Pick<ProcessRoom, "spawn" | "sweepTurn" | "owner" | "root">;

/** Names of CAR's own environment that OpenCode needs beside the room's base: its files and the way out. */
const INHERITED = [
  "OPENCODE_CONFIG",
  "OPENCODE_CONFIG_DIR",
  "OPENCODE_DB",
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

/** Switches, each with the reason it is there. A person's `agents.NAME.env` may undo them. */
const SWITCHES = {
  // The catalogue of models comes with the program; without this it is fetched at the start and hourly.
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  // The program must not change under a run.
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  // Language servers would be fetched in the middle of a turn.
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  // A repo's own configuration may start programs; OpenCode would also write into it.
  OPENCODE_DISABLE_PROJECT_CONFIG: "1",
};

/** What only the server shall know, taken out of its commands' environment. */
export const SERVER_ONLY = ["OPENCODE_SERVER_PASSWORD", "OPENCODE_CONFIG_CONTENT"] as const;
const CONFIG = "OPENCODE_CONFIG_CONTENT";

const USERNAME = "opencode";
const LISTENING = /listening on http:\/\/([\d.]+):(\d+)/;
/** How much of stderr is told with an end: its last lines say why. */
const LAST_WORDS_CHARS = 2_000;
const PRIVATE = 0o700;

export interface SpawnOptions {
  readonly argv: Argv;
  /** Absolute. */
  readonly repo: string;
  /** A folder of this agent's own, absolute: it holds CAR's plugin and what the program leaves. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Further names of CAR's environment that the agent may see. */
  readonly inherit: readonly string[];
  /** Whether sessions may be published. */
  readonly share: boolean;
}

/** The program as the server needs it. */
export interface Program {
  /** Resolves when it listens; rejects when it ends before. */
  readonly address: Promise<Address>;
  /** Resolves, never rejects, when it has ended: how, and its last words. */
  readonly ended: Promise<string>;
  /** Ends it and all it started; resolves in bounded time. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Settings of CAR's that stand above those of a person's files, and below what the agent's env says. */
function configOf(options: SpawnOptions, plugin: string): string {
  const own = options.env[CONFIG];
  const theirs: unknown = own === undefined ? {} : JSON.parse(own);
  return JSON.stringify({
    autoupdate: false,
    share: options.share ? "manual" : "disabled",
    // CAR keeps the states of the tree itself.
    snapshot: false,
    // Read here, since with the project's configuration its words to agents are left out too.
    instructions: [`${options.repo}/AGENTS.md`],
    ...(typeof theirs === "object" ? theirs : {}),
    plugin: [pathToFileURL(plugin).href],
  });
}

/** The program leaves a library of some megabytes in its TMPDIR at each start: it gets one to throw away. */
async function prepare(folder: string): Promise<{ plugin: string; temp: string }> {
  const [plugin, temp] = [`${folder}/turn_env.js`, `${folder}/tmp`];
  await Deno.remove(temp, { recursive: true }).catch(() => {});
  await ensureDir(temp, PRIVATE);
  await writeFileAtomic(plugin, PLUGIN);
  return { plugin, temp };
}

function lastWords(stderr: string): string {
  const text = visible(stderr).trim().slice(-LAST_WORDS_CHARS);
  return text === "" ? "." : `:\n${text}`;
}

/** Reads all that is printed, so that the program never waits, and finds where it listens. */
async function addressIn(child: Child, login: Omit<Address, "host" | "port">): Promise<Address> {
  const { promise, resolve } = Promise.withResolvers<Address>();
  const reading = (async () => {
    for await (const line of child.lines()) {
      const [, host, port] = LISTENING.exec(line) ?? [];
      if (host !== undefined) resolve({ ...login, host, port: Number(port) });
    }
  })();
  const ended = reading.catch(() => {}).then(() => {
    throw new CarError("unavailable", "OpenCode ended before it listened");
  });
  return await Promise.race([promise, ended]);
}

/** @throws {CarError} what the room throws when the program cannot be started. */
export async function spawnServer(room: OpenCodeRoom, options: SpawnOptions): Promise<Program> {
  const { plugin, temp } = await prepare(options.folder);
  const password = crypto.randomUUID();
  const child = room.spawn({
    argv: [
      ...options.argv,
      "serve",
      ...["--hostname", "127.0.0.1", "--port", "0", "--print-logs", "--log-level", "WARN"],
    ],
    cwd: options.repo,
    env: {
      ...SWITCHES,
      ...options.env,
      TMPDIR: temp,
      OPENCODE_SERVER_USERNAME: USERNAME,
      OPENCODE_SERVER_PASSWORD: password,
      [CONFIG]: configOf(options, plugin),
    },
    inherit: [...INHERITED, ...options.inherit],
    purpose: "agent",
  });
  const clean = () => Deno.remove(temp, { recursive: true }).catch(() => {});
  const address = addressIn(child, { username: USERNAME, password, directory: options.repo });
  address.catch(() => {});
  return {
    address,
    ended: child.exit.then((exit) => `${describeExit(exit)}${lastWords(exit.stderrTail)}`),
    stop: async () => {
      await child.stop();
      await clean();
    },
    kill: async () => {
      await child.kill();
      await clean();
    },
  };
}
