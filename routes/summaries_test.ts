import assert from "node:assert/strict";
import * as z from "zod/mini";
import { Description } from "../lib/cli/describe_schema.ts";
import { openApiOf } from "./openapi.ts";
import { routeSummaries } from "./summaries.ts";
import { ROUTES } from "./table.ts";

Deno.test("routeSummaries() tells what the API's document tells, as car describe publishes it", () => {
  for (const mode of ["hub", "repo"] as const) {
    const told = routeSummaries(mode);
    z.array(z.strictObject(Description.shape.routes.element.shape)).parse(told);
    const paths = openApiOf(ROUTES, mode)["paths"] as Record<string, Record<string, unknown>>;
    const documented = Object.entries(paths).flatMap(([path, rows]) =>
      Object.keys(rows).map((method) => `${method.toUpperCase()} ${path}`)
    );
    assert.deepEqual(told.map((it) => `${it.method} ${it.path}`).sort(), documented.sort(), mode);
    assert.ok(told.some((it) => it.missing !== null), mode);
  }
});
