/** Schemas that many rows share: parts of paths, values of a query, moments. */

import * as z from "zod/mini";

/** Longest part of a path, in characters: file systems take no longer name. */
const SEGMENT_CHARACTERS_MAX = 255;

/** What no part of a path may hold: separators, control characters, and the two names of folders. */
const SEGMENT = /^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u;

/** One part of a path: never empty, never `..`, never with a slash in it. */
export const segment = () =>
  z.string().check(z.regex(SEGMENT), z.maxLength(SEGMENT_CHARACTERS_MAX));

/** A whole number in a path or query, `min` to `max`. */
export const numeral = (min = 0, max = Number.MAX_SAFE_INTEGER) =>
  z.pipe(
    z.string().check(z.regex(/^\d{1,15}$/, "must be a whole number")),
    z.pipe(z.transform(Number), z.int().check(z.gte(min), z.lte(max))),
  );

const NO = ["0", "false", "no"];

/** `?flag`, `?flag=1|true|yes` and `?flag=0|false|no`. */
export const queryFlag = () =>
  z.pipe(
    z.string().check(z.regex(/^(1|true|yes|0|false|no)?$/)),
    z.transform((it: string) => !NO.includes(it)),
  );

/** `?a=x&a=y` and `?a=x,y`: one value or many. */
export const queryList = () =>
  z.pipe(
    z.union([z.string(), z.array(z.string())]),
    z.transform((it: string | string[]) =>
      [it].flat().flatMap((each) => each.split(",")).filter((each) => each !== "")
    ),
  );

/** A moment: milliseconds since 1970. Names of such fields end in `Ms`. */
export const moment = () => z.number();
