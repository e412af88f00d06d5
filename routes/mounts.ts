/** At which address a row answers, in hub mode and in repo mode. Pure. */

import { CarError } from "../lib/base/errors.ts";
import type { Route, Scope } from "./route.ts";

export type Mode = "hub" | "repo";

/** The name of the part of the path that says which repo, in hub mode. */
export const REPO_PARAMETER = "repo";

/** What stands before a row's own path. Null: the row is not there in this mode. */
export function mountOf(scope: Scope, mode: Mode): string | null {
  switch (scope) {
    case "site":
      return "";
    case "hub":
      return mode === "hub" ? "" : null;
    case "repo":
      return mode === "hub" ? `/repos/{${REPO_PARAMETER}}/api` : "/api";
  }
}

/** The address of a row with parameters in braces, or null. */
export function addressOf({ scope, path }: Pick<Route, "scope" | "path">, mode: Mode) {
  const mount = mountOf(scope, mode);
  return mount === null ? null : `${mount}${path}`;
}

/** Names of the parameters in an address, in order. */
export const parametersOf = (address: string): readonly string[] =>
  [...address.matchAll(/\{(\w+)\}/g)].map((it) => it[1] ?? "");

/** Fixed words come before parameters, so that `/tickets/lint` is no ticket. */
export const byFixedFirst = (a: string, b: string): number => rank(a) < rank(b) ? -1 : 1;

const rank = (address: string): string => address.replaceAll(/\{\w+\}/g, "\uffff");

/** @throws {CarError} `internal` for two rows of one address, or a parameter without its schema. */
export function checkTable(rows: readonly Route[]): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const key = `${row.scope} ${row.method} ${row.path.replaceAll(/\{\w+\}/g, "{}")}`;
    if (seen.has(key)) throw new CarError("internal", `Two routes are ${key}.`);
    seen.add(key);
    if (!row.path.startsWith("/")) throw new CarError("internal", `${key} begins with no slash.`);
    if (parametersOf(row.path).includes(REPO_PARAMETER)) {
      throw new CarError("internal", `${key} uses the name {${REPO_PARAMETER}}, which is taken.`);
    }
    if (parametersOf(row.path).length > 0 && row.params === undefined && !row.missing) {
      throw new CarError("internal", `${key} has no schema for its parameters.`);
    }
  }
}
