import assert from "node:assert/strict";
import { repoPaths } from "../lib/control/roots.ts";
import { openServedRepo, type ServedRepo } from "../tests/support/served.ts";

const CONFIG = `version: 2
mode: repo
terminal:
  shell: /bin/sh
  max_sessions: 2
  commands: {wait: [sleep, '1000']}
`;

async function open(config = CONFIG): Promise<ServedRepo> {
  const site = await openServedRepo();
  await Deno.writeTextFile(repoPaths(site.root).config, config);
  return site;
}

/** The status of the answer, and its body as JSON. */
async function call(site: ServedRepo, method: string, path: string, body?: unknown) {
  const answer = await site.call(`/api/sessions${path}`, {
    method,
    ...(body === undefined ? {} : {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

const errorOf = ({ body }: Awaited<ReturnType<typeof call>>) => body.error.code;

Deno.test("terminals are offered, opened, listed, ended and taken off the list", async () => {
  await using site = await open();
  const empty = await call(site, "GET", "");
  assert.deepEqual(empty.body.terminals, []);
  assert.equal(empty.body.refusal, null);
  const offers: readonly { name: string; argv: readonly string[] }[] = empty.body.offers;
  assert.deepEqual(offers.find((it) => it.name === "shell")?.argv, ["/bin/sh"]);
  assert.deepEqual(offers.find((it) => it.name === "wait")?.argv, ["sleep", "1000"]);

  const wish = { command: "wait", title: "mine", cwd: ".codex-autorunner", cols: 90, rows: 30 };
  const made = await call(site, "POST", "", wish);
  assert.equal(made.status, 201);
  const { id, title, command, cwd, cols, rows, state } = made.body;
  assert.deepEqual(
    { title, command, cwd, cols, rows, state },
    {
      title: "mine",
      command: "wait",
      cwd: `${site.root}/.codex-autorunner`,
      cols: 90,
      rows: 30,
      state: { type: "running" },
    },
  );
  const ended = await call(site, "POST", `/${id}/end`);
  assert.equal(ended.status, 200);
  assert.equal(ended.body.state.type, "ended");
  assert.equal(ended.body.state.signal, "SIGHUP");
  assert.equal((await call(site, "GET", "")).body.terminals.length, 1);
  assert.equal((await call(site, "DELETE", `/${id}`)).status, 204);
  assert.deepEqual((await call(site, "GET", "")).body.terminals, []);
});

Deno.test("what cannot be opened or found is refused with the API's own words", async () => {
  await using site = await open();
  const table: readonly (readonly [string, string, unknown, number, string])[] = [
    ["POST", "", { command: "nothing" }, 404, "not_found"],
    ["POST", "", { cwd: "../.." }, 400, "invalid"],
    ["POST", "", { cols: 1, rows: 24 }, 422, "invalid"],
    ["POST", "", { cols: 80, rows: 100_000 }, 422, "invalid"],
    ["POST", "", { command: 7 }, 422, "invalid"],
    ["POST", "/term_none/end", undefined, 404, "not_found"],
    ["DELETE", "/term_none", undefined, 404, "not_found"],
  ];
  for (const [method, path, body, status, code] of table) {
    const answer = await call(site, method, path, body);
    assert.deepEqual([answer.status, errorOf(answer)], [status, code], `${method} ${path}`);
  }
  for (const status of [201, 201, 409]) {
    assert.equal((await call(site, "POST", "", {})).status, status);
  }
});

Deno.test("a repo without terminals says why, in the list and to who opens one", async () => {
  await using site = await open("version: 2\nmode: repo\nterminal: {enabled: false}\n");
  const { body } = await call(site, "GET", "");
  assert.deepEqual(body.offers, []);
  assert.match(body.refusal.message, /switched off/);
  assert.match(body.refusal.hint, /terminal\.enabled/);
  const refused = await call(site, "POST", "", {});
  assert.equal(errorOf(refused), "unavailable");
});
