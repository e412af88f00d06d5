/** An address for every row of the page table, in the hub of the showcase. */

import { PAGES } from "../../routes/page_table.ts";

/** What the names in an address stand for. */
const VALUES: Readonly<Record<string, string>> = {
  repo: "harbour",
  ticket: "2",
  run: "run-0001",
};

export interface PageAddress {
  readonly island: string;
  readonly path: string;
}

/** @param on Which kind of server: rows that are only elsewhere are left out. */
export function pageAddresses(on: "hub" | "sources"): readonly PageAddress[] {
  const there = PAGES.filter(({ only }) =>
    on === "sources" ? only === "sources" : only === undefined || only === "hub"
  );
  return there.map(({ island, path }) => ({
    island,
    path: path.replaceAll(/\/\{(\w+)(\??)\}/g, (_, name: string, optional: string) => {
      const value = VALUES[name];
      if (value === undefined && optional === "") throw new Error(`${path}: what is ${name}?`);
      return value === undefined ? "" : `/${value}`;
    }),
  }));
}
