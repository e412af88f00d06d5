/** Makes the HTTP answer of what a handler returned. */

import type { Bytes } from "./answers.ts";
import { etagOf } from "./editing.ts";
import { isPacked, pack } from "./packing.ts";
import { FOREIGN_POLICY } from "./security_headers.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** Bytes that are ready to be sent, and sent again. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly etag: string | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes packed, made when first wanted. */
  packed: Uint8Array<ArrayBuffer> | null;
}

/** @param hasEtag For answers that callers ask for again: made of the bytes, unless one is inside. */
export function jsonReply(status: number, value: unknown, hasEtag: boolean): Reply {
  const bytes = new TextEncoder().encode(JSON.stringify(value) ?? "null");
  const etag = etagIn(value) ?? (hasEtag ? etagOf(bytes) : null);
  return { status, type: JSON_TYPE, etag, bytes, packed: null };
}

function etagIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("etag" in value)) return null;
  return typeof value.etag === "string" && /^[\x21\x23-\x7e]+$/.test(value.etag)
    ? value.etag
    : null;
}

export const textReply = (type: string, text: string): Reply => ({
  status: 200,
  type,
  etag: null,
  bytes: new TextEncoder().encode(text),
  packed: null,
});

/** Whether the caller has it already. */
function isKnown(request: Request, etag: string | null): boolean {
  const known = request.headers.get("if-none-match");
  if (known === null || etag === null) return false;
  return known.split(",").some((it) => it.trim().replace(/^W\//, "") === `"${etag}"`);
}

/** Sends it, packed or not, or says that the caller has it. */
export async function send(request: Request, reply: Reply): Promise<Response> {
  const { status, type, etag, bytes } = reply;
  const headers = new Headers({ "content-type": type });
  if (etag !== null) {
    headers.set("etag", `"${etag}"`);
    headers.set("cache-control", "private, no-cache");
  }
  if (isReading(request) && status === 200 && isKnown(request, etag)) {
    headers.delete("content-type");
    return new Response(null, { status: 304, headers });
  }
  headers.set("vary", "accept-encoding");
  if (!isPacked(request, type, bytes.length)) return new Response(bytes, { status, headers });
  reply.packed ??= await pack(bytes);
  headers.set("content-encoding", "gzip");
  return new Response(reply.packed, { status, headers });
}

const isReading = ({ method }: Request): boolean => method === "GET" || method === "HEAD";

/** A file, which is never trusted with the rights of a page of CAR's. */
export async function sendBytes(
  request: Request,
  rowType: string,
  { bytes, type = rowType, fileName, etag }: Bytes,
): Promise<Response> {
  const isStream = bytes instanceof ReadableStream;
  const headers = new Headers({
    "content-type": type,
    "content-security-policy": FOREIGN_POLICY,
    "cache-control": "private, no-cache",
  });
  if (etag !== undefined) headers.set("etag", `"${etag}"`);
  if (fileName !== undefined) headers.set("content-disposition", attachment(fileName));
  const isHave = isKnown(request, etag ?? null);
  if (isHave || request.method === "HEAD") {
    if (isStream) await bytes.cancel();
    else if (!isHave) headers.set("content-length", String(bytes.length));
    return new Response(null, { status: isHave ? 304 : 200, headers });
  }
  return new Response(bytes, { headers });
}

/** By RFC 6266: a plain name for old programs, the true one for the others. */
function attachment(name: string): string {
  const plain = name.replace(/[^\w .-]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${
    encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (it) =>
      `%${it.charCodeAt(0).toString(16).toUpperCase()}`)
  }`;
}
