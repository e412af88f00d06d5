import assert from "node:assert/strict";
import { runRoute } from "./hub_repos.ts";
import { onceRoute, resumeRoute, startRoute } from "./run_start.ts";

Deno.test("routes that start a run take no key they do not know", () => {
  for (const { path, body } of [startRoute, onceRoute, resumeRoute, runRoute]) {
    assert.ok(body?.safeParse({}).success, path);
    assert.ok(!body?.safeParse({ onec: true }).success, path);
  }
});
