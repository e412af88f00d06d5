/**
 * Documents that people and agents edit at the same time: who writes says which text they had before
 * them, and is told both texts when it is no longer that one.
 */

import { CarError } from "../lib/base/errors.ts";
import { Problem } from "./problem.ts";

export { etagOf } from "../lib/control/etag.ts";

/** A text as it stands, for a 409. */
export interface TextNow {
  readonly text: string;
  readonly etag: string;
}

/** What an edit stands on: the header, else the field of the body. */
export interface Edit {
  readonly request: Request;
  readonly body: { readonly etag?: string | undefined };
}

/** The etag the caller had before them; `*` for whatever stands there. Null when none was told. */
export function etagOfEdit({ request, body }: Edit): string | null {
  const header = request.headers.get("if-match");
  if (header !== null) return header.replace(/^W\//, "").replaceAll('"', "").trim();
  return body.etag ?? null;
}

/**
 * Goes on only when the caller has seen what they are about to replace.
 * @param now null when there is nothing yet; then only a caller who expects nothing may write.
 * @param yours what the caller wants to write, sent back beside the current text.
 * @throws {CarError} `invalid` without an etag; `conflict` with both texts when it is another one.
 */
export function expectUnmoved(edit: Edit, now: TextNow | null, yours: string): void {
  const had = etagOfEdit(edit);
  if (now === null) {
    if (had === null || had === "") return;
    throw moved(null, yours, had, "It is no longer there.");
  }
  if (had === null) {
    throw new CarError("invalid", "The edit does not say which text it stands on.", {
      hint: "Send the `etag` you were given in the If-Match header or in the body.",
    });
  }
  if (had !== "*" && had !== now.etag) {
    throw moved(now, yours, had, "It has been changed since you read it.");
  }
}

function moved(current: TextNow | null, text: string, etag: string, message: string): Problem {
  return new Problem(409, "conflict", message, {
    hint: "Merge the two texts, and save with the etag of the current one.",
    extra: { current, yours: { text, etag } },
  });
}
