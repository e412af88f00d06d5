/** Every route in a line, for `car describe`. Pure. */

import { addressOf, byFixedFirst, type Mode } from "./mounts.ts";
import { ROUTES } from "./table.ts";
import type { Route } from "./route.ts";

export interface RouteSummary {
  /** `GET`. */
  readonly method: string;
  /** As it answers in this mode, its parameters in braces. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Why it answers 501; null: it is there. */
  readonly missing: string | null;
}

/** In the order of their paths. */
export function routeSummaries(mode: Mode, rows: readonly Route[] = ROUTES): RouteSummary[] {
  return rows.flatMap((row) => {
    const path = addressOf(row, mode);
    const { tag, summary, missing = null } = row;
    return path === null ? [] : [{ method: row.method.toUpperCase(), path, tag, summary, missing }];
  }).sort((a, b) => byFixedFirst(a.path, b.path));
}
