/** Puts the server together, starts it and ends it: settings, fleet, access, routes, listener. */

import type { Clock } from "../lib/base/clock.ts";
import { asCarError } from "../lib/base/errors.ts";
import { asHubConfig, asRepoConfig, loadConfig, type RepoConfig } from "../lib/control/config.ts";
import { LogFile } from "../lib/control/log.ts";
import { STATE_FOLDER } from "../lib/control/roots.ts";
import type { Access } from "../lib/hub/access/access.ts";
import { addressesOf, doorsOf, refuseOpenBind } from "../lib/hub/access/doors.ts";
import { openAccess } from "../lib/hub/access/open_access.ts";
import { FileChats } from "../lib/hub/file_chat/file_chats.ts";
import type { DrainHow, Fleet } from "../lib/hub/fleet/fleet.ts";
import { listen } from "../lib/hub/listening.ts";
import { keepSecret, redactorOf } from "../lib/hub/secrets.ts";
import { removeServerNote, writeServerNote } from "../lib/hub/server_note.ts";
import { RepoTerminals } from "../lib/hub/terminals/repo_terminals.ts";
import { KeptThreads } from "../lib/hub/threads/kept_desk.ts";
import type { AnswerCheck } from "./answering.ts";
import { type App, buildApp, type PageApp } from "./app.ts";
import { EventClients } from "./event_clients.ts";
import { HubNews } from "./hub_news.ts";
import { openApiOf } from "./openapi.ts";
import { placePages } from "./place_pages.ts";
import type { Site } from "./site.ts";
import { ROUTES } from "./table.ts";

export interface ServeOptions {
  readonly mode: "hub" | "repo";
  /** Absolute. */
  readonly root: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** In place of `server.host` and `server.port`; null as the settings say. */
  readonly host: string | null;
  readonly port: number | null;
  /** CAR was started with --safe. */
  readonly safe: boolean;
  readonly check: AnswerCheck;
  readonly openFleet: (log: (words: string) => void) => Promise<Fleet>;
  /** Puts other pages than CAR's beside the API. */
  readonly pages?: (app: PageApp, site: Site) => void;
  /** Told what goes wrong while it serves. */
  readonly onRemark: (words: string) => void;
}

export interface Serving {
  /** Without a slash at its end. */
  readonly url: string;
  /** The address with the token behind it, as a person opens it. */
  address(): string;
  readonly socket: string | null;
  readonly fleet: Fleet;
  /**
   * Ends what is on, then the server. `turns` lets turns in hand end first and answers meanwhile.
   * May be called again, to hurry.
   */
  end(how: DrainHow, reason: string): Promise<void>;
}

type ServerSettings = RepoConfig["server"];

/** How often the logs may be set aside, in milliseconds. */
const ROTATE_EVERY_MS = 60_000;

/** @throws {CarError} for settings that are no good, a port that is taken, a place that is served already. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { config, settings } = await settingsOf(options);
  refuseOpenBind(settings);
  const redactor = redactorOf(config, options.environment);
  const redact = (text: string) => redactor.redact(text);
  const log = logOf(options, config.server_log, redact);
  const tell = (words: string) => log.write("warning", { msg: words });
  const fleet = await options.openFleet(tell);
  try {
    const state = `${options.root}/${STATE_FOLDER}`;
    const access = await openAccess({
      state,
      tokenPath: `${state}/token`,
      settings,
      clock: options.clock,
      redact,
      onToken: (token) => keepSecret("car_token", token),
      log: tell,
    });
    const threads = new KeptThreads({
      home: options.root,
      mode: options.mode,
      clock: options.clock,
      environment: options.environment,
      safe: options.safe,
      command: "car serve",
      remark: tell,
      destinationOf: (root) => fleet.repos().find((it) => it.root === root)?.destination,
    });
    return await begin({ options, settings, fleet, access, threads, redact, log, state });
  } catch (thrown) {
    await fleet.close();
    log.close();
    throw thrown;
  }
}

async function settingsOf(options: ServeOptions) {
  const { root, environment, mode } = options;
  const loaded = await loadConfig({ root, env: environment });
  const config = mode === "hub" ? asHubConfig(loaded) : asRepoConfig(loaded);
  const settings: ServerSettings = {
    ...config.server,
    host: options.host ?? config.server.host,
    port: options.port ?? config.server.port,
  };
  return { config, settings };
}

function logOf(
  { root, clock }: ServeOptions,
  { path, max_bytes, backup_count, level }: RepoConfig["server_log"],
  clean: (text: string) => string,
): LogFile {
  return new LogFile({
    path: path.startsWith("/") ? path : `${root}/${path}`,
    maxBytes: max_bytes,
    backups: backup_count,
    level,
    clean,
    clock,
  });
}

interface Parts {
  readonly options: ServeOptions;
  readonly settings: ServerSettings;
  readonly fleet: Fleet;
  readonly access: Access;
  readonly threads: KeptThreads;
  readonly redact: (text: string) => string;
  readonly log: LogFile;
  readonly state: string;
}

async function begin(parts: Parts): Promise<Serving> {
  const { options, settings, fleet, access, threads, log, state } = parts;
  const clients = new EventClients();
  const ending = new AbortController();
  const fileChats = new FileChats(options);
  const terminals = new RepoTerminals(options);
  const app = appOf({ ...parts, fileChats, terminals }, clients, ending.signal);
  const socket = settings.socket === null || settings.socket.startsWith("/")
    ? settings.socket
    : `${options.root}/${settings.socket}`;
  const listening = await listen({
    addresses: addressesOf(settings.host),
    port: settings.port,
    socket,
    handler: app,
    clock: options.clock,
    onTrouble: (words) => log.write("warning", { msg: words }),
  });
  access.doors = doorsOf(settings, listening.port);
  const url = `http://${listening.hosts[0]}`;
  await log.rotate();
  log.write("info", { msg: `Serves ${options.root} at ${listening.hosts.join(", ")}` });
  fleet.announce(url);
  // What waits in chats goes on; nobody has to wait for that.
  const warn = (thrown: unknown) => log.write("warning", { msg: asCarError(thrown).message });
  threads.takeUp().catch(warn);
  await writeServerNote(state, { url, socket }).catch(warn);
  const rotation = setInterval(() => void log.rotate(), ROTATE_EVERY_MS);
  let ended: Promise<void> | null = null;
  const close = async () => {
    clearInterval(rotation);
    ending.abort();
    clients.close();
    await Promise.all([
      listening.close(settings.stop_seconds * 1_000),
      threads.close(),
      terminals.close(),
      // What is left of an answer is written down at its desk.
      fileChats.close().then(() => fleet.close()),
    ]);
    await removeServerNote(state);
    await access.audit.close();
    log.close();
  };
  return {
    url,
    address: () => `${settings.base_url ?? url}/#t=${access.token.current() ?? ""}`,
    socket,
    fleet,
    async end(how, reason) {
      if (ended === null) log.write("info", { msg: `Ends: ${reason}` });
      try {
        await fleet.drain({ how, reason });
      } finally {
        await (ended ??= close());
      }
    },
  };
}

/** What opens with the server and closes with it. */
interface Rooms {
  readonly fileChats: FileChats;
  readonly terminals: RepoTerminals;
}

function appOf(
  { options, fleet, access, threads, fileChats, terminals, redact, log }: Parts & Rooms,
  clients: EventClients,
  ending: AbortSignal,
): App {
  const { clock, environment, mode } = options;
  let document: Readonly<Record<string, unknown>> | null = null;
  const boot = crypto.randomUUID().slice(0, 8);
  const news = new HubNews(boot, redact);
  news.listen(fleet, ending);
  const site: Site = {
    fleet,
    access,
    threads,
    fileChats,
    terminals,
    clock,
    environment,
    safe: options.safe,
    boot,
    startedMs: clock.now(),
    document: () => document ??= openApiOf(ROUTES, mode),
    news,
    streams: () => clients.size,
    redact,
    log: (words) => log.write("error", { msg: words }),
  };
  return buildApp({
    site,
    routes: ROUTES,
    clients,
    check: options.check,
    ending,
    pages: options.pages ?? placePages(ROUTES),
    onAnswered: ({ id, request, path, from, caller, startedMs }, status) => {
      const ms = Math.round(clock.elapsed() - startedMs);
      const who = `${caller?.by ?? "-"} ${from}`;
      log.write(levelOf(status), {
        msg: `${request.method} ${path} ${status} ${ms}ms ${who} ${id}`,
      });
    },
  });
}

const levelOf = (status: number) => status >= 500 ? "warning" as const : "info" as const;
