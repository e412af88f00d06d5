/** OpenCode as an agent of one repo: one server at a time, started on demand, and its sessions. */

import { CarError } from "../../base/errors.ts";
import { type ThreadId, threadId } from "../../engine/ids.ts";
import type { Agent, AgentFacts, AgentThread, OpenOptions } from "../../engine/ports.ts";
import { MARKERS } from "../process/environment.ts";
import { locateOpenCode } from "./locate.ts";
import { chooseModel, hasOwnProvider, modelNames } from "./models.ts";
import { POSTURE_WORDS, POSTURES } from "./posture.ts";
import { type OpenCodeRoom, SERVER_ONLY, spawnServer } from "./program.ts";
import type { Provider, Rule, Session } from "./protocol.ts";
import { isMissing, OpenCodeServer } from "./server.ts";
import { OpenCodeThread } from "./thread.ts";

export const INSTALL_HINT =
  "Install it with `npm install -g opencode-ai`, or set agents.opencode.command in the config.";

export interface OpenCodeOptions {
  /** Absolute. */
  readonly repo: string;
  /** A folder of this agent's own, absolute; made when it is missing. */
  readonly folder: string;
  /** The configured command line, or null to look for OpenCode. */
  readonly command: readonly string[] | null;
  /** Environment for OpenCode and its commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of CAR's own environment that OpenCode and its commands may see. */
  readonly inherit: readonly string[];
  /** The PATH to look on. */
  readonly path: string;
  /** Folders to look in after the PATH. */
  readonly installFolders: readonly string[];
  /** The room starts agents where this machine's files are not. */
  readonly elsewhere?: boolean;
  /** Where commands may leave temporary files; OpenCode itself gets a folder of its own. */
  readonly temp: string;
  /** How long a start may take. */
  readonly startMs: number;
  /** Whether sessions may be published. */
  readonly share: boolean;
  readonly room: OpenCodeRoom;
  /** Takes what belongs to no turn, one line each. */
  readonly log: (text: string) => void;
}

export class OpenCodeAgent implements Agent {
  readonly kind = "opencode";
  readonly postures = POSTURE_WORDS;
  readonly #options: OpenCodeOptions;
  #running: Promise<OpenCodeServer> | null = null;

  constructor(options: OpenCodeOptions) {
    this.#options = options;
  }

  async facts(): Promise<AgentFacts> {
    const argv = await locateOpenCode(this.#options);
    if (argv === undefined) {
      return { found: false, path: null, version: null, login: "unknown", hint: INSTALL_HINT };
    }
    const path = argv[0];
    try {
      const server = await this.#server();
      const isReady = hasOwnProvider(await providersOf(server));
      const login = isReady ? "logged in" : "no login";
      const hint = isReady ? "" : "Run `opencode auth login`.";
      return { found: true, path, version: server.version, login, hint };
    } catch (thrown) {
      const hint = thrown instanceof Error ? thrown.message : String(thrown);
      return { found: true, path, version: null, login: "unknown", hint };
    }
  }

  /**
   * The models that can be used now, as `provider/model`.
   * @throws {CarError} `unavailable` when OpenCode is missing or does not start.
   */
  async models(): Promise<readonly string[]> {
    return modelNames(await providersOf(await this.#server()));
  }

  async open(options: OpenOptions): Promise<AgentThread> {
    const server = await this.#server();
    const [providers, config] = await Promise.all([
      providersOf(server),
      server.call({ method: "GET", path: "/config" }, "config"),
    ]);
    const model = chooseModel(options.model, config.model, providers);
    const session = options.resume === null
      ? await this.#create(server, options)
      : await this.#resume(server, options.resume, options);
    return new OpenCodeThread(
      {
        commandEnv: this.#commandEnv(),
        server: () => this.#server(),
        sweep: async (turn) => void await this.#options.room.sweepTurn(turn),
      },
      options,
      { id: session.id, model, providers },
    );
  }

  async fork({ resume }: OpenOptions): Promise<ThreadId> {
    const server = await this.#server();
    const path = `/session/${encodeURIComponent(resume ?? "")}/fork`;
    return threadId((await server.call({ method: "POST", path, body: {} }, "session")).id);
  }

  async close(): Promise<void> {
    await this.#end((server) => server.stop());
  }

  async kill(): Promise<void> {
    await this.#end((server) => server.kill());
  }

  async #end(end: (server: OpenCodeServer) => Promise<void>): Promise<void> {
    const running = this.#running;
    this.#running = null;
    // One that did not start has ended by itself.
    await running?.then(end, () => {});
  }

  /** What commands get besides the turn's own; the server's password is none of their business. */
  #commandEnv(): Readonly<Record<string, string>> {
    const { room, temp } = this.#options;
    const hidden = Object.fromEntries(SERVER_ONLY.map((name) => [name, ""]));
    return { ...hidden, TMPDIR: temp, [MARKERS.owner]: room.owner, [MARKERS.root]: room.root };
  }

  /** A title saves the call of a model that would invent one. */
  async #create(server: OpenCodeServer, { title, posture }: OpenOptions): Promise<Session> {
    const body = { title, permission: POSTURES[posture].rules };
    return await server.call({ method: "POST", path: "/session", body }, "session");
  }

  /** @throws {CarError} `not_found` when OpenCode has no such session of this repo. */
  async #resume(server: OpenCodeServer, id: string, { posture }: OpenOptions): Promise<Session> {
    const path = `/session/${encodeURIComponent(id)}`;
    const session = await server.call({ method: "GET", path }, "session").catch((thrown) => {
      if (isMissing(thrown)) return null;
      throw thrown;
    });
    if (session === null || session.directory !== this.#options.repo) {
      throw new CarError("not_found", `OpenCode has no session "${id}" of this repo`, {
        hint: "It was deleted, or lies in another OpenCode data folder; a new one is needed.",
      });
    }
    const permission = POSTURES[posture].rules;
    // New rules are added behind those of the session, and the last match counts.
    if (endsWith(session.permission ?? [], permission)) return session;
    return await server.call({ method: "PATCH", path, body: { permission } }, "session");
  }

  /** The running server; a new one when it has ended. */
  async #server(): Promise<OpenCodeServer> {
    const known = this.#running;
    if (known !== null) {
      const server = await known.catch(() => undefined);
      if (server?.isAlive) return server;
      if (this.#running === known) this.#running = null;
      return await this.#server();
    }
    const starting = this.#start();
    this.#running = starting;
    starting.catch(() => {});
    return await starting;
  }

  async #start(): Promise<OpenCodeServer> {
    const { room, startMs, log } = this.#options;
    const argv = await locateOpenCode(this.#options);
    if (argv === undefined) {
      throw new CarError("unavailable", "Cannot find the OpenCode program", {
        hint: INSTALL_HINT,
      });
    }
    const program = await spawnServer(room, { ...this.#options, argv });
    return await OpenCodeServer.greet(program, startMs, log);
  }
}

async function providersOf(server: OpenCodeServer): Promise<readonly Provider[]> {
  return (await server.call({ method: "GET", path: "/config/providers" }, "providers")).providers;
}

const ruleText = ({ permission, pattern, action }: Rule): string =>
  [permission, pattern, action].join("\n");

function endsWith(rules: readonly Rule[], end: readonly Rule[]): boolean {
  const tail = rules.slice(rules.length - end.length);
  return tail.length === end.length &&
    tail.every((rule, at) => ruleText(rule) === ruleText(end[at] ?? rule));
}
