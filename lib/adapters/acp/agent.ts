/** Any agent that speaks the Agent Client Protocol over stdio, as an agent of one repo. */

import { CarError } from "../../base/errors.ts";
import type {
  Agent,
  AgentFacts,
  AgentThread,
  OpenOptions,
  Posture,
  TurnInput,
} from "../../engine/ports.ts";
import { AcpConnection, type AgentInfo, INITIALIZE_MS } from "./connection.ts";
import { loginHint } from "./errors.ts";
import { type AcpPreset, postureWords, presetFor, PRESETS } from "./presets.ts";
import { type AcpRoom, locateProgram, spawnAgent } from "./program.ts";
import { AcpThread } from "./thread.ts";

const PROTOCOL = "ACP";

export interface AcpOptions {
  /** Its name in the config. */
  readonly name: string;
  /** Absolute. */
  readonly repo: string;
  /** The configured command line; null: that of the preset with the agent's name. */
  readonly command: readonly string[] | null;
  /** Arguments after those of the command. */
  readonly args: readonly string[];
  /** Environment for the agent and its commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of CAR's own environment that it may see. */
  readonly inherit: readonly string[];
  /** The session mode it is put in, unless a ticket's profile names another; null: the posture's. */
  readonly mode: string | null;
  /** The PATH to look on; null: the agent runs where this machine's files are not. */
  readonly path: string | null;
  /** CAR's version, told to the agent. */
  readonly version: string;
  readonly room: AcpRoom;
  /** Takes what belongs to no turn, one line each. */
  readonly log: (text: string) => void;
  /** How long it may take to answer its first message. */
  readonly initializeMs?: number;
}

export class AcpAgent implements Agent {
  readonly kind = "acp";
  readonly postures: Readonly<Record<Posture, string>>;
  readonly #options: AcpOptions;
  readonly #preset: AcpPreset | undefined;
  readonly #threads = new Set<AcpThread>();
  readonly #connections = new Set<AcpConnection>();
  /** What the last process said of itself. */
  #info: AgentInfo | null = null;

  constructor(options: AcpOptions) {
    this.#options = options;
    this.#preset = presetFor(options.name, options.command);
    this.postures = postureWords(this.#preset, options.mode);
  }

  async facts(): Promise<AgentFacts> {
    const preset = this.#preset;
    const argv = preset === undefined ? undefined : await this.#locate(preset);
    if (preset === undefined || argv === undefined) {
      const hint = this.#missing().hint ?? "";
      return {
        found: false,
        path: null,
        version: null,
        protocol: PROTOCOL,
        login: "unknown",
        hint,
      };
    }
    const path = argv[0];
    try {
      const connection = await this.#connect(preset, "yolo", null);
      await connection.stop();
      const { version, logins } = connection.info;
      const needsNone = logins.length === 0;
      const hint = needsNone ? "" : loginHint(logins);
      const login = needsNone ? "needs none" : "unknown";
      return { found: true, path, version, protocol: PROTOCOL, login, hint };
    } catch (thrown) {
      const hint = thrown instanceof Error ? thrown.message : String(thrown);
      return { found: true, path, version: null, protocol: PROTOCOL, login: "unknown", hint };
    }
  }

  async open(options: OpenOptions): Promise<AgentThread> {
    const preset = this.#preset;
    if (preset === undefined || await this.#locate(preset) === undefined) throw this.#missing();
    const mode = options.profile ?? this.#options.mode;
    const row = preset.postures[options.posture];
    // A mode that a person chose may well hold what the preset cannot promise.
    if (row === undefined && mode === null) throw this.#withoutPosture(preset, options);
    if (options.resume !== null) await this.#checkResume(preset, options);
    const { repo, room } = this.#options;
    const thread: AcpThread = new AcpThread(
      {
        repo,
        room,
        connect: (turn) => this.#connect(preset, options.posture, turn),
        closed: () => void this.#threads.delete(thread),
      },
      options,
      {
        model: options.model,
        reasoning: options.reasoning,
        mode,
        posture: options.posture,
        row: row ?? {},
      },
    );
    this.#threads.add(thread);
    return thread;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close()));
    await Promise.all([...this.#connections].map((connection) => connection.stop()));
    this.#connections.clear();
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.kill()));
    this.#connections.clear();
  }

  /** A caller that is refused here opens a new thread, and prompts it with all that it needs. */
  async #checkResume(preset: AcpPreset, { posture }: OpenOptions): Promise<void> {
    if (this.#info === null) await (await this.#connect(preset, posture, null)).stop();
    if (this.#info?.canLoad || this.#info?.canResume) return;
    throw new CarError("conflict", "This agent cannot take up an earlier session", {
      hint: "Open a new thread.",
    });
  }

  async #connect(
    preset: AcpPreset,
    posture: OpenOptions["posture"],
    turn: TurnInput | null,
  ): Promise<AcpConnection> {
    const argv = await this.#locate(preset);
    if (argv === undefined) throw this.#missing();
    const { room, repo, env, inherit, version, log, initializeMs } = this.#options;
    const marks = turn === null ? {} : { turn: { id: turn.turnId, env: turn.env } };
    const program = spawnAgent(room, { preset, argv, posture, repo, env, inherit, ...marks });
    const connection = await AcpConnection.greet(program, {
      version,
      offersClient: preset.offersNothing !== true,
      initializeMs: initializeMs ?? INITIALIZE_MS,
      log,
    });
    this.#info = connection.info;
    for (const old of this.#connections) if (!old.isAlive) this.#connections.delete(old);
    this.#connections.add(connection);
    return connection;
  }

  #locate(preset: AcpPreset): Promise<readonly [string, ...string[]] | undefined> {
    const { args, path } = this.#options;
    return locateProgram([...preset.command, ...args], path);
  }

  #missing(): CarError {
    const { name } = this.#options;
    if (this.#preset === undefined) {
      return new CarError("unavailable", `CAR does not know how to start the agent "${name}"`, {
        hint:
          `Set agents.${name}.command to a command that speaks ACP on stdin and stdout, or name ` +
          `the agent one of: ${Object.keys(PRESETS).join(", ")}.`,
      });
    }
    const program = this.#preset.command[0];
    return new CarError("unavailable", `Cannot find the program "${program}" of agent "${name}"`, {
      hint: `${this.#preset.install} Or set agents.${name}.command in the config.`,
    });
  }

  #withoutPosture(preset: AcpPreset, { posture }: OpenOptions): CarError {
    const had = Object.keys(preset.postures).join(", ");
    return new CarError(
      "unavailable",
      `The agent "${this.#options.name}" has no posture "${posture}"`,
      {
        hint: `It can be: ${had}. A mode of its own that does the same is set by agents.NAME.mode.`,
      },
    );
  }
}
