/** The number of a dispatch, as a person types it. */

import { CarError } from "../base/errors.ts";

/** @throws {CarError} `usage`. */
export function dispatchNumber(text: string): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number > 0) return number;
  throw new CarError("usage", `"${text}" is no number of a dispatch.`, {
    hint: "`car dispatch list` shows the numbers.",
  });
}
