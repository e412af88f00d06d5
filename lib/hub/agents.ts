/** Which adapter stands behind each configured agent; opened on demand, closed with the session. */

import { AcpAgent } from "../adapters/acp/agent.ts";
import { CodexAgent, type CodexOptions } from "../adapters/codex/agent.ts";
import { OpenCodeAgent } from "../adapters/opencode/agent.ts";
import type { Redactor } from "../adapters/process/redact.ts";
import type { ProcessRoom } from "../adapters/process/room.ts";
import { CodexEitherAgent } from "../adapters/codex/either.ts";
import { CodexExecAgent } from "../adapters/codex/exec.ts";
import { ShellAgent } from "../adapters/shell/agent.ts";
import { CarError } from "../base/errors.ts";
import { VERSION } from "../base/version.ts";
import type { RepoConfig } from "../control/config.ts";
import type { ContainerDestination } from "../control/destination.ts";
import { repoPaths } from "../control/roots.ts";
import type { Agent, OpenOptions, Posture } from "../engine/ports.ts";
import type { AgentError } from "../engine/turn.ts";
import { AgentModels } from "./agent_models.ts";
import { codexPlaces } from "./codex_places.ts";
import { openCodeOptions } from "./opencode_options.ts";
import { redactorOf, withoutSecrets } from "./secrets.ts";

export interface AgentSurroundings {
  readonly root: string;
  readonly config: RepoConfig;
  readonly room: ProcessRoom;
  /** CAR's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** No agent gets more than the safe posture, whatever the config says: agents may write the config. */
  readonly safe?: boolean;
  /** The containers in which the room starts agents; null: they run on this machine. */
  readonly container?: ContainerDestination | null;
  /** Takes what an agent says that belongs to no turn, one line each. */
  readonly log: (agent: string, text: string) => void;
  /** Takes what a person should know of CAR's own choices. */
  readonly remark: (text: string) => void;
}

export type AgentKind = RepoConfig["agents"][string]["kind"];

type Factory = (name: string, given: AgentSurroundings) => Agent;

function codexOptions(name: string, given: AgentSurroundings): CodexOptions {
  const { config, environment } = given;
  const agent = config.agents[name];
  const home = config.app_server.home;
  return {
    repo: given.root,
    execArgs: config.codex.args,
    ...codexPlaces(agent, config, environment, isElsewhere(given)),
    env: { ...agent?.env, ...(home === null ? {} : { CODEX_HOME: inside(given.root, home) }) },
    inherit: agent?.pass_env ?? [],
    version: VERSION,
    room: given.room,
    log: (text) => given.log(name, text),
  };
}

function codexAgent(name: string, given: AgentSurroundings): Agent {
  const options = codexOptions(name, given);
  switch (given.config.app_server.mode) {
    case "app-server":
      return new CodexAgent(options);
    case "exec":
      return new CodexExecAgent(options);
    case "auto":
      return new CodexEitherAgent(options, given.remark);
  }
}

function acpAgent(name: string, given: AgentSurroundings): Agent {
  const agent = given.config.agents[name];
  return new AcpAgent({
    name,
    repo: given.root,
    command: agent?.command ?? null,
    args: agent?.args ?? [],
    env: agent?.env ?? {},
    inherit: agent?.pass_env ?? [],
    mode: agent?.mode ?? null,
    path: isElsewhere(given) ? null : given.environment["PATH"] ?? PATH_FALLBACK,
    version: VERSION,
    room: given.room,
    log: (text) => given.log(name, text),
  });
}

const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";
const isElsewhere = ({ container = null }: AgentSurroundings): boolean => container !== null;

const inside = (root: string, path: string) => path.startsWith("/") ? path : `${root}/${path}`;

/** One row a kind. Taking an adapter away is deleting its folder and its row. */
const FACTORIES: Readonly<Partial<Record<AgentKind, Factory>>> = {
  acp: acpAgent,
  codex: codexAgent,
  opencode: (name, given) => new OpenCodeAgent(openCodeOptions(name, given)),
  shell: (_name, { root, room }) => new ShellAgent({ root, room }),
};

export class AgentPool {
  readonly #given: AgentSurroundings;
  readonly #open = new Map<string, Agent>();
  readonly #models = new AgentModels();
  /** Knows what is secret to those who use these agents. */
  readonly secrets: Redactor;

  constructor(given: AgentSurroundings) {
    const { config, environment, root } = given;
    this.#given = given;
    this.secrets = redactorOf(config, environment, [repoPaths(root).token]);
  }

  /** What a check printed, or an agent asked, without the secrets they could know: as it may be kept. */
  keepable<T>(told: T): T {
    return withoutSecrets(told, this.secrets);
  }

  get names(): readonly string[] {
    return Object.keys(this.#given.config.agents);
  }

  /** @throws {CarError} `invalid` for a name the config does not know. */
  get(name: string): Agent {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const agent = this.#make(name);
    this.#open.set(name, agent);
    return agent;
  }

  /** Why an agent would refuse to be opened like this; null when nothing is known against it. */
  async refusal(
    name: string,
    options: Pick<OpenOptions, "model" | "profile">,
  ): Promise<AgentError | null> {
    return await this.#models.refusal(name, this.get(name), options);
  }

  posture(name: string): Posture {
    const configured = this.#given.config.agents[name]?.posture ?? null;
    if (this.#given.safe !== true) return configured ?? "yolo";
    return configured === "read-only" ? configured : "safe";
  }

  /**
   * Whether what the repo's own git settings name may run outside of the agent's reach: only where the
   * agent could run it there by itself.
   */
  mayRunHooks(name: string): boolean {
    return this.posture(name) === "yolo" && !isElsewhere(this.#given);
  }

  /** The provider account whose quota an agent uses; null for agents that use none. */
  account(name: string): string | null {
    const configured = this.#given.config.agents[name];
    if (configured === undefined || configured.kind === "shell") return null;
    // Agents that share only a protocol share no account.
    return configured.account ?? (configured.kind === "acp" ? name : configured.kind);
  }

  #make(name: string): Agent {
    const configured = this.#given.config.agents[name];
    if (configured === undefined) {
      throw new CarError("invalid", `There is no agent "${name}"`, {
        hint: `Configured are: ${this.names.join(", ")}. See "car agents".`,
      });
    }
    const factory = FACTORIES[configured.kind];
    if (factory === undefined) {
      throw new CarError(
        "unavailable",
        `This car cannot talk to agents of kind "${configured.kind}" yet`,
        {
          hint: `It can to: ${Object.keys(FACTORIES).join(", ")}.`,
        },
      );
    }
    return factory(name, this.#given);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.values()].map((agent) => agent.close()));
    this.#open.clear();
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#open.values()].map((agent) => agent.kill()));
  }
}
