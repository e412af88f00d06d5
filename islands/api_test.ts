import assert from "node:assert/strict";
import { ask, askAhead } from "./api.ts";
import { Problem } from "./problem.ts";
import { giveToken } from "./session.ts";

interface Asked {
  readonly path: string;
  readonly knows: string | null;
}

/** Answers each request in turn; the last answer is given again. */
async function withAnswers(
  answers: readonly (() => Response)[],
  body: (asked: readonly Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (path: RequestInfo | URL, init: { headers?: HeadersInit } = {}) => {
    asked.push({ path: String(path), knows: new Headers(init.headers).get("if-none-match") });
    return Promise.resolve((answers[asked.length - 1] ?? answers.at(-1))?.() ?? Response.error());
  };
  try {
    await body(asked);
  } finally {
    globalThis.fetch = real;
  }
}

const json = (value: unknown, init?: ResponseInit) => () => Response.json(value, init);

Deno.test("askAhead() leaves an answer to the first who asks", async () => {
  giveToken("a-token");
  await withAnswers([json(1), json(2)], async (asked) => {
    askAhead(["/api/x"]);
    assert.equal((await ask("/api/x")).value, 1);
    assert.equal((await ask("/api/x")).value, 2);
    assert.equal((await ask("/api/y")).value, 2);
    assert.deepEqual(asked.map((it) => it.path), ["/api/x", "/api/x", "/api/y"]);
  });
});

Deno.test("askAhead() leaves no failure behind", async () => {
  await withAnswers([json({ error: {} }, { status: 503 }), json(2)], async () => {
    askAhead(["/api/x"]);
    // One tick of the answer, one of its body.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal((await ask("/api/x")).value, 2);
  });
});

Deno.test("askAhead() is told to whoever asks while it fails", async () => {
  await withAnswers([json({ error: {} }, { status: 503 })], async () => {
    askAhead(["/api/x"]);
    await assert.rejects(ask("/api/x"), Problem);
  });
});

Deno.test("ask() gives back what is known when it is still so", async () => {
  const etag = '"v1"';
  const answers = [
    json({ a: 1 }, { headers: { etag } }),
    () => new Response(null, { status: 304 }),
  ];
  await withAnswers(answers, async (asked) => {
    const known = await ask("/api/x");
    assert.equal(await ask("/api/x", { known }), known);
    assert.deepEqual(asked.map((it) => it.knows), [null, etag]);
  });
});
