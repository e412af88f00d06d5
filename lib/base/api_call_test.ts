import assert from "node:assert/strict";
import { apiCaller, ApiError, type ApiInput, type ApiOptions } from "./api_call.ts";

type Call = (key: string, input?: ApiInput) => Promise<unknown>;

/** A caller whose server is a function, and what that was asked. */
function callerOf(answer: () => Response | Promise<Response>, changes: Partial<ApiOptions> = {}) {
  const asked: Request[] = [];
  const call = apiCaller<Call>({
    base: "http://car.test/api",
    token: () => "t0ken",
    fetch: (url, init) => {
      asked.push(new Request(url, init));
      return Promise.resolve(answer());
    },
    ...changes,
  });
  return { call, asked };
}

Deno.test("apiCaller() fills in the path and the query, and brings the token", async () => {
  const { call, asked } = callerOf(() => Response.json({ ok: true }), {
    headers: { "x-car-by": "cli:anna" },
  });
  const input = {
    params: { name: "a/b ?", number: 7 },
    query: { all: true, only: ["x", "y"], none: undefined },
  };
  assert.deepEqual(await call("GET /things/{name}/{number}", input), { ok: true });
  const [request] = asked;
  assert.equal(request?.url, "http://car.test/api/things/a%2Fb%20%3F/7?all=true&only=x&only=y");
  assert.equal(request?.headers.get("authorization"), "Bearer t0ken");
  assert.equal(request?.headers.get("x-car-by"), "cli:anna");
  assert.equal(request?.headers.get("content-type"), null);
});

Deno.test("apiCaller() sends a body as JSON and an etag where it belongs", async () => {
  const { call, asked } = callerOf(() => new Response(null, { status: 204 }), {
    token: () => null,
  });
  assert.equal(await call("PUT /text", { body: { text: "é" }, etag: "abc" }), null);
  await call("GET /text", { etag: "abc" });
  const [put, get] = asked;
  assert.equal(put?.headers.get("content-type"), "application/json");
  assert.equal(put?.headers.get("if-match"), '"abc"');
  assert.equal(put?.headers.get("authorization"), null);
  assert.deepEqual(await put?.json(), { text: "é" });
  assert.equal(get?.headers.get("if-none-match"), '"abc"');
});

Deno.test("apiCaller() gives text as text and bytes as a blob", async () => {
  const text = callerOf(() => new Response("words", { headers: { "content-type": "text/plain" } }));
  assert.equal(await text.call("GET /x"), "words");
  const png = callerOf(() =>
    new Response(new Uint8Array([1, 2]), { headers: { "content-type": "image/png" } })
  );
  const blob = await png.call("GET /x");
  assert.ok(blob instanceof Blob && blob.size === 2);
});

Deno.test("apiCaller() throws what the server said, and a word of its own for what is no answer of ours", async () => {
  const problem = {
    error: { code: "conflict", message: "It has moved on.", hint: "Merge." },
    requestId: "r",
    current: { text: "b", etag: "2" },
  };
  const table: readonly (readonly [() => Response, Partial<ApiError>])[] = [
    [
      () => Response.json(problem, { status: 409 }),
      { status: 409, code: "conflict", message: "It has moved on.", hint: "Merge.", body: problem },
    ],
    [
      () => Response.json({ error: { code: "odd", message: "Odd." } }, { status: 500 }),
      { status: 500, code: "internal", message: "Odd.", hint: undefined },
    ],
    [
      () => new Response("<h1>Bad Gateway</h1>", { status: 502 }),
      { status: 502, code: "unavailable", message: "The server answered with 502.", body: null },
    ],
    [
      () => {
        throw new TypeError("refused");
      },
      { status: 0, code: "unavailable", message: "The server does not answer." },
    ],
  ];
  for (const [answer, wanted] of table) {
    await assert.rejects(callerOf(answer).call("GET /x"), (thrown) => {
      assert.ok(thrown instanceof ApiError);
      for (const [name, value] of Object.entries(wanted)) {
        assert.deepEqual(Reflect.get(thrown, name), value, name);
      }
      return true;
    });
  }
});

Deno.test("apiCaller() refuses a path with a parameter that is not given", async () => {
  const { call } = callerOf(() => Response.json(1));
  await assert.rejects(call("GET /things/{name}"), /\{name\} of \/things\/\{name\} is missing/);
});
