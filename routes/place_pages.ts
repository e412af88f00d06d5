/** Puts the page shells and their files beside the API. They answer without the token and hold nothing private. */

import { type AppContext, type PageApp } from "./app.ts";
import { type Assets, openAssets } from "./assets.ts";
import { findPage, notFoundPage, type PageSite, renderPage } from "./pages.tsx";
import type { Route } from "./route.ts";
import type { Site } from "./site.ts";

const HTML = { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" } as const;

/** What stands at every page of a CAR whose client was not built. */
const NO_CLIENT = `<!doctype html><meta charset="utf-8"><title>CAR</title>
<p>This CAR was started without its page. <code>deno task client</code> builds it; the API answers at
<a href="/api/openapi.json">/api/openapi.json</a>.</p>`;

/** Files that lie at the root, by the name they have among the client's. */
const ROOT_FILES = ["mark.svg", "mark_attention.svg"];

/** @param routes All there are: what is missing among them is told to the pages. */
export const placePages =
  (routes: readonly Route[], assets: Assets | null = openAssets()) =>
  (app: PageApp, site: Site): void => {
    if (assets === null) {
      app.get("/", () => new Response(NO_CLIENT, { headers: HTML }));
      return;
    }
    const about = aboutOf(routes, site);
    app.get("/client/:name", (context) => file(context, assets, context.req.param("name") ?? ""));
    for (const name of ROOT_FILES) {
      app.get(`/${name}`, (context) => file(context, assets, name));
    }
    app.get("*", async (context, next) => {
      if (isApi(context.env.arrival.path)) return await next();
      const found = findPage(context.env.arrival.path, about);
      return found === null
        ? new Response(notFoundPage(assets.list), { status: 404, headers: HTML })
        : new Response(renderPage(found, assets.list), { headers: HTML });
    });
  };

/** Addresses of the API, which no page may stand in for. */
const isApi = (path: string): boolean =>
  /^\/(?:api|hub|client)(?:\/|$)|^\/repos\/[^/]+\/api(?:\/|$)/.test(path);

function aboutOf(routes: readonly Route[], { fleet }: Site): PageSite {
  const missing = routes.flatMap((row) =>
    row.missing === undefined ? [] : [[row.tag, row.missing]]
  );
  return {
    mode: fleet.mode,
    repo: fleet.mode === "repo" ? fleet.repos()[0]?.id ?? null : null,
    fromSources: !Deno.build.standalone,
    missing: Object.fromEntries(missing),
  };
}

function file({ req }: AppContext, assets: Assets, name: string): Response {
  const found = assets.find(name, req.header("accept-encoding") ?? "");
  return found === null
    ? new Response(null, { status: 404 })
    : new Response(found.bytes, { headers: found.headers });
}
