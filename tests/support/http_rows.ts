/** Routes of no meaning: one of each kind of input and answer, for tests of what carries them. */

import * as z from "zod/mini";
import { bytes, created, empty, sse, text, upgrade } from "../../routes/answers.ts";
import { etagOf, expectUnmoved } from "../../routes/editing.ts";
import { numeral, queryFlag, queryList, segment } from "../../routes/fields.ts";
import { type Route, route } from "../../routes/route.ts";
import { frame } from "../../routes/sse.ts";
import { upload } from "../../routes/upload.ts";

export const DOCUMENT = "The text";

export const ROWS = [
  route({
    method: "get",
    path: "/things/{number}",
    scope: "repo",
    tag: "things",
    summary: "show a thing",
    params: z.object({ number: numeral(1, 99) }),
    query: z.strictObject({ all: z.optional(queryFlag()), only: z.optional(queryList()) }),
    answer: z.object({
      number: z.number(),
      all: z.boolean(),
      only: z.array(z.string()),
      repo: z.string(),
    }),
    handle: ({ desk, params, query }) => ({
      number: params.number,
      all: query.all ?? false,
      only: query.only ?? [],
      repo: desk.id,
    }),
  }),
  route({
    method: "get",
    path: "/things/newest",
    scope: "repo",
    tag: "things",
    summary: "show the newest thing",
    answer: text(),
    handle: () => "newest",
  }),
  route({
    method: "post",
    path: "/things",
    scope: "repo",
    tag: "things",
    summary: "make a thing",
    body: z.strictObject({
      name: z.string().check(z.minLength(1)),
      limits: z.optional(z.object({ turns: z.int() })),
    }),
    answer: created(z.object({ name: z.string(), by: z.string() })),
    handle: ({ body, actor }) => ({ name: body.name, by: actor.by }),
  }),
  route({
    method: "get",
    path: "/text",
    scope: "repo",
    tag: "text",
    summary: "read",
    answer: z.object({ text: z.string(), etag: z.string() }),
    handle: () => ({ text: DOCUMENT, etag: etagOf(DOCUMENT) }),
  }),
  route({
    method: "put",
    path: "/text",
    scope: "repo",
    tag: "text",
    summary: "write",
    body: z.strictObject({ text: z.string(), etag: z.optional(z.string()) }),
    answer: empty(),
    handle: ({ request, body }) =>
      expectUnmoved({ request, body }, { text: DOCUMENT, etag: etagOf(DOCUMENT) }, body.text),
  }),
  route({
    method: "delete",
    path: "/broken",
    scope: "site",
    tag: "text",
    summary: "fail",
    answer: empty(),
    handle: () => {
      throw new TypeError("a secret of the inside");
    },
  }),
  route({
    method: "get",
    path: "/lie",
    scope: "site",
    tag: "text",
    summary: "answer what the row does not say",
    answer: z.object({ count: z.int() }),
    handle: () => ({ count: 1.5 }),
  }),
  route({
    method: "get",
    path: "/files/{name}",
    scope: "site",
    tag: "files",
    summary: "a file",
    params: z.object({ name: segment() }),
    answer: bytes("text/plain"),
    handle: ({ params }) => ({
      bytes: new TextEncoder().encode(params.name),
      fileName: "ünïcode\r\n.txt",
      etag: "abc",
    }),
  }),
  route({
    method: "post",
    path: "/files",
    scope: "site",
    tag: "files",
    summary: "take a file",
    body: upload(["audio/*", "multipart/form-data"], 1_000),
    answer: z.object({ bytes: z.number() }),
    handle: async ({ body }) => ({ bytes: (await body.bytes()).length }),
  }),
  route({
    method: "get",
    path: "/big",
    scope: "site",
    tag: "files",
    summary: "much that seldom changes",
    answer: z.object({ text: z.string() }),
    version: () => 7,
    handle: () => ({ text: "again ".repeat(5_000) }),
  }),
  route({
    method: "get",
    path: "/news",
    scope: "site",
    tag: "news",
    summary: "a stream",
    query: z.strictObject({ after: z.optional(z.string()) }),
    answer: sse({ told: z.object({ after: z.nullable(z.string()) }) }),
    handle: () => (client) => {
      client.send(frame({ event: "told", id: 8, data: { after: client.after } }));
      client.end();
    },
  }),
  route({
    method: "get",
    path: "/socket",
    scope: "site",
    tag: "news",
    summary: "a socket",
    answer: upgrade("nothing"),
    handle: () => (socket) => socket.close(),
  }),
  route({
    method: "post",
    path: "/voice/{kind}",
    scope: "repo",
    tag: "voice",
    summary: "hear",
    missing: "CAR cannot hear yet.",
    answer: empty(),
    handle: () => {},
  }),
  route({
    method: "get",
    path: "/hub/only",
    scope: "hub",
    tag: "hub",
    summary: "only in a hub",
    isOpen: true,
    answer: z.object({ yes: z.boolean() }),
    handle: () => ({ yes: true }),
  }),
] as const satisfies readonly Route[];
