/** Reads the body of a call: bounded in bytes, in time and in depth. */

import type { Clock } from "../lib/base/clock.ts";
import { mediaType } from "../lib/hub/access/admission.ts";
import { announcesBody } from "./arrival.ts";
import { Problem } from "./problem.ts";
import type { Upload, UploadBody } from "./upload.ts";

/** JSON of one call, in bytes: a ticket with everything in it is a tenth. */
export const JSON_BYTES_MAX = 1024 * 1024;
/** How long a body may take to arrive, in milliseconds: 20 MiB from this machine take one second. */
const BODY_MS = 60_000;
/** Lists and objects within each other: what no form of ours needs would only exhaust the stack. */
const DEPTH_MAX = 64;

/** The JSON that was sent; `{}` for an empty body. @throws {Problem} 400, 408, 413, 415. */
export async function readJson(request: Request, clock: Clock): Promise<unknown> {
  if (announcesBody(request)) expectType(request, ["application/json"]);
  const bytes = await collect(bounded(request, JSON_BYTES_MAX), request, clock);
  if (bytes.length === 0) return {};
  expectType(request, ["application/json"]);
  const text = decoded(bytes);
  if (isTooDeep(text)) throw malformed(`it is more than ${DEPTH_MAX} levels deep`);
  try {
    return JSON.parse(text, withoutPrototype);
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw malformed(thrown instanceof Error ? thrown.message : "it ends too early");
  }
}

/** @throws {Problem} 413, 415. */
export function takeUpload(request: Request, row: UploadBody, clock: Clock): Upload {
  expectType(request, row.types);
  const type = request.headers.get("content-type") ?? "";
  const stream = bounded(request, row.bytesMax);
  const bytes = () => collect(stream, request, clock);
  return {
    type,
    stream,
    bytes,
    async form() {
      const whole = await bytes();
      try {
        return await new Response(whole, { headers: { "content-type": type } }).formData();
      } catch {
        throw new Problem(400, "invalid", "The body is no multipart/form-data.", {
          hint: "Send it with the boundary its Content-Type names.",
        });
      }
    },
  };
}

function expectType(request: Request, types: readonly string[]): void {
  const type = mediaType(request.headers.get("content-type"));
  const fits = types.some((it) =>
    it === type || (it.endsWith("/*") && type.startsWith(it.slice(0, -1)))
  );
  if (fits) return;
  throw new Problem(415, "invalid", `The body is ${type === "" ? "of no type" : type}.`, {
    hint: `Send ${types.join(" or ")}.`,
  });
}

/** The body, which fails as soon as it is longer than allowed. */
function bounded(request: Request, bytesMax: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const tooLong = () =>
    new Problem(413, "invalid", `The body is longer than ${bytesMax} bytes.`, {
      hint: "Send less at once.",
    });
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLong();
  let left = bytesMax;
  const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(part, to) {
      left -= part.length;
      if (left < 0) to.error(tooLong());
      else to.enqueue(part);
    },
  });
  return request.body?.pipeThrough(count) ?? new Blob([]).stream();
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  request: Request,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer>> {
  const late = new AbortController();
  const reader = stream.getReader();
  const deadline = clock.sleep(BODY_MS, late.signal).then(
    () => reader.cancel(),
    () => {},
  );
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const endMs = clock.elapsed() + BODY_MS;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
    }
  } finally {
    late.abort();
    await deadline;
  }
  if (clock.elapsed() >= endMs && !request.signal.aborted) {
    throw new Problem(408, "timeout", "The body did not arrive in time.", { hint: "Try again." });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("it is not UTF-8");
  }
}

const malformed = (why: string): Problem =>
  new Problem(400, "invalid", `The body is no JSON: ${why}.`, {
    hint: "Send one JSON object.",
  });

/** A key that no object of ours has, and that where any key may stand would be left out in silence. */
function withoutPrototype(key: string, value: unknown): unknown {
  if (key !== "__proto__") return value;
  throw new Problem(422, "invalid", 'The body has a key "__proto__", which is no key of anything.');
}

/** Counts brackets outside of strings. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && inString) at++;
    else if (code === QUOTE) inString = !inString;
    else if (!inString && (code === OPEN_LIST || code === OPEN_OBJECT)) {
      if (++depth > DEPTH_MAX) return true;
    } else if (!inString && (code === CLOSE_LIST || code === CLOSE_OBJECT)) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
