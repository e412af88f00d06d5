/** The done claim of the shell agent: all blocks ended well, so `done: true` goes into the ticket. */

import { CarError } from "../../base/errors.ts";
import { fileError, readTextStrict, writeFileAtomic } from "../../control/files.ts";
import { entryOf, parseFrontmatter } from "../../control/frontmatter.ts";
import { setKey } from "../../control/frontmatter_edit.ts";

/** As large as a ticket may be. */
export const TICKET_BYTES_MAX = 1024 * 1024;

const CLAIM = true;
const BYTE_ORDER_MARK = "\uFEFF";

/** The value of `done` as it stands in the ticket; undefined when there is none. */
export function doneIn(text: string): unknown {
  const value = entryOf(parseFrontmatter(text), "done")?.value;
  return value?.kind === "scalar" ? value.value : value?.kind;
}

/**
 * Claims, unless the commands themselves changed `done`: then that is what they meant.
 * @param before `done` when the turn began.
 * @throws {CarError} when the ticket is gone or can no longer be read.
 */
export async function claimDone(ticketPath: string, before: unknown): Promise<void> {
  // A link is followed: the ticket is what it points to.
  const path = await Deno.realPath(ticketPath).catch((thrown) => {
    if (!(thrown instanceof Deno.errors.NotFound)) throw fileError("read", ticketPath, thrown);
    throw new CarError("not_found", `The ticket is gone: ${ticketPath}`, {
      hint: "Bring it back, or take the ticket out of the queue.",
      cause: thrown,
    });
  });
  const { text, bom } = await readTextStrict(path, { maxBytes: TICKET_BYTES_MAX });
  if (doneIn(text) !== before) return;
  const claimed = setKey(text, "done", CLAIM);
  await writeFileAtomic(path, bom ? BYTE_ORDER_MARK + claimed : claimed);
}
