/** `car serve`, `car web`, `car token`: from the start to the signal, as a person uses them. */

import assert from "node:assert/strict";
import { runCar, startCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";
import { soon } from "../support/soon.ts";

interface ServingLine {
  readonly url: string;
  readonly address: string;
  readonly pid: number;
}

const repoWith = (...tickets: string[]) =>
  makeCarRepo({ tickets, config: "version: 2\nmode: repo\n" });

forSourceAndBinary("car serve works a run for the page, and ends in order", async (form) => {
  const ticket = ticketText({ agent: "shell", title: "One" }, shellBody("echo done > one.txt"));
  await using repo = await repoWith(ticket);
  await using car = startCar(["serve", "--port", "0", "--json"], repo, { form });
  const told: ServingLine = JSON.parse(await car.line(/"serving"/));
  const token = new URL(told.address).hash.slice("#t=".length);
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${told.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
  const started = await call("/api/run/start", { method: "POST", body: "{}" });
  assert.equal(started.status, 202, await started.text());
  await soon(
    "the ticket is done",
    async () => (await (await call("/api/state")).json()).status === "completed",
  );
  assert.equal(await repo.read("one.txt"), "done\n");

  const web = await runCar(["web"], repo, { form });
  assert.equal(web.stdout.trim(), told.address);
  const second = await runCar(["serve", "--port", "0"], repo, { form });
  assert.equal(second.code, 4);
  assert.match(second.stderr, new RegExp(`already: process ${told.pid}, ${told.url}`));

  const shown = await runCar(["token", "show"], repo, { form });
  assert.equal(shown.stdout.trim(), token);
  assert.equal((await runCar(["token", "rotate"], repo, { form })).code, 0);
  const refused = await call("/api/state");
  assert.equal(refused.status, 401);
  await refused.body?.cancel();
  car.signal("SIGTERM");
  const { code, stderr } = await car.ended;
  assert.equal(code, 0, stderr);
  assert.match((await runCar(["web", "--help"], repo, { form })).stdout, /--open/);
});

Deno.test("car serve refuses a port that no machine has", async () => {
  await using repo = await repoWith();
  const { code, stderr } = await runCar(["serve", "--port", "99999"], repo);
  assert.equal(code, 2);
  assert.match(stderr, /--port is 99999; allowed: 0 to 65535/);
});

forSourceAndBinary("car serve --safe listens on what it was told to, and works", async (form) => {
  await using repo = await repoWith();
  await using car = startCar(["--safe", "serve", "--port", "0", "--json"], repo, { form });
  const told: ServingLine = JSON.parse(await car.line(/"serving"/));
  const token = new URL(told.address).hash.slice("#t=".length);
  const answer = await fetch(`${told.url}/api/state`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal((await answer.json()).status, "none");
  car.signal("SIGINT");
  assert.equal((await car.ended).code, 0);
});

forSourceAndBinary("car serve says who has its port, and refuses an open one", async (form) => {
  await using repo = await repoWith();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const busy = await runCar(["serve", "--port", String(taken.addr.port)], repo, { form });
  assert.equal(busy.code, 1);
  assert.match(busy.stderr, new RegExp(`Port ${taken.addr.port} is taken`));
  assert.match(busy.stderr, /--port/);
  const open = await runCar(["serve", "--host", "0.0.0.0"], repo, { form });
  assert.equal(open.code, 1);
  assert.match(open.stderr, /which other machines can reach/);
});

forSourceAndBinary(
  "car serve keeps its token out of the system's journal and from agents",
  async (form) => {
    await using repo = await repoWith();
    const env = { JOURNAL_STREAM: "8:1234" };
    await using car = startCar(["serve", "--port", "0"], repo, { form, env });
    const line = await car.line(/http:\/\//);
    assert.doesNotMatch(line, /#t=/);
    const agent = { CAR_TURN_ID: "turn_1" };
    assert.doesNotMatch((await runCar(["web"], repo, { form, env: agent })).stdout, /#t=/);
    assert.equal((await runCar(["token", "show"], repo, { form, env: agent })).code, 1);
    car.signal("SIGTERM");
    await car.ended;
  },
);

forSourceAndBinary("car web --open keeps the token out of command lines", async (form) => {
  await using repo = await repoWith();
  const tools = `${repo.home}/tools`;
  await Deno.mkdir(tools);
  const opener = Deno.build.os === "darwin" ? "open" : "xdg-open";
  const script = '#!/bin/sh\nprintf "%s\\n" "$*" > "$HOME/asked"\ncp "$1" "$HOME/opened"\n';
  await Deno.writeTextFile(`${tools}/${opener}`, script, { mode: 0o755 });
  const env = { PATH: `${tools}:/usr/bin:/bin` };
  await using car = startCar(["web", "--open", "--port", "0", "--json"], repo, { form, env });
  const { address }: ServingLine = JSON.parse(await car.line(/"serving"/));
  const page = await soon("the browser is opened", async () => {
    const text = await Deno.readTextFile(`${repo.home}/opened`).catch(() => "");
    return text === "" ? null : text;
  });
  assert.ok(page.includes(`url=${address}`), page);
  const asked = (await Deno.readTextFile(`${repo.home}/asked`)).trim();
  assert.equal(asked, `${repo.cwd}/.codex-autorunner/open.html`);
  assert.equal(((await Deno.stat(asked)).mode ?? 0) & 0o777, 0o600);
  car.signal("SIGTERM");
  assert.equal((await car.ended).code, 0);
});
