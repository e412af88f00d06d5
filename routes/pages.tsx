/** Page shells: HTML that carries nothing private. The islands in them ask for the rest with the token. */

import { renderToString } from "preact-render-to-string";
import { Island } from "../islands/island.tsx";
import { type Place, rowsPath } from "../islands/place.ts";
import type { ClientList } from "./assets.ts";
import { type PageRow, PAGES } from "./page_table.ts";

export interface PageSite {
  readonly mode: "hub" | "repo";
  /** In repo mode the repo there is. */
  readonly repo: string | null;
  readonly fromSources: boolean;
  /** What this server cannot do, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

export interface FoundPage {
  readonly row: PageRow;
  readonly place: Place;
}

/** The page at a path; null when there is none. Any id is a page: whether it exists is asked with the token. */
export function findPage(path: string, site: PageSite): FoundPage | null {
  for (const row of PAGES) {
    if (row.only === "sources" ? !site.fromSources : (row.only ?? site.mode) !== site.mode) {
      continue;
    }
    const params = matchPath(row.path, path);
    if (params === null) continue;
    const { repo = site.repo, ...rest } = params;
    return { row, place: { mode: site.mode, repo, params: rest, missing: site.missing } };
  }
  return null;
}

/** `/repos/{repo}/context/{doc?}` against a path. @returns What the names stand for, or null. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split("/");
  const have = path.replace(/(?<=.)\/$/, "").split("/");
  const found: Record<string, string> = {};
  for (const [at, part] of want.entries()) {
    const given = have[at];
    const name = /^\{(\w+)(\?)?\}$/.exec(part);
    if (name === null) {
      if (given !== part) return null;
      continue;
    }
    const value = given === undefined ? undefined : decoded(given);
    if (value === undefined || value === "") {
      if (name[2] === undefined) return null;
      continue;
    }
    found[name[1] ?? ""] = value;
  }
  return have.length > want.length ? null : found;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The whole document. */
export function renderPage({ row, place }: FoundPage, client: ClientList): string {
  const chunks = [...client.pages[""] ?? [], ...client.pages[row.island] ?? []];
  const first = [rowsPath(place), ...row.first?.(place) ?? []];
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{titleOf(row, place)}</title>
        <link rel="icon" href="/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={`/client/${client.style}`} />
        {chunks.map((name) => <link key={name} rel="modulepreload" href={`/client/${name}`} />)}
        <script type="module" src={`/client/${client.script}`} />
      </head>
      <body>
        <Island name={row.island} of={row.page} props={{ place }} first={first} />
        <noscript>This page is drawn in the browser: it needs JavaScript.</noscript>
      </body>
    </html>
  );
  return `<!doctype html>${renderToString(page)}`;
}

function titleOf(row: PageRow, { repo, params }: Place): string {
  const about = [params["ticket"], params["run"], params["doc"]].find((it) => it !== undefined);
  return [about, row.title, row.path.includes("{repo}") ? repo : null, "CAR"]
    .filter((it) => it !== null && it !== undefined).join(" \u00b7 ");
}

export const notFoundPage = (client: ClientList): string =>
  `<!doctype html>${
    renderToString(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Not found · CAR</title>
          <link rel="icon" href="/mark.svg" type="image/svg+xml" />
          <link rel="stylesheet" href={`/client/${client.style}`} />
        </head>
        <body>
          <main class="empty">
            <h1>There is no such page</h1>
            <p>The address leads nowhere in CAR.</p>
            <a class="button" href="/">To the overview</a>
          </main>
        </body>
      </html>,
    )
  }`;
