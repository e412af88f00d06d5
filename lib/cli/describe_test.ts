import assert from "node:assert/strict";
import * as z from "zod/mini";
import { ERROR_CODES } from "../base/errors.ts";
import { COMMANDS } from "./commands.ts";
import { describeCar, EXIT_CODES } from "./describe.ts";
import { describeSchema, Description } from "./describe_schema.ts";

const ROUTES = [
  { method: "GET", path: "/health", tag: "site", summary: "tell", missing: null },
];

Deno.test("describeCar() fits its published schema everywhere", () => {
  for (
    const here of [
      { type: "none" },
      { type: "git", root: "/a" },
      { type: "repo", root: "/a" },
      { type: "hub", root: "/a", gitRoot: null },
    ] as const
  ) {
    const told: unknown = JSON.parse(JSON.stringify(describeCar(COMMANDS, ROUTES, here)));
    const read = z.strictObject(Description.shape).safeParse(told);
    assert.ok(read.success, read.error?.message);
    assert.equal(read.data.commands.length, COMMANDS.length);
  }
  assert.equal(describeSchema()["type"], "object");
});

Deno.test("EXIT_CODES has every exit code an error can have", () => {
  const known = EXIT_CODES.map(({ code }) => code);
  for (const { exit } of Object.values(ERROR_CODES)) assert.ok(known.includes(exit));
});
