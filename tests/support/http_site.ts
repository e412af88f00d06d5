/** A site without a network: rows of the test's own, real access, and a fleet of repos that do nothing. */

import { systemClock } from "../../lib/base/clock.ts";
import { CarError } from "../../lib/base/errors.ts";
import type { Access, Caller } from "../../lib/hub/access/access.ts";
import { AuditLog } from "../../lib/hub/access/audit_log.ts";
import { doorsOf } from "../../lib/hub/access/doors.ts";
import { EntryTickets } from "../../lib/hub/access/entry_tickets.ts";
import { Guesses } from "../../lib/hub/access/guesses.ts";
import { TokenSource } from "../../lib/hub/access/token.ts";
import { FileChats } from "../../lib/hub/file_chat/file_chats.ts";
import type { RepoDesk } from "../../lib/hub/fleet/desk.ts";
import { RepoTerminals } from "../../lib/hub/terminals/repo_terminals.ts";
import { KeptThreads } from "../../lib/hub/threads/kept_desk.ts";
import type { Fleet } from "../../lib/hub/fleet/fleet.ts";
import { type App, type AppOptions, buildApp } from "../../routes/app.ts";
import { EventClients } from "../../routes/event_clients.ts";
import { HubNews } from "../../routes/hub_news.ts";
import { openApiOf } from "../../routes/openapi.ts";
import type { Route } from "../../routes/route.ts";
import type { Site } from "../../routes/site.ts";

export const TEST_PORT = 4173;
export const TEST_HOST = `127.0.0.1:${TEST_PORT}`;

export interface TestSite extends AsyncDisposable {
  readonly app: App;
  readonly site: Site;
  readonly access: Access;
  readonly clients: EventClients;
  readonly folder: string;
  token(): string;
  /** Lines of CAR's log. */
  readonly logged: readonly string[];
  audited(): Promise<readonly Record<string, unknown>[]>;
  /** A call from this machine with the token, unless `headers` say otherwise. Null takes a header away. */
  call(path: string, init?: TestCall): Promise<Response>;
}

export interface TestCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly urlHost?: string;
}

export interface TestSiteOptions extends Partial<Pick<AppOptions, "check" | "pages">> {
  readonly routes: readonly Route[];
  readonly mode?: "hub" | "repo";
  readonly allowedOrigins?: readonly string[];
  readonly fleet?: Fleet;
}

/** A fleet that knows one repo, `alpha`, whose desk can do nothing. */
export function idleFleet(mode: "hub" | "repo", root: string): Fleet {
  const refuse = (): never => {
    throw new CarError("unavailable", "This desk is empty.");
  };
  const desk = { id: "alpha", command: refuse, reading: refuse } as unknown as RepoDesk;
  const rows = [{ id: "alpha" }] as unknown as ReturnType<Fleet["repos"]>;
  return {
    mode,
    root,
    repos: () => rows,
    version: () => 1,
    desk: (id) => id === "alpha" ? desk : undefined,
    requireDesk(id) {
      if (id === "alpha") return desk;
      throw new CarError("not_found", `There is no repo ${id}.`, { hint: "See /hub/repos." });
    },
    scan: () => Promise.resolve(rows),
    subscribe: () => {},
    watch: () => {},
    announce: () => {},
    problems: () => [],
    drain: () => Promise.resolve(),
    close: () => Promise.resolve(),
    lag: () => ({ p50: 0, p99: 0, max: 0, windowMs: 0, samples: 0 }),
    attention: () => 0,
    loops: () => [],
  };
}

/** Opens the site in a scratch folder; disposing removes it. */
export async function openTestSite(options: TestSiteOptions): Promise<TestSite> {
  const folder = await Deno.makeTempDir({ prefix: "car_site_" });
  const logged: string[] = [];
  const token = await TokenSource.open(`${folder}/token`, null);
  const access = openAccess(folder, token, options, (words) => void logged.push(words));
  const site = siteIn(folder, access, options, (words) => void logged.push(words));
  const clients = new EventClients();
  const ending = new AbortController();
  const app = buildApp({
    site,
    routes: options.routes,
    clients,
    check: options.check ?? "all",
    ending: ending.signal,
    pages: options.pages ?? (() => {}),
    onAnswered: () => {},
  });
  const current = () => token.current() ?? "";
  return {
    app,
    site,
    access,
    clients,
    folder,
    logged,
    token: current,
    call: (path, init = {}) => app(requestOf(path, init, current()), LOOPBACK),
    async audited() {
      await access.audit.close();
      const text = await Deno.readTextFile(`${folder}/audit.log`).catch(() => "");
      return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      clients.close();
      await access.audit.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

type Log = (words: string) => void;

function openAccess(
  folder: string,
  token: TokenSource,
  { allowedOrigins }: TestSiteOptions,
  log: Log,
): Access {
  const settings = {
    host: "127.0.0.1",
    base_url: null,
    behind_tls_proxy: false,
    allowed_hosts: [],
    allowed_origins: allowedOrigins ?? [],
  };
  return {
    clock: systemClock,
    doors: doorsOf(settings, TEST_PORT),
    token,
    guesses: new Guesses(systemClock),
    tickets: new EntryTickets<Caller>(systemClock),
    audit: new AuditLog({
      path: `${folder}/audit.log`,
      bytesMax: 1_000_000,
      backups: 1,
      clean: (text) => text,
      onLoss: (thrown) => log(String(thrown)),
    }),
  };
}

function siteIn(
  folder: string,
  access: Access,
  { fleet, routes, mode = "repo" }: TestSiteOptions,
  log: Log,
): Site {
  return {
    fleet: fleet ?? idleFleet(mode, folder),
    access,
    threads: new KeptThreads({
      home: folder,
      mode,
      clock: systemClock,
      environment: {},
      safe: false,
      command: "car serve",
      remark: log,
    }),
    terminals: new RepoTerminals({ clock: systemClock, environment: {}, safe: false }),
    fileChats: new FileChats({ clock: systemClock, environment: {}, safe: false }),
    clock: systemClock,
    environment: {},
    safe: false,
    boot: "boot",
    startedMs: systemClock.now(),
    document: () => openApiOf(routes, mode),
    news: new HubNews("boot", (text) => text),
    streams: () => 0,
    redact: (text) => text,
    log,
  };
}

const LOOPBACK: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 50_000 };

function requestOf(path: string, init: TestCall, token: string): Request {
  const headers = new Headers({ host: TEST_HOST, authorization: `Bearer ${token}` });
  if (init.json !== undefined) headers.set("content-type", "application/json");
  for (const [name, value] of Object.entries(init.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const body = init.json === undefined ? init.body : JSON.stringify(init.json);
  return new Request(`http://${init.urlHost ?? TEST_HOST}${path}`, {
    method: init.method ?? "GET",
    headers,
    ...(body === undefined ? {} : { body }),
  });
}
