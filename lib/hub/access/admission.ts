/**
 * Whether a call may come in at all, before anyone asks who makes it: its Host, where it comes from,
 * and what it brings. A page of the internet can make a browser call this machine; nothing it sends
 * gets past here. Pure.
 */

/** Names and origins under which the server is called, exact and in lower case. */
export interface Doors {
  /** `127.0.0.1:4173`, `car.example.org`, ... */
  readonly hosts: ReadonlySet<string>;
  /** Of CAR's own pages: `http://127.0.0.1:4173`, ... */
  readonly origins: ReadonlySet<string>;
  /** Of further pages the person lets in. */
  readonly guests: ReadonlySet<string>;
}

/** What is looked at of a call. Null where the header is absent. */
export interface Approach {
  readonly method: string;
  readonly host: string | null;
  /** The host in the address of the request, which may be another one than the header's. */
  readonly urlHost: string;
  readonly origin: string | null;
  /** Sec-Fetch-Site and Sec-Fetch-Mode: how a browser says where a call comes from. */
  readonly fetchSite: string | null;
  readonly fetchMode: string | null;
  readonly isUpgrade: boolean;
  readonly contentType: string | null;
  readonly hasBody: boolean;
  /** Through the unix socket, which no browser can reach. */
  readonly isSocket: boolean;
}

export type Admission =
  | { readonly ok: true }
  | {
    readonly ok: false;
    readonly status: 400 | 403 | 415 | 421;
    readonly message: string;
    readonly hint: string;
  };

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/** Whether a call of this method changes nothing. */
export const isSafeMethod = (method: string): boolean => SAFE_METHODS.includes(method);

/** What a form or a script of any page can send without being asked first. */
const SIMPLE_TYPES: readonly string[] = ["text/plain", "application/x-www-form-urlencoded", ""];

/** A name or address with or without its port. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const OK: Admission = { ok: true };

/** Decides on one call. */
export function admit(call: Approach, doors: Doors): Admission {
  return refusedHost(call, doors) ?? refusedOrigin(call, doors) ?? refusedBody(call) ?? OK;
}

function refusedHost({ host, urlHost, isSocket }: Approach, { hosts }: Doors): Admission | null {
  if (isSocket) return null;
  if (host === null || !HOST.test(host)) {
    return {
      ok: false,
      status: 400,
      message: host === null ? "The call names no Host." : "The call has an odd Host.",
      hint: "Send one Host header with the address you call.",
    };
  }
  const foreign = [host, urlHost].find((it) => !hosts.has(it.toLowerCase()));
  if (foreign === undefined) return null;
  return {
    ok: false,
    status: 421,
    message: `CAR is not called ${foreign.slice(0, 100)}.`,
    hint:
      "Call it by 127.0.0.1 or localhost with its port, or add the name to server.allowed_hosts.",
  };
}

/** What is foreign may follow a link to a page, and nothing else. */
function refusedOrigin(call: Approach, { origins, guests }: Doors): Admission | null {
  const { origin, fetchSite } = call;
  if (origin !== null) {
    const own = origin.toLowerCase();
    if (guests.has(own)) return null;
    if (!origins.has(own)) {
      return forbidden("The call comes from a page that is not CAR's.");
    }
  }
  if (fetchSite === null || fetchSite === "same-origin" || fetchSite === "none") return null;
  return isLink(call) ? null : forbidden("The call comes from a page of another site.");
}

const isLink = ({ method, fetchMode, isUpgrade, origin }: Approach): boolean =>
  (method === "GET" || method === "HEAD") && fetchMode === "navigate" && !isUpgrade &&
  origin === null;

const forbidden = (message: string): Admission => ({
  ok: false,
  status: 403,
  message,
  hint: "A page you trust is let in by server.allowed_origins, with its scheme and port.",
});

function refusedBody({ method, hasBody, contentType }: Approach): Admission | null {
  if (isSafeMethod(method) || !hasBody) return null;
  const type = mediaType(contentType);
  if (!SIMPLE_TYPES.includes(type)) return null;
  return {
    ok: false,
    status: 415,
    message: type === ""
      ? "The body has no Content-Type."
      : `The body is ${type}, which any page can send.`,
    hint: "Send JSON with Content-Type: application/json.",
  };
}

/** `application/json` of `Application/JSON; charset=utf-8`; "" of nothing. */
export const mediaType = (contentType: string | null): string =>
  (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
