/** The API's own document as a test: every route is called with right and with wrong input. */

import assert from "node:assert/strict";
import { hubPaths } from "../../lib/control/roots.ts";
import { makeHubFolder } from "../support/hub_folder.ts";
import { fitting, type JsonSchema, unfitting, withUnknownKey } from "../support/schema_samples.ts";
import { openServed, type Served } from "../support/served.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly missing: boolean;
  readonly parameters: readonly Parameter[];
  /** Null without a JSON body. */
  readonly body: JsonSchema | null;
  readonly uploads: readonly string[];
  readonly statuses: ReadonlySet<string>;
  readonly isOpen: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: JsonSchema;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedCall>>>>;
}

interface DocumentedCall {
  readonly operationId: string;
  readonly "x-missing"?: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
}

function operationsOf(document: Document): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => {
      const content = call.requestBody?.content ?? {};
      return {
        method: method.toUpperCase(),
        path,
        missing: call["x-missing"] !== undefined,
        parameters: call.parameters,
        body: content["application/json"]?.schema ?? null,
        uploads: Object.keys(content).filter((type) => type !== "application/json"),
        statuses: new Set(Object.keys(call.responses)),
        isOpen: call.security?.length === 0,
      };
    })
  );
}

/** What stands for a parameter of this name in the repo of the test. */
const KNOWN: Readonly<Record<string, string>> = {
  repo: "alpha",
  id: "alpha",
  index: "1",
  number: "1",
  ticket: "1",
  run: "run-0001",
};

const valueFor = ({ name, schema }: Parameter): string =>
  KNOWN[name] ?? String(fitting(schema, "whole"));

const pathOf = ({ path, parameters }: Operation, odd: string | null): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((it) => it.in === "path" && it.name === name);
    if (parameter === undefined) return KNOWN[name] ?? "x";
    return encodeURIComponent(odd !== null && name !== "repo" ? odd : valueFor(parameter));
  });

interface Trial {
  readonly what: string;
  readonly path: string;
  readonly init: RequestInit;
  /** Whether the input is wrong beyond doubt. */
  readonly isWrong: boolean;
  /** What a refusal must say. */
  readonly says?: string;
}

const JSON_TYPE = { "content-type": "application/json" };

function* trialsOf(operation: Operation): Iterable<Trial> {
  const { method, parameters, body, uploads } = operation;
  const path = pathOf(operation, null);
  const plain = { method, ...(body === null ? {} : { headers: JSON_TYPE }) };
  const sent = (value: unknown): RequestInit =>
    body === null ? plain : { ...plain, body: JSON.stringify(value) };
  const query = parameters.filter((it) => it.in === "query");
  const all = new URLSearchParams(query.map((it) => [it.name, valueFor(it)]));
  for (const odd of ["nothing-of-that-name", "0", "999999999", "\u{1f600}"]) {
    if (pathOf(operation, odd) !== path) {
      const init = sent(body === null ? null : fitting(body, "least"));
      yield { what: `path ${odd}`, path: pathOf(operation, odd), init, isWrong: false };
    }
  }
  if (body !== null) {
    for (const value of unfitting(body)) {
      yield { what: `body ${JSON.stringify(value)}`, path, init: sent(value), isWrong: true };
    }
    yield { what: "broken JSON", path, init: { ...plain, body: '{"' }, isWrong: true };
  }
  yield* strangersOf(operation, path, plain, sent(body && fitting(body, "least")));
  for (const type of uploads) {
    const headers = { "content-type": type.replace("*", "x") };
    yield { what: "odd upload", path, init: { method, headers, body: "odd" }, isWrong: false };
  }
  for (const { name } of query) {
    const odd = `${path}?${new URLSearchParams({ [name]: "\u0000 odd" })}`;
    yield {
      what: `query ${name}`,
      path: odd,
      init: sent(body && fitting(body, "least")),
      isWrong: false,
    };
  }
  yield {
    what: "all of it",
    path: `${path}?${all}`,
    init: sent(body && fitting(body, "whole")),
    isWrong: false,
  };
  yield { what: "the least", path, init: sent(body && fitting(body, "least")), isWrong: false };
}

/** A key that no form of any route is near to. */
const STRANGER = "nobody_knows";

/** One key too many: in each object of the body, and in the query. */
function* strangersOf(
  { method, body, uploads, statuses }: Operation,
  path: string,
  plain: RequestInit,
  least: RequestInit,
): Iterable<Trial> {
  const stranger = { isWrong: true, says: STRANGER };
  const bodies = body === null
    ? method === "GET" || uploads.length > 0 ? [] : [{ value: { [STRANGER]: 1 }, at: [] }]
    : withUnknownKey(body, STRANGER);
  const init = { ...plain, headers: JSON_TYPE, body: `{"__proto__": {"${STRANGER}": 1}}` };
  if (bodies.length > 0) {
    yield { isWrong: true, says: "__proto__", what: "a prototype in the body", path, init };
  }
  for (const { value, at } of bodies) {
    const init = { ...plain, headers: JSON_TYPE, body: JSON.stringify(value) };
    yield { ...stranger, what: `a stranger in body.${at.join(".")}`, path, init };
  }
  // Who opens no websocket there learns that first.
  if (statuses.has("101")) return;
  yield {
    ...stranger,
    what: "a stranger in the query",
    path: `${path}?${STRANGER}=1`,
    init: least,
  };
}

async function tryOut(site: Served, operation: Operation, trial: Trial): Promise<string | null> {
  const over = new AbortController();
  const answer = await site.call(trial.path, { ...trial.init, signal: over.signal });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const text = isStream ? "" : await answer.text();
  over.abort();
  const found = `${operation.method} ${trial.path}, ${trial.what}: ${answer.status} ${
    text.slice(0, 400)
  }`;
  if (answer.status === 500) return found;
  if (operation.missing) return answer.status === 501 ? null : found;
  if (
    trial.says !== undefined &&
    !(answer.status === 422 && /has (?:no|a) key/.test(text) && text.includes(trial.says))
  ) {
    return found;
  }
  if (trial.isWrong && (answer.status < 400 || answer.status >= 500)) return found;
  if (answer.status >= 400) {
    const { error, requestId } = JSON.parse(text);
    if (error?.message === undefined || requestId === undefined) return found;
  }
  return null;
}

Deno.test("every route of /api/openapi.json answers right and wrong input, and never with 500", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha", "beta"] });
  await hub.ticket("alpha", 1, "true");
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const document: Document = await (await site.call("/api/openapi.json")).json();
  assert.equal(document.openapi, "3.1.0");
  const faults: string[] = [];
  for (const operation of operationsOf(document)) {
    for (const trial of trialsOf(operation)) {
      const fault = await tryOut(site, operation, trial);
      if (fault !== null) faults.push(fault);
    }
  }
  const log = await Deno.readTextFile(`${hubPaths(hub.root).state}/codex-server.log`);
  const told = log.split("\n").filter((line) => line.includes("level=error"));
  assert.deepEqual(faults, [], `${faults.join("\n")}\n${told.join("\n")}`);
});

Deno.test("no route but the open ones answers without the token", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha"] });
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const document: Document = await (await site.call("/api/openapi.json")).json();
  for (const operation of operationsOf(document)) {
    const path = pathOf(operation, null);
    const answer = await fetch(`${site.serving.url}${path}`, {
      method: operation.method,
      headers: JSON_TYPE,
      ...(operation.method === "GET" ? {} : { body: "{}" }),
    });
    await answer.body?.cancel();
    const wanted = operation.isOpen ? 200 : 401;
    assert.equal(answer.status, wanted, `${operation.method} ${path}`);
  }
});

Deno.test("the document names each operation once and every parameter of its path", async () => {
  await using hub = await makeHubFolder({ repos: [] });
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const document: Document = await (await site.call("/api/openapi.json")).json();
  const ids = Object.values(document.paths).flatMap((it) =>
    Object.values(it).map((call) => call.operationId)
  );
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, parameters } of operationsOf(document)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((it) => it[1]);
    const described = parameters.filter((it) => it.in === "path").map((it) => it.name);
    assert.deepEqual(described, names, path);
  }
});

Deno.test("the document says of every object in a body that it takes no other keys", async () => {
  await using hub = await makeHubFolder({ repos: [] });
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const document: Document = await (await site.call("/api/openapi.json")).json();
  for (const { method, path, body } of operationsOf(document)) {
    const open = openObjects(body, "body");
    assert.deepEqual(open, [], `${method} ${path}: use z.strictObject`);
  }
});

/** Where a schema lets any key through beside those it names. */
function openObjects(schema: unknown, at: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties, additionalProperties } = schema as JsonSchema;
  const here = properties !== undefined && additionalProperties !== false ? [at] : [];
  return [
    ...here,
    ...Object.entries(schema).flatMap(([key, inner]) => openObjects(inner, `${at}.${key}`)),
  ];
}
