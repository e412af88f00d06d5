/** Headers on every answer, so that a browser does no more with it than CAR means it to. */

/**
 * Scripts and styles come from CAR alone and never from inside a page; nobody frames CAR; nothing
 * but CAR is talked to.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** For files of a repo: shown as a picture or text at most, with no right to anything of CAR's. */
export const FOREIGN_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
} as const;

/** What a private answer says of being kept; an answer that says so itself is left alone. */
const KEEP_NOWHERE = "no-store";

/** Adds what is missing. The answer to a websocket is not touched. */
export function secure(headers: Headers, requestId: string): void {
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", PAGE_POLICY);
  if (!headers.has("cache-control")) headers.set("cache-control", KEEP_NOWHERE);
  headers.set("x-request-id", requestId);
}

/** What a page of `server.allowed_origins` needs to read an answer. */
export function welcomeGuest(headers: Headers, origin: string): void {
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", "etag, x-request-id");
  headers.set("cross-origin-resource-policy", "cross-origin");
  headers.append("vary", "origin");
}

/** The answer to a browser that asks whether a guest may call. */
export function welcomeInAdvance(headers: Headers): void {
  headers.set("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
  headers.set(
    "access-control-allow-headers",
    "authorization, content-type, if-match, last-event-id",
  );
  headers.set("access-control-max-age", "600");
}
