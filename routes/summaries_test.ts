import assert from "node:assert/strict";
import { openApiOf } from "./openapi.ts";
import { routeSummaries } from "./summaries.ts";
import { ROUTES } from "./table.ts";

Deno.test("routeSummaries() tells the addresses that the API's document tells", () => {
  for (const mode of ["hub", "repo"] as const) {
    const told = routeSummaries(mode);
    const { paths } = openApiOf(ROUTES, mode) as {
      readonly paths: Record<string, Record<string, unknown>>;
    };
    const documented = Object.entries(paths).flatMap(([path, rows]) =>
      Object.keys(rows).map((method) => `${method.toUpperCase()} ${path}`)
    );
    assert.deepEqual(told.map((it) => `${it.method} ${it.path}`).sort(), documented.sort(), mode);
    assert.ok(told.some((it) => it.missing !== null), mode);
  }
});
