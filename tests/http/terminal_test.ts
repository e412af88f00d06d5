/** Who can look at an open terminal and type into it: whoever holds a fresh ticket for it, nobody else. */

import assert from "node:assert/strict";
import { encodeMessage } from "../../lib/engine/terminal_wire.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { shellBody, ticketText } from "../support/car_repo.ts";
import { runCar } from "../support/car.ts";
import { makeCarRepo } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";
import { readEach } from "../support/processes.ts";
import { openServedRepo, type Served } from "../support/served.ts";
import { soon } from "../support/soon.ts";

const CONFIG = "version: 2\nmode: repo\nterminal: {shell: /bin/sh}\n";
const JSON_TYPE = { "content-type": "application/json" };

interface Opened {
  readonly id: string;
  readonly clients: number;
  readonly state: { readonly type: string };
}

const post = (site: Served, path: string, body: unknown, headers = {}): Promise<Response> =>
  site.call(path, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });

const ticketFor = async (site: Served, path: string): Promise<string> =>
  (await (await post(site, "/api/ws-ticket", { path })).json()).ticket;

const terminalsOf = async (site: Served): Promise<readonly Opened[]> =>
  (await (await site.call("/api/sessions")).json()).terminals;

const open = async (site: Served): Promise<Opened> => {
  const answer = await post(site, "/api/sessions", { command: "shell" });
  assert.equal(answer.status, 201);
  return await answer.json();
};

const upgrade = (site: Served, query: string, headers: Readonly<Record<string, string>> = {}) => {
  const lines = Object.entries({
    Host: site.host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return site.raw(`GET /api/terminal?${query} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
};

/** A page of this program's own: what the terminal drew, and a way to type. */
async function attach(site: Served, session: string) {
  const ticket = await ticketFor(site, "/api/terminal");
  const query = new URLSearchParams({ session, ticket });
  const socket = new WebSocket(`ws://${site.host}/api/terminal?${query}`);
  socket.binaryType = "arraybuffer";
  const seen = { text: "" };
  const decoder = new TextDecoder();
  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") seen.text += decoder.decode(data, { stream: true });
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  return {
    seen,
    ticket,
    type: (text: string) => socket.send(new TextEncoder().encode(text)),
    tell: (text: string) => socket.send(text),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
      socket.close();
      await closed;
    },
  };
}

const sees = (page: { readonly seen: { readonly text: string } }, wanted: RegExp) =>
  soon(`${wanted}`, async () => await Promise.resolve(wanted.test(page.seen.text)));

Deno.test("an open terminal is reached by one fresh ticket for it, and by nothing else", async () => {
  await using site = await openServedRepo();
  await Deno.writeTextFile(repoPaths(site.root).config, CONFIG);
  const { id } = await open(site);
  const table: readonly (readonly [string, number, () => ReturnType<typeof upgrade>])[] = [
    ["no ticket", 401, () => upgrade(site, `session=${id}`)],
    ["a guess", 401, () => upgrade(site, `session=${id}&ticket=${"0".repeat(48)}`)],
    ["the token", 401, () => upgrade(site, `session=${id}&ticket=${site.token}`)],
    [
      "another path",
      401,
      async () => await upgrade(site, `session=${id}&ticket=${await ticketFor(site, "/api/live")}`),
    ],
    [
      "another repo",
      401,
      async () =>
        await upgrade(
          site,
          `session=${id}&ticket=${await ticketFor(site, "/repos/b/api/terminal")}`,
        ),
    ],
    [
      "a foreign page",
      403,
      async () =>
        await upgrade(site, `session=${id}&ticket=${await ticketFor(site, "/api/terminal")}`, {
          Origin: "http://evil.example.org",
        }),
    ],
    [
      "another terminal",
      404,
      async () =>
        await upgrade(site, `session=other&ticket=${await ticketFor(site, "/api/terminal")}`),
    ],
  ];
  for (const [what, status, attempt] of table) {
    assert.equal((await attempt()).status, status, what);
  }
  assert.deepEqual((await terminalsOf(site)).map((it) => it.clients), [0]);
  {
    await using page = await attach(site, id);
    page.tell(encodeMessage({ type: "resize", cols: 90, rows: 30 }));
    page.type("echo up-$((1+1)); stty size\r");
    await sees(page, /up-2\r\n30 90/);
    assert.equal((await upgrade(site, `session=${id}&ticket=${page.ticket}`)).status, 401);
    assert.deepEqual((await terminalsOf(site)).map((it) => it.clients), [1]);
  }
});

Deno.test("a terminal opens for whoever has the token, and for no foreign page", async () => {
  await using site = await openServedRepo();
  await Deno.writeTextFile(repoPaths(site.root).config, CONFIG);
  const body = { command: "shell" };
  const table: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
    [{ authorization: "Bearer wrong" }, 401],
    [{ authorization: "" }, 401],
    [{ origin: "http://evil.example.org" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "content-type": "text/plain" }, 415],
  ];
  for (const [headers, status] of table) {
    const answer = await post(site, "/api/sessions", body, headers);
    await answer.body?.cancel();
    assert.equal(answer.status, status, JSON.stringify(headers));
  }
  assert.deepEqual(await terminalsOf(site), []);
  assert.deepEqual(await shellsIn(site.root), []);
});

/** Numbers of the processes that were started in a terminal of this repo. */
async function shellsIn(root: string): Promise<readonly number[]> {
  const found: number[] = [];
  const mark = `CAR_ROOT=${repoPaths(root).state}/terminals/`;
  for await (const { pid, environment } of readEach()) {
    if (environment.some((it) => it.startsWith(mark))) found.push(pid);
  }
  return found;
}

Deno.test("a run of another car leaves the terminals alone, and they end with their own", async () => {
  const ticket = ticketText({ agent: "shell", title: "One" }, shellBody("echo done > one.txt"));
  await using repo = await makeCarRepo({ tickets: [ticket], config: CONFIG });
  await using car = await serveCar(repo, { form: "source" });
  const opened = await car.api("/api/sessions", { method: "POST", body: { command: "shell" } });
  assert.match(JSON.stringify(opened), /"running"/);
  const [shell] = await soon("the shell", async () => {
    const found = await shellsIn(repo.cwd);
    return found.length > 0 && found;
  });
  const run = await runCar(["run"], repo);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(await repo.read("one.txt"), "done\n");
  assert.ok((await shellsIn(repo.cwd)).includes(shell ?? 0), "the shell lives");
  assert.match(JSON.stringify(await car.api("/api/sessions")), /"running"/);

  car.process.signal("SIGKILL");
  await soon("the end of the terminal", async () => (await shellsIn(repo.cwd)).length === 0);
});
