import assert from "node:assert/strict";
import * as z from "zod/mini";
import { misfits } from "./decode.ts";
import { knownKeys } from "./known_keys.ts";

const LIMITS = z.strictObject({ turns: z.optional(z.int()), minutes: z.optional(z.int()) });
const SCHEMA = z.strictObject({
  title: z.optional(z.string()),
  limits: z.optional(z.nullable(LIMITS)),
  files: z.optional(z.array(z.strictObject({ name: z.string() }))),
  target: z.optional(z.union([z.strictObject({ ticket: z.string() }), z.string()])),
  keys: z.optional(z.record(z.string(), LIMITS)),
  count: z.optional(z.pipe(z.string(), z.transform(Number))),
});

Deno.test("knownKeys() finds what an object takes, however it is wrapped", () => {
  const table: readonly [readonly PropertyKey[], readonly string[]][] = [
    [[], ["title", "limits", "files", "target", "keys", "count"]],
    [["limits"], ["turns", "minutes"]],
    [["files", 3], ["name"]],
    [["target"], ["ticket"]],
    [["keys", "anything"], ["turns", "minutes"]],
    [["count"], []],
    [["nothing", "there"], []],
    [["toString"], []],
  ];
  for (const [path, keys] of table) assert.deepEqual(knownKeys(SCHEMA, path), keys, path.join("."));
});

Deno.test("misfits() names an unknown key, what is near to it, and what is known", () => {
  const words = (value: unknown) => {
    const { error } = z.safeParse(SCHEMA, value);
    return misfits("body", error?.issues ?? [], value, SCHEMA)
      .map(({ path, message }) => `${path}: ${message}`);
  };
  assert.deepEqual(words({ titel: "x" }), [
    'body: has no key "titel" (did you mean "title"?); known are title, limits, files, target, keys, count.',
  ]);
  assert.deepEqual(words({ limits: { turn: 1, other: 2 } }), [
    'body.limits: has no key "turn" (did you mean "turns"?), "other"; known are turns, minutes.',
  ]);
  assert.deepEqual(words({ files: [{ name: "a" }, { name: "b", size: 1 }] }), [
    'body.files[1]: has no key "size"; known are name.',
  ]);
  assert.deepEqual(words({ target: { ticket: "1", tikcet: "2" } }), [
    'body.target: has no key "tikcet" (did you mean "ticket"?); known are ticket.',
  ]);
  assert.deepEqual(words({ target: { other: "1" } }), [
    "body.target: is none of the forms that are allowed; it is an object.",
  ]);
  const many = Object.fromEntries(Array.from({ length: 999 }, (_, at) => [`key_${at}_nobody`, 1]));
  const [said = ""] = words(many);
  assert.ok(said.includes('"key_9_nobody" and 989 more; known are'), said);
  assert.match(words({ "\u001b[2J": 1 })[0] ?? "", /has no key "\\u001b\[2J"; known/);
});

Deno.test("misfits() says where nothing is taken", () => {
  const nothing = z.strictObject({});
  const value = { a: 1 };
  const { error } = z.safeParse(nothing, value);
  const [found] = misfits("query", error?.issues ?? [], value, nothing);
  assert.deepEqual(found, { path: "query", message: 'has no key "a"; nothing is taken here.' });
});
