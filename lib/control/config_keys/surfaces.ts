/** Config keys of what stands around the work: page, terminal, voice, logs, services, chats, hub. */

import { LOG_LEVELS } from "../../base/log.ts";
import { choices, commands, id, ids, list } from "./composites.ts";
import { type Named, orNone, secret, type Spec } from "./row.ts";
import {
  choice,
  envName,
  int,
  offByDefault,
  onByDefault,
  path,
  seconds,
  string,
  url,
} from "./scalars.ts";

export const server = {
  host: string("127.0.0.1", "The address the page listens on."),
  port: int(4173, { min: 0, max: 65_535 }, "The port the page listens on; 0 takes a free one."),
  socket: orNone(path(".codex-autorunner/car.sock", "A unix socket to listen on besides.")),
  base_url: orNone(
    url("http://127.0.0.1:4173", "The address under which the page is reached from outside."),
    "host and port",
  ),
  auth_token: secret(
    orNone(string("token", "The token every request must bring."), "CAR makes one by itself"),
  ),
  behind_tls_proxy: offByDefault(
    "Whether a proxy in front of CAR encrypts; only then may `server.host` be an address others reach.",
  ),
  allowed_hosts: list([], "Further names under which the page may be called."),
  allowed_origins: list([], "Further pages that may call it, e.g. [https://example.org]."),
  stop_seconds: seconds(2, "How long open requests may take to end when CAR stops."),
} as const satisfies Spec;

export const terminal = {
  enabled: onByDefault("Whether the page offers a terminal, which is a shell on this machine."),
  shell: orNone(path("/bin/sh", "The program of a terminal."), "the person's own"),
  commands: commands("What else can be opened in a terminal, e.g. {logs: [tail, -f, app.log]}."),
  pass_env: list([], "Names of variables of CAR's own environment that terminals get too."),
  max_sessions: int(8, { min: 1, max: 64 }, "Terminals that may be open at once in a repo."),
  idle_seconds: seconds(43_200, "How long a terminal that nobody looks at is kept."),
  scrollback_bytes: int(
    1_048_576,
    { min: 0, max: 67_108_864, unit: "bytes" },
    "How much of a terminal's past is shown to a page that connects again.",
  ),
} as const satisfies Spec;

export const voice = {
  enabled: offByDefault("Whether the page and the chats turn speech into text."),
  base_url: url("https://api.openai.com/v1", "The service that turns speech into text."),
  model: string("whisper-1", "The model that does."),
  language: orNone(string("en", "The language spoken."), "found out by the model"),
  api_key_env: envName("OPENAI_API_KEY", "The variable that holds the key of the service."),
  max_seconds: seconds(300, "How long one recording may be."),
  timeout_seconds: seconds(60, "How long the service may take to answer."),
} as const satisfies Spec;

/** The keys of one log file. */
const logFile = (file: string, whose: string) =>
  ({
    path: path(file, `The log of ${whose}.`),
    max_bytes: int(
      10_000_000,
      { min: 10_000, unit: "bytes" },
      "The size at which the log is set aside, between runs.",
    ),
    backup_count: int(3, { min: 0, max: 100 }, "How many logs set aside are kept."),
    level: choice(LOG_LEVELS, "info", "The least weight of what is logged."),
  }) as const satisfies Spec;

export const log = logFile(".codex-autorunner/codex-autorunner.log", "the repo's runs");
export const server_log = logFile(
  ".codex-autorunner/codex-server.log",
  "what agents say outside of turns, the page and the API",
);

export const github = {
  enabled: onByDefault("Whether CAR offers what it can do with GitHub."),
  base_url: url("https://api.github.com", "GitHub's API."),
  token_env: envName("GITHUB_TOKEN", "The variable that holds the token."),
  remote: string("origin", "The git remote whose repository is meant."),
  timeout_seconds: seconds(30, "How long GitHub may take to answer."),
} as const satisfies Spec;

const NOTICES = ["handoff", "held", "paused", "failed", "completed", "ticket_done"] as const;

export const notify = {
  enabled: onByDefault("Whether people are told of what happens in runs."),
  events: choices(
    NOTICES,
    ["handoff", "held", "paused", "failed", "completed"],
    "What people are told of.",
  ),
  webhook_url: orNone(url("https://example.org/hook", "An address that gets each notice as JSON.")),
  discord_webhook_env: envName(
    "CAR_DISCORD_WEBHOOK_URL",
    "The variable that holds the address of a Discord webhook.",
  ),
  timeout_seconds: seconds(5, "How long a notice may take to be sent."),
} as const satisfies Spec;

const templateRepo = {
  url: string("", "Where git finds the templates: an address or a path."),
  ref: orNone(string("main", "The branch or tag to use."), "the default branch"),
  trusted: offByDefault("Whether its templates are used without being shown first."),
} as const satisfies Spec;

const templateRepos = {
  row: "named",
  spec: templateRepo,
  meaning: "Repositories of ticket templates.",
  builtIn: {},
  reserved: { local: "it stands for the hub's own templates" },
} as const satisfies Named<typeof templateRepo>;

export const templates = {
  enabled: onByDefault("Whether ticket templates are offered."),
  repos: templateRepos,
} as const satisfies Spec;

export const telegram = {
  enabled: offByDefault("Whether the Telegram bot runs."),
  base_url: url("https://api.telegram.org", "Telegram's bot API."),
  bot_token_env: envName("CAR_TELEGRAM_BOT_TOKEN", "The variable that holds the bot's token."),
  allowed_user_ids: ids("People who may speak to the bot; nobody unless listed."),
  allowed_chat_ids: ids("Groups in which they may; their own chats with the bot always."),
  chat_id: id("The chat that gets notices which belong to no other."),
  thread_id: id("The topic of that chat."),
  poll_seconds: seconds(30, "How long one request for news waits."),
} as const satisfies Spec;

export const discord = {
  enabled: offByDefault("Whether the Discord bot runs."),
  base_url: url("https://discord.com/api", "Discord's API."),
  gateway_url: orNone(
    url("wss://gateway.discord.gg", "Discord's gateway."),
    "the one the API names",
  ),
  bot_token_env: envName("CAR_DISCORD_BOT_TOKEN", "The variable that holds the bot's token."),
  application_id: id("The bot's application."),
  allowed_user_ids: ids("People who may speak to the bot; nobody unless listed."),
  allowed_guild_ids: ids("Servers in which they may."),
  allowed_channel_ids: ids("Channels in which they may; all of those servers unless listed."),
  channel_id: id("The channel that gets notices which belong to no other."),
} as const satisfies Spec;

export const hub = {
  repos_root: path(".", "The folder whose subfolders are looked through for repos."),
  worktrees_root: path("worktrees", "The folder for the worktrees the hub makes."),
  manifest: path(".codex-autorunner/manifest.yml", "The list of the repos the hub knows."),
  discover_depth: int(1, { min: 1, max: 1 }, "How many levels of folders a scan looks into."),
  auto_init_missing: onByDefault("Whether a scan initialises the repos it finds."),
  max_parallel: orNone(int(4, { min: 1 }, "How many repos run at once."), "all"),
  log: logFile(".codex-autorunner/codex-autorunner-hub.log", "the hub"),
} as const satisfies Spec;
