/** Codex as an agent of one repo: one app-server at a time, started on demand, and its threads. */

import { CarError } from "../../base/errors.ts";
import { type ThreadId, threadId } from "../../engine/ids.ts";
import type { Agent, AgentFacts, AgentThread, OpenOptions } from "../../engine/ports.ts";
import { MARKERS } from "../process/environment.ts";
import { readInstructions } from "./instructions.ts";
import { type CodexCommand, locateCodex } from "./locate.ts";
import { modelsOf } from "./models.ts";
import { POSTURE_WORDS, POSTURES } from "./posture.ts";
import { type CodexRoom, spawnAppServer } from "./program.ts";
import { CodexServer } from "./server.ts";
import { CodexThread, requireThread } from "./thread.ts";

/** A probe that takes longer than this has failed; it takes 80 ms. */
const PROBE_MS = 5_000;
const PROTOCOL = "app-server";
export const INSTALL_HINT =
  "Install it with `npm install -g @openai/codex`, or set agents.codex.command in the config.";

export interface CodexOptions {
  /** Absolute. */
  readonly repo: string;
  /** The configured command line, or null to look for Codex. */
  readonly command: readonly string[] | null;
  /** Environment for Codex and its commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of CAR's own environment that Codex and its commands may see. */
  readonly inherit: readonly string[];
  /** The PATH to look on. */
  readonly path: string;
  /** Arguments of `codex exec` alone. */
  readonly execArgs?: readonly string[];
  /** Folders to look in after the PATH. */
  readonly installFolders: readonly string[];
  /** The room starts agents where this machine's files are not. */
  readonly elsewhere?: boolean;
  /** CAR's version, told to Codex. */
  readonly version: string;
  readonly room: CodexRoom;
  /** Takes what belongs to no turn, one line each. */
  readonly log: (text: string) => void;
}

export class CodexAgent implements Agent {
  readonly kind = "codex";
  readonly postures = POSTURE_WORDS;
  readonly #options: CodexOptions;
  /** By profile: Codex takes its profile only on the command line. */
  readonly #servers = new Map<string, Promise<CodexServer>>();

  constructor(options: CodexOptions) {
    this.#options = options;
  }

  async facts(): Promise<AgentFacts> {
    const command = await this.#locate();
    if (command === undefined) {
      return { found: false, path: null, version: null, login: "unknown", hint: INSTALL_HINT };
    }
    const path = command.argv[0];
    try {
      const server = await this.#server(null);
      const { account, requiresOpenaiAuth } = await server.call("account/read", {});
      const without = requiresOpenaiAuth ? "no login" : "needs none";
      const login = account === null || account === undefined ? without : "logged in";
      const hint = login === "no login" ? "Run `codex login`." : "";
      return { found: true, path, version: server.version, protocol: PROTOCOL, login, hint };
    } catch (thrown) {
      const hint = thrown instanceof Error ? thrown.message : String(thrown);
      return { found: true, path, version: null, protocol: PROTOCOL, login: "unknown", hint };
    }
  }

  async models(profile: string | null): Promise<readonly string[] | null> {
    return await modelsOf(await this.#server(profile), this.#options.repo);
  }

  /** Starts the program ahead of the first thread. @throws {CarError} `unavailable` when it does not start. */
  async start(profile: string | null): Promise<void> {
    await this.#server(profile);
  }

  /** @throws {CarError} `not_found` also for a thread to resume that Codex cannot read. */
  async open(options: OpenOptions): Promise<AgentThread> {
    const server = await this.#server(options.profile);
    await this.#probe(server, options);
    if (options.resume !== null) await requireThread(server, options.resume);
    const { repo, room } = this.#options;
    return new CodexThread({
      repo,
      marks: { [MARKERS.owner]: room.owner, [MARKERS.root]: room.root },
      server: () => this.#server(options.profile),
      instructions: () => readInstructions(repo),
      sweep: async (turn) => void await room.sweepTurn(turn),
    }, options);
  }

  async fork({ resume, profile }: OpenOptions): Promise<ThreadId> {
    const server = await this.#server(profile);
    const { thread } = await server.call("thread/fork", { threadId: resume ?? "" });
    // Let go, so that its first turn loads it with an environment of its own.
    await server.call("thread/unsubscribe", { threadId: thread.id });
    return threadId(thread.id);
  }

  async close(): Promise<void> {
    await this.#end((server) => server.stop());
  }

  async kill(): Promise<void> {
    await this.#end((server) => server.kill());
  }

  async #end(end: (server: CodexServer) => Promise<void>): Promise<void> {
    const servers = [...this.#servers.values()];
    this.#servers.clear();
    // One that did not start has ended by itself.
    await Promise.all(servers.map((server) => server.then(end, () => {})));
  }

  #locate(): Promise<CodexCommand | undefined> {
    return locateCodex(this.#options);
  }

  /** The running server of a profile; a new one when it has ended. */
  async #server(profile: string | null): Promise<CodexServer> {
    const key = profile ?? "";
    const known = this.#servers.get(key);
    if (known !== undefined) {
      const server = await known.catch(() => undefined);
      if (server?.isAlive) return server;
      if (this.#servers.get(key) === known) this.#servers.delete(key);
      return await this.#server(profile);
    }
    const starting = this.#start(profile);
    this.#servers.set(key, starting);
    starting.catch(() => {});
    return await starting;
  }

  async #start(profile: string | null): Promise<CodexServer> {
    const { room, repo, env, inherit, version, log } = this.#options;
    const command = await this.#locate();
    if (command === undefined) {
      throw new CarError("unavailable", "Cannot find the Codex program", { hint: INSTALL_HINT });
    }
    const program = spawnAppServer(room, { command, repo, profile, env, inherit });
    return await CodexServer.greet(program, version, log);
  }

  /** A sandbox that does not work makes every command fail while the turn completes: refuse it before. */
  async #probe(server: CodexServer, { posture }: OpenOptions): Promise<void> {
    const sandboxPolicy = POSTURES[posture].probe;
    if (sandboxPolicy === null) return;
    const command = ["/bin/sh", "-c", "true"];
    const cwd = this.#options.repo;
    const answer = await server.call("command/exec", {
      command,
      cwd,
      sandboxPolicy,
      timeoutMs: PROBE_MS,
    });
    if (answer.exitCode === 0) return;
    throw new CarError(
      "unavailable",
      `The sandbox of the posture "${posture}" does not work here: ${answer.stderr.trim()}`,
      {
        hint: "Allow user namespaces on this machine, or choose the posture `yolo`, " +
          "which runs commands without a sandbox.",
      },
    );
  }
}
