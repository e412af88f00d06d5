/** Makes an answer small: gzip for those who take it, where it is worth the time. */

import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** Below this the packet on the wire is the same, in bytes. */
export const GZIP_BYTES_MIN = 1_400;
/** Most of the gain for a fifth of the time. */
const LEVEL = 4;

const PACKABLE = /^(?:text\/|application\/(?:json|javascript|xml)|image\/svg)/;

const gzipped = promisify(gzip) as (bytes: Uint8Array, o: object) => Promise<Uint8Array>;

/** Whether an answer of this type and length is sent packed to this caller. */
export const isPacked = (request: Request, type: string, length: number): boolean =>
  length >= GZIP_BYTES_MIN && PACKABLE.test(type) && takesGzip(request);

const takesGzip = (request: Request): boolean =>
  /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|$))/i.test(
    request.headers.get("accept-encoding") ?? "",
  );

export async function pack(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await gzipped(bytes, { level: LEVEL }));
}
