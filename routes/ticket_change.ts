/** A change of a ticket: its whole text, or single keys and the body. Pure. */

import * as z from "zod/mini";
import { splitFrontmatter } from "../lib/control/frontmatter.ts";
import { removeKey, setKey } from "../lib/control/frontmatter_edit.ts";
import { TICKET_BYTES_MAX } from "../lib/control/ticket_file.ts";

const SCALAR = z.union([z.string(), z.number(), z.boolean()]);
const ITEM = z.union([SCALAR, z.record(z.string().check(z.regex(/^[\w-]{1,64}$/)), SCALAR)]);
const text = () => z.string().check(z.maxLength(TICKET_BYTES_MAX));

export const TICKET_CHANGE = z.strictObject({
  /** What the change stands on; the If-Match header says the same. */
  etag: z.optional(z.string()),
  /** The whole file; `keys` and `body` change it further. Without it they change what stands there. */
  text: z.optional(text()),
  /** Keys of the frontmatter; null takes one away. What is not named stays byte for byte. */
  keys: z.optional(
    z.record(
      z.string().check(z.regex(/^[\w-]{1,64}$/)),
      z.nullable(z.union([ITEM, z.array(ITEM)])),
    ),
  ),
  /** Below the frontmatter. */
  body: z.optional(text()),
});

type Change = z.output<typeof TICKET_CHANGE>;

/** @throws {CarError} `invalid` when the frontmatter cannot be changed key by key. */
export function editedText(before: string, change: Omit<Change, "etag">): string {
  let now = change.text ?? before;
  for (const [key, value] of Object.entries(change.keys ?? {})) {
    now = value === null ? removeKey(now, key) : setKey(now, key, value);
  }
  if (change.body === undefined) return now;
  const split = splitFrontmatter(now);
  return split.type === "found" ? now.slice(0, split.body) + change.body : change.body;
}

/** What lies below the frontmatter; all of it where there is none. */
export function bodyOf(text: string): string {
  const split = splitFrontmatter(text);
  return split.type === "found" ? text.slice(split.body) : text;
}
