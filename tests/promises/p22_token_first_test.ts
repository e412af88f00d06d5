/** P22: without the token nothing answers but /health and the empty pages, with nothing in them. */

import assert from "node:assert/strict";
import { makeHubFolder } from "../support/hub_folder.ts";
import { openServed } from "../support/served.ts";

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { security?: unknown[] }>>>>;
}

/** Addresses that no row has. */
const UNKNOWN = [
  "/api",
  "/api/nothing",
  "/repos/alpha/api/nothing",
  "/hub/nothing",
  "/repos/x/api/state",
];
const PAGES = ["/", "/inbox", "/repos/alpha", "/repos/nobody", "/settings"];

for (const mode of ["hub", "repo"] as const) {
  Deno.test(`P22: in ${mode} mode every route and every unknown one answers 401 without the token`, async () => {
    await using hub = await makeHubFolder({ repos: ["alpha-of-secrets"] });
    await hub.ticket("alpha-of-secrets", 1, "true", { title: "Title of secrets" });
    const root = mode === "hub" ? hub.root : hub.repo("alpha-of-secrets");
    await using site = await openServed({ root, home: hub.home, mode });
    const bare = async (path: string, method = "GET") => {
      const answer = await fetch(`${site.serving.url}${path}`, {
        method: method.toUpperCase(),
        headers: { "content-type": "application/json" },
        ...(method === "get" || method === "GET" ? {} : { body: "{}" }),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const { paths }: Document = await (await site.call("/api/openapi.json")).json();
    let asked = 0;
    for (const [path, calls] of Object.entries(paths)) {
      for (const method of Object.keys(calls)) {
        if (path === "/health") continue;
        const { status, text } = await bare(path.replaceAll(/\{\w+\}/g, "1"), method);
        assert.equal(status, 401, `${method} ${path}`);
        assert.doesNotMatch(text, /of.secrets/, path);
        asked++;
      }
    }
    assert.ok(asked > 60, `${asked} routes`);
    for (const path of UNKNOWN) assert.equal((await bare(path)).status, 401, path);
    const health = await bare("/health");
    assert.equal(health.status, 200);
    assert.deepEqual(Object.keys(JSON.parse(health.text)).sort(), [
      "mode",
      "ok",
      "startedMs",
      "version",
    ]);
    for (const path of PAGES) {
      const { text } = await bare(path);
      assert.doesNotMatch(text, /Title of secrets/, path);
      // The page of a single repo carries the name of its folder.
      if (mode === "hub") assert.doesNotMatch(text, /of.secrets/, path);
    }
  });
}
