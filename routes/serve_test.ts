import assert from "node:assert/strict";
import { apiCaller, ApiError } from "../lib/base/api_call.ts";
import { systemClock } from "../lib/base/clock.ts";
import { CarError } from "../lib/base/errors.ts";
import { rotateToken } from "../lib/hub/access/token.ts";
import { openServerClient } from "../lib/hub/server_client.ts";
import { findServer } from "../lib/hub/server_note.ts";
import { idleFleet } from "../tests/support/http_site.ts";
import type { Api } from "./client.ts";
import { serve, type ServeOptions } from "./serve.ts";

interface Place extends AsyncDisposable {
  readonly root: string;
  readonly state: string;
  readonly options: ServeOptions;
}

async function openPlace(server: Readonly<Record<string, unknown>> = {}): Promise<Place> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "car_serve_" }));
  const state = `${root}/.codex-autorunner`;
  await Deno.mkdir(state);
  const config = { version: 2, mode: "repo", server: { port: 0, ...server } };
  await Deno.writeTextFile(`${state}/config.yml`, JSON.stringify(config));
  return {
    root,
    state,
    options: {
      mode: "repo",
      root,
      clock: systemClock,
      environment: {},
      host: null,
      port: null,
      safe: false,
      check: "all",
      openFleet: () => Promise.resolve(idleFleet("repo", root)),
      pages: () => {},
      onRemark: () => {},
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("serve() answers typed calls over TCP and over its socket, and leaves nothing behind", async () => {
  await using place = await openPlace({ socket: ".codex-autorunner/car.sock" });
  const serving = await serve(place.options);
  const found = await findServer(place.state);
  assert.equal(found?.url, serving.url);
  for (const socket of [null, serving.socket]) {
    using client = openServerClient({
      place: { url: serving.url, socket },
      tokenPath: `${place.state}/token`,
      ownToken: null,
      by: "cli:anna",
    });
    const site = apiCaller<Api<"site">>(client.options);
    const health = await site("GET /health");
    assert.equal(health.mode, "repo");
    const { ticket } = await site("POST /api/ws-ticket", { body: { path: "/api/x" } });
    assert.equal(ticket.length, 48);
    await assert.rejects(site("POST /api/ws-ticket", { body: { path: "x" } }), (thrown) => {
      assert.ok(thrown instanceof ApiError);
      assert.equal(thrown.status, 422);
      assert.match(thrown.message, /body\.path/);
      return true;
    });
  }
  await serving.end("stop", "the test");
  assert.equal(await findServer(place.state), null);
  const left = [...Deno.readDirSync(place.state)].map((it) => it.name).sort();
  assert.deepEqual(left, ["audit.log", "codex-server.log", "config.yml", "token"]);
  const audit = await Deno.readTextFile(`${place.state}/audit.log`);
  assert.equal(audit.trim().split("\n").length, 4);
  assert.match(audit, /"by":"cli:anna","from":"socket","method":"POST","path":"\/api\/ws-ticket"/);
});

Deno.test("serve() keeps its token out of the logs, and takes a new one at once", async () => {
  await using place = await openPlace();
  const serving = await serve(place.options);
  const old = new URL(serving.address()).hash.slice("#t=".length);
  const ask = (token: string) =>
    fetch(`${serving.url}/api/openapi.json`, {
      headers: { authorization: `Bearer ${token}` },
    }).then(async (it) => {
      await it.body?.cancel();
      return it.status;
    });
  assert.equal(await ask(old), 200);
  const asKey = await fetch(`${serving.url}/api/openapi.json?${old}=${old}`, {
    headers: { authorization: `Bearer ${old}` },
  });
  assert.equal(asKey.status, 422);
  assert.match(await asKey.text(), /has no key .*\[redacted car_token\]/);
  assert.equal(
    await fetch(`${serving.url}/${old}`).then(async (it) => (await it.text(), it.status)),
    404,
  );
  const fresh = await rotateToken(`${place.state}/token`);
  assert.equal(await ask(old), 401);
  assert.equal(await ask(fresh), 200);
  assert.ok(serving.address().endsWith(fresh));
  await serving.end("stop", "the test");
  const log = await Deno.readTextFile(`${place.state}/codex-server.log`);
  assert.match(log, /GET \/api\/openapi\.json 200 /);
  assert.ok(!log.includes(old) && !log.includes(fresh));
  assert.match(log, /\[redacted car_token\]/);
  assert.equal(((await Deno.stat(`${place.state}/token`)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("serve() does not open CAR to a network without encryption", async () => {
  await using place = await openPlace({ host: "0.0.0.0" });
  await assert.rejects(serve(place.options), (thrown) => {
    assert.ok(thrown instanceof CarError);
    assert.match(thrown.message, /server\.host is 0\.0\.0\.0, which other machines can reach/);
    assert.match(thrown.hint ?? "", /behind_tls_proxy/);
    return true;
  });
});

Deno.test("serve() takes the person's own token, and no weak one", async () => {
  await using place = await openPlace({ auth_token: "correct-horse-battery" });
  const serving = await serve(place.options);
  assert.ok(serving.address().endsWith("#t=correct-horse-battery"));
  await assert.rejects(Deno.stat(`${place.state}/token`), Deno.errors.NotFound);
  await serving.end("stop", "the test");
  await using weak = await openPlace({ auth_token: "hunter2" });
  await assert.rejects(serve(weak.options), /auth_token is no good token/);
});

Deno.test("serve() ends streams that are open, at once", async () => {
  await using place = await openPlace();
  const serving = await serve(place.options);
  const held = await fetch(`${serving.url}/health`);
  assert.ok((await held.json()).ok);
  await serving.end("stop", "the test");
  await serving.end("stop", "a second signal");
  await assert.rejects(fetch(`${serving.url}/health`));
});
