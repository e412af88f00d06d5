/** Config keys of the agents: one entry an agent, and what their adapters share. */

import { command, env, list } from "./composites.ts";
import { type Named, orNone, type Spec } from "./row.ts";
import {
  choice,
  envName,
  int,
  offByDefault,
  path,
  posture,
  seconds,
  string,
  url,
} from "./scalars.ts";

export const AGENT_KINDS = ["codex", "opencode", "acp", "shell"] as const;

const agent = {
  kind: choice(AGENT_KINDS, "acp", "The adapter that talks to the agent."),
  command: command("The agent's program; what it gets besides args is the adapter's business."),
  args: list([], "Arguments after those of command."),
  env: env("Environment variables the agent gets, besides those CAR passes on."),
  pass_env: list([], "Names of variables of CAR's own environment that the agent gets too."),
  posture: orNone(
    posture("yolo", "How much the agent may do."),
    "as CAR was started: yolo, or safe with --safe",
  ),
  model: orNone(string("default", "The model, unless the ticket names one."), "the agent's own"),
  reasoning: orNone(
    string("medium", "The effort, unless the ticket names one."),
    "the agent's own",
  ),
  profile: orNone(string("default", "The agent's own profile, unless the ticket names one.")),
  account: orNone(
    string("codex", "The provider account whose quota the agent uses up."),
    "one for each kind; of kind acp, one for each agent",
  ),
  mode: orNone(string("default", "The agent's own session mode."), "the agent's own"),
} as const satisfies Spec;

export const agents = {
  row: "named",
  spec: agent,
  meaning: "The agents a ticket may name.",
  builtIn: {
    codex: { kind: "codex" },
    opencode: { kind: "opencode" },
    shell: { kind: "shell" },
  },
  reserved: { user: "it stands for a person's step" },
} as const satisfies Named<typeof agent>;

export const codex = {
  binary: orNone(path("codex", "The codex program."), "found on PATH or in npm's package"),
  args: list([], "Arguments of codex exec, which is used where the app-server is not."),
  terminal_args: list([], "Arguments of codex in the terminal."),
  model: orNone(string("default", "The model of agents of kind codex."), "codex's own"),
  reasoning: orNone(string("medium", "The effort of agents of kind codex."), "codex's own"),
} as const satisfies Spec;

export const app_server = {
  command: command("The app-server's whole command line."),
  mode: choice(
    ["auto", "app-server", "exec"],
    "auto",
    "How codex is talked to: its app-server, codex exec, or the first of the two that works.",
  ),
  home: orNone(
    path(".codex", "The folder given to codex as CODEX_HOME."),
    "the person's own, with its login",
  ),
  initialize_seconds: seconds(30, "How long the app-server may take to answer its first message."),
} as const satisfies Spec;

export const opencode = {
  command: command("The opencode server's whole command line."),
  base_url: orNone(
    url("http://127.0.0.1:4096", "A running opencode server to use."),
    "CAR starts its own",
  ),
  username: string("opencode", "The name the server asks for."),
  password_env: envName("OPENCODE_SERVER_PASSWORD", "The variable that holds its password."),
  start_seconds: seconds(30, "How long the server may take to answer its first request."),
  idle_seconds: seconds(900, "How long a server that nobody uses is kept."),
  max_servers: int(4, { min: 1, max: 64 }, "Servers kept at once."),
  share: offByDefault("Whether opencode may publish its sessions."),
} as const satisfies Spec;
