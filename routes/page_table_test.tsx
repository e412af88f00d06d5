/** A page asks for the same as what its shell has asked for ahead. */

import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { h, hydrate, options, render } from "preact";
import { renderToString } from "preact-render-to-string";
import { type Place, rowsPath } from "../islands/place.ts";
import { giveToken } from "../islands/session.ts";
import { PAGES } from "./page_table.ts";

const PARAMS = { ticket: "7", run: "run-3", thread: "t1", doc: "spec" };

/** What a page asks of the API as soon as it is drawn. */
function asksOf(page: (typeof PAGES)[number], place: Place): readonly string[] {
  const html = renderToString(h(page.page, { place }));
  const { document, window } = parseHTML(`<body><div>${html}</div></body>`);
  const asked: string[] = [];
  const globals = {
    document,
    location: { pathname: "/", search: "", hash: "" },
    fetch: (path: string) => {
      asked.push(path);
      return new Promise<Response>(() => {});
    },
    matchMedia: window.matchMedia,
    innerHeight: 800,
  };
  const before = Object.keys(globals).map((name) =>
    [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
  );
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const root = document.querySelector("div");
  assert.ok(root !== null);
  try {
    hydrate(h(page.page, { place }), root);
    render(null, root);
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
  return asked;
}

for (const mode of ["repo", "hub"] as const) {
  Deno.test(`a page of a ${mode} asks for what its row says it asks first`, () => {
    giveToken("a-token");
    // What comes after the first picture is not asked at once.
    options.requestAnimationFrame = () => {};
    for (const page of PAGES) {
      if ((page.only ?? mode) !== mode) continue;
      const place = { mode, repo: "app", params: PARAMS, missing: {} };
      const asked = asksOf(page, place);
      for (const path of page.first?.(place) ?? []) {
        assert.ok(asked.includes(path), `${page.path}: ${path} is not among ${asked.join(" ")}`);
      }
      assert.ok(!asked.includes(rowsPath(place)), "the store asks for the rows");
    }
  });
}
