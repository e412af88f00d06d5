/** One call as it comes in: who it is from, what it asks for, and whether it may come in. */

import { type Access, type Caller } from "../lib/hub/access/access.ts";
import { admit, type Approach } from "../lib/hub/access/admission.ts";
import { Problem } from "./problem.ts";

/** Headers of one call, names and values together, in bytes. */
const HEADER_BYTES_MAX = 32 * 1024;
/** The address of one call, in characters. */
const URL_CHARACTERS_MAX = 8 * 1024;

export interface Arrival {
  readonly id: string;
  readonly request: Request;
  /** Without query. */
  readonly path: string;
  /** Of the caller's machine, or `socket`. */
  readonly from: string;
  readonly isSocket: boolean;
  readonly isUpgrade: boolean;
  /** Monotonic, in milliseconds. */
  readonly startedMs: number;
  /** Set once the call has shown who it is. */
  caller: Caller | null;
}

/** What Deno tells of the other end. */
export type RemoteAddress = Deno.Addr | undefined;

export function arrive(
  request: Request,
  remote: RemoteAddress,
  id: string,
  startedMs: number,
): Arrival {
  const isSocket = remote?.transport === "unix" || remote?.transport === "unixpacket";
  return {
    id,
    request,
    path: pathOf(request.url),
    from: isSocket ? "socket" : addressOf(remote),
    isSocket,
    isUpgrade: request.headers.get("upgrade")?.toLowerCase() === "websocket",
    startedMs,
    caller: null,
  };
}

/** The path of an address as it was sent; `new URL` for each call would cost more than the rest. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}

function hostOf(url: string): string {
  const start = url.indexOf("://") + 3;
  const end = url.slice(start).search(/[/?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}

const addressOf = (remote: RemoteAddress): string =>
  remote !== undefined && "hostname" in remote ? remote.hostname : "?";

/** @throws {Problem} for a call that may not come in, whoever makes it. */
export function letIn(arrival: Arrival, access: Access): void {
  refuseOversize(arrival.request);
  const admission = admit(approachOf(arrival), access.doors);
  if (admission.ok) return;
  const { status, message, hint } = admission;
  throw new Problem(status, status === 403 ? "forbidden" : "invalid", message, { hint });
}

function approachOf({ request, isUpgrade, isSocket }: Arrival): Approach {
  const header = (name: string) => request.headers.get(name);
  return {
    method: request.method,
    host: header("host"),
    urlHost: hostOf(request.url),
    origin: header("origin"),
    fetchSite: header("sec-fetch-site"),
    fetchMode: header("sec-fetch-mode"),
    isUpgrade,
    contentType: header("content-type"),
    hasBody: announcesBody(request),
    isSocket,
  };
}

/** Whether the headers say that a body follows. One that comes all the same is looked at by its reader. */
export function announcesBody({ headers }: Request): boolean {
  const length = headers.get("content-length");
  return length === null ? headers.has("transfer-encoding") : length !== "0";
}

function refuseOversize(request: Request): void {
  if (request.url.length > URL_CHARACTERS_MAX) {
    throw new Problem(414, "invalid", "The address is too long.", {
      hint: `At most ${URL_CHARACTERS_MAX} characters are read.`,
    });
  }
  let bytes = 0;
  for (const [name, value] of request.headers) bytes += name.length + value.length;
  if (bytes <= HEADER_BYTES_MAX) return;
  throw new Problem(431, "invalid", "The headers are too long.", {
    hint: `At most ${HEADER_BYTES_MAX} bytes are read.`,
  });
}

/** What a program calls itself. A name without a form would end up in logs. */
const SELF_NAME = /^(?:cli|agent|bot):[\w.@:?-]{1,120}$/;
/** The header by which a program says who it works for. */
const BY_HEADER = "x-car-by";

/**
 * Who makes the call, by its token or, for a websocket, by its ticket.
 * @throws {Problem} 401; slowly when somebody guesses.
 */
export async function identify(arrival: Arrival, access: Access): Promise<Caller> {
  const caller = byToken(arrival, access) ?? byTicket(arrival, access);
  if (caller !== null) return arrival.caller = caller;
  const isGuess = arrival.request.headers.has("authorization") || ticketOf(arrival) !== null;
  if (isGuess) await slowDown(arrival, access);
  throw new Problem(
    401,
    "unauthorized",
    isGuess ? "The token is not the one of this CAR." : "The call brings no token.",
    {
      hint:
        "Open the address that `car web` prints; a program sends `Authorization: Bearer TOKEN` " +
        "with the token in .codex-autorunner/token.",
      headers: { "www-authenticate": "Bearer" },
    },
  );
}

function byToken({ request, from }: Arrival, { token }: Access): Caller | null {
  const header = request.headers.get("authorization");
  const given = header?.match(/^Bearer +(\S+)$/i)?.[1];
  if (given === undefined || !token.matches(given)) return null;
  const by = request.headers.get(BY_HEADER);
  return { by: by !== null && SELF_NAME.test(by) ? by : "web", from };
}

function byTicket(arrival: Arrival, { tickets }: Access): Caller | null {
  const ticket = ticketOf(arrival);
  return ticket === null ? null : tickets.redeem(ticket, arrival.path);
}

/** Only a websocket is let in by a ticket, and a websocket begins with a GET. */
const ticketOf = ({ isUpgrade, request }: Arrival): string | null =>
  isUpgrade && request.method === "GET" ? new URL(request.url).searchParams.get("ticket") : null;

async function slowDown(arrival: Arrival, access: Access): Promise<void> {
  const { delayMs, tell } = access.guesses.failed();
  if (tell !== null) {
    access.audit.write({
      atMs: access.clock.now(),
      requestId: arrival.id,
      by: null,
      from: arrival.from,
      method: arrival.request.method,
      path: arrival.path,
      status: 401,
      note: `${tell} calls with a wrong token: somebody guesses, or an old page is still open`,
    });
  }
  if (delayMs > 0) await access.clock.sleep(delayMs, arrival.request.signal).catch(() => {});
}
