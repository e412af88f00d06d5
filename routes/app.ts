/**
 * The whole site as one function from a request to its answer: the guard before everything, then the
 * rows of the table, the pages, and a problem for all that goes wrong.
 */

import { type Context, Hono } from "hono";
import { isSafeMethod } from "../lib/hub/access/admission.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import { type AnswerCheck, type Counter, noSuchPath, RowAnswering } from "./answering.ts";
import { type Arrival, arrive, identify, letIn, type RemoteAddress } from "./arrival.ts";
import type { EventClients } from "./event_clients.ts";
import { addressOf, byFixedFirst, checkTable, REPO_PARAMETER } from "./mounts.ts";
import { Problem, problemOf } from "./problem.ts";
import type { Route } from "./route.ts";
import { secure, welcomeGuest, welcomeInAdvance } from "./security_headers.ts";
import type { Site } from "./site.ts";

interface AppEnv {
  Bindings: { readonly arrival: Arrival };
}

/** Where pages and assets are put: they answer without the token, so they hold nothing private. */
export type PageApp = Hono<AppEnv>;

export interface AppOptions {
  readonly site: Site;
  readonly routes: readonly Route[];
  readonly clients: EventClients;
  readonly check: AnswerCheck;
  /** Aborted when the server ends. */
  readonly ending: AbortSignal;
  /** Puts the page shells and assets beside the API. */
  readonly pages: (app: PageApp, site: Site) => void;
  /** Told every call once it is answered. */
  readonly onAnswered: (arrival: Arrival, status: number) => void;
}

export type App = (request: Request, remote?: RemoteAddress) => Promise<Response>;

export type AppContext = Context<AppEnv>;

export function buildApp(options: AppOptions): App {
  const { site, onAnswered } = options;
  const hono = new Hono<AppEnv>();
  mountRows(hono, options);
  options.pages(hono, site);
  hono.notFound(async (context) => {
    const { arrival } = context.env;
    if (PRIVATE.test(arrival.path)) await identify(arrival, site.access);
    throw noSuchPath();
  });
  hono.onError((thrown, context) => problemResponse(thrown, context.env.arrival, site));
  let calls = 0;
  return async (request, remote) => {
    const id = `${site.boot}-${(++calls).toString(36)}`;
    const arrival = arrive(request, remote, id, site.clock.elapsed());
    const response = await respond(hono, arrival, site);
    if (response.status !== 101) finish(response, arrival, site);
    onAnswered(arrival, response.status);
    if (!isSafeMethod(request.method) || arrival.isUpgrade) audit(arrival, response.status, site);
    return response;
  };
}

/** Below these nothing tells a stranger whether it is there. */
const PRIVATE = /^\/(?:api|repos|hub)(?:\/|$)/;

async function respond(
  hono: Hono<AppEnv>,
  arrival: Arrival,
  site: Site,
): Promise<Response> {
  try {
    letIn(arrival, site.access);
    if (arrival.request.method === "OPTIONS" && isGuest(arrival, site)) {
      return new Response(null, { status: 204 });
    }
    return await hono.fetch(arrival.request, { arrival });
  } catch (thrown) {
    return problemResponse(thrown, arrival, site);
  }
}

function mountRows(hono: Hono<AppEnv>, options: AppOptions): void {
  const { site, routes, clients, check, ending } = options;
  checkTable(routes);
  const counter: Counter = { site, clients, check, ending };
  const { mode } = site.fleet;
  const mounted = routes.flatMap((row) => {
    const address = addressOf(row, mode);
    return address === null ? [] : [{ address, answering: new RowAnswering(row, counter) }];
  }).sort((a, b) => byFixedFirst(a.address, b.address));
  for (const { address, answering } of mounted) {
    hono.on(
      answering.row.method.toUpperCase(),
      honoPath(address),
      (context) => answerRow(context, answering, site),
    );
  }
  for (const [address, rows] of Map.groupBy(mounted, (it) => it.address)) {
    const allowed = rows.map((it) => it.answering.row.method.toUpperCase()).join(", ");
    hono.all(honoPath(address), async (context) => {
      await identify(context.env.arrival, site.access);
      throw wrongMethod(allowed);
    });
  }
}

const honoPath = (address: string): string => address.replaceAll(/\{(\w+)\}/g, ":$1");

const wrongMethod = (allowed: string): Problem =>
  new Problem(405, "invalid", `This address takes ${allowed}.`, {
    hint: "See /api/openapi.json for what there is.",
    headers: { allow: allowed },
  });

async function answerRow(
  context: AppContext,
  answering: RowAnswering,
  site: Site,
): Promise<Response> {
  const { arrival } = context.env;
  const { row } = answering;
  if (row.isOpen !== true) await identify(arrival, site.access);
  const { [REPO_PARAMETER]: repo, ...given } = context.req.param() as Record<string, string>;
  const desk = row.scope === "repo" && row.missing === undefined ? deskOf(site, repo) : null;
  return await answering.respond(arrival, given, desk);
}

/** @throws {CarError} with the reason why there is nothing to work with. */
function deskOf({ fleet }: Site, repo: string | undefined): RepoDesk {
  return fleet.requireDesk(repo ?? fleet.repos()[0]?.id ?? "");
}

function problemResponse(thrown: unknown, arrival: Arrival, site: Site): Response {
  const { status, body, headers } = problemOf(thrown, arrival.id);
  if (status === 500 && !arrival.request.signal.aborted) {
    site.log(`${arrival.id} ${arrival.request.method} ${arrival.path}: ${traceOf(thrown)}`);
  }
  return new Response(site.redact(JSON.stringify(body)), {
    status,
    headers: { "content-type": "application/problem+json; charset=utf-8", ...headers },
  });
}

const traceOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);

const isGuest = ({ request }: Arrival, { access }: Site): boolean =>
  access.doors.guests.has(request.headers.get("origin")?.toLowerCase() ?? "");

function finish({ headers }: Response, arrival: Arrival, site: Site): void {
  secure(headers, arrival.id);
  const origin = arrival.request.headers.get("origin");
  if (origin === null || !isGuest(arrival, site)) return;
  welcomeGuest(headers, origin);
  if (arrival.request.method === "OPTIONS") welcomeInAdvance(headers);
}

function audit({ id, request, path, from, caller }: Arrival, status: number, site: Site): void {
  site.access.audit.write({
    atMs: site.clock.now(),
    requestId: id,
    by: caller?.by ?? null,
    from,
    method: request.method,
    path,
    status,
  });
}
