/** init, doctor, agents and describe in real repos. */

import assert from "node:assert/strict";
import { runCar } from "../support/car.ts";
import { makeCarRepo, ticketText } from "../support/car_repo.ts";
import { runShell } from "../support/car_shell.ts";
import { fingerprint } from "../support/fingerprint.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const STATE = ".codex-autorunner";

interface Row {
  readonly id: string;
  readonly status: string;
  readonly found: string;
  readonly fixed: string | null;
}

const rowsOf = (stdout: string): ReadonlyMap<string, Row> => {
  const { rows }: { rows: readonly Row[] } = JSON.parse(stdout);
  return new Map(rows.map((row) => [row.id, row]));
};

forSourceAndBinary(
  "car init makes the top of the git repo CAR's, again and again",
  async (form) => {
    await using repo = await makeCarRepo({ initialised: false });
    const first = await runShell("mkdir -p src/deep && cd src/deep && car init", repo, { form });
    assert.equal(first.code, 0, first.err);
    assert.match(
      first.out,
      /made \.codex-autorunner\/config\.yml\n[^]*is ready\.\nNext: `car ticket new`/,
    );
    const before = await fingerprint(repo.cwd);
    const again = await runCar(["init", "--json"], repo, { form });
    const told: { mode: string; root: string; made: string[] } = JSON.parse(again.stdout);
    assert.deepEqual([told.mode, told.root, told.made], ["repo", repo.cwd, []]);
    assert.deepEqual(await fingerprint(repo.cwd), before);
    assert.equal(await repo.git("status", "--porcelain"), `?? ${STATE}/\n`);
  },
);

forSourceAndBinary("car init makes a hub, and a repo inside it", async (form) => {
  await using repo = await makeCarRepo({ initialised: false, folder: "web" });
  const hub = repo.cwd.slice(0, repo.cwd.lastIndexOf("/"));
  const place = { cwd: hub, home: repo.home };
  const made = await runCar(["init", "--mode", "hub"], place, { form });
  assert.equal(made.code, 0, made.stderr);
  const early = await runCar(["ticket", "list"], repo, { form });
  assert.equal(early.code, 1);
  assert.match(early.stderr, /is a hub\.\n {2}Run `car init` in .*web/);
  const inside = await runCar(["init"], repo, { form });
  assert.match(inside.stdout, /The repo .*web is ready/);
  const other = await runCar(["init", "--mode", "repo"], place, { form });
  assert.equal(other.code, 1);
  assert.match(other.stderr, /not in a git repo/);
  const doctor = await runCar(["doctor"], place, { form });
  assert.equal(doctor.code, 0, doctor.stdout);
});

forSourceAndBinary(
  "car doctor finds a sound repo sound and leaves nothing behind",
  async (form) => {
    await using repo = await makeCarRepo();
    const before = await fingerprint(repo.cwd);
    const { code, stdout, stderr } = await runCar(["doctor", "--json"], repo, { form });
    assert.equal(code, 0, stdout + stderr);
    const bad = [...rowsOf(stdout).values()].filter(({ status }) => status !== "ok");
    assert.deepEqual(bad, []);
    assert.deepEqual(await fingerprint(repo.cwd), before);
  },
);

forSourceAndBinary("car doctor --fix mends tickets, views and a stale index lock", async (form) => {
  await using repo = await makeCarRepo({
    tickets: [ticketText({ agent: "shell", done: "yes" }, "")],
  });
  await repo.write(`${STATE}/state.sqlite3`, "this is no database");
  await repo.write(".git/index.lock", "");
  const hourAgo = new Date(Date.now() - 3_600_000);
  await Deno.utime(`${repo.cwd}/.git/index.lock`, hourAgo, hourAgo);
  const seen = rowsOf((await runCar(["doctor", "--json"], repo, { form })).stdout);
  const ids = ["tickets", "views", "index_lock"];
  for (const id of ids) assert.notEqual(seen.get(id)?.status, "ok", id);
  const { code, stdout } = await runCar(["doctor", "--fix", "--json"], repo, { form });
  const fixed = rowsOf(stdout);
  for (const id of ids) {
    assert.equal(fixed.get(id)?.status, "ok", JSON.stringify(fixed.get(id)));
    assert.notEqual(fixed.get(id)?.fixed, null);
  }
  assert.equal(code, 0, stdout);
});

forSourceAndBinary("car doctor says what is missing where there is no repo", async (form) => {
  await using repo = await makeCarRepo();
  const place = { cwd: repo.home, home: repo.home };
  const { code, stdout } = await runCar(["doctor"], place, { form });
  assert.equal(code, 1);
  assert.match(stdout, /error +Git repo: .*not a git repo[^]*git init/i);
  assert.match(stdout, /error +Initialised/);
});

forSourceAndBinary(
  "car agents tells of each agent whether it is there and how to get it",
  async (form) => {
    await using repo = await makeCarRepo();
    const { code, stdout } = await runCar(["agents", "--json"], repo, { form });
    assert.equal(code, 0);
    const agents: { name: string; found: boolean; hint: string }[] = JSON.parse(stdout);
    assert.ok(agents.find(({ name }) => name === "shell")?.found);
    for (const { name, found, hint } of agents) assert.ok(found || hint !== "", name);
  },
);

forSourceAndBinary("car describe tells the same from every place it stands in", async (form) => {
  await using repo = await makeCarRepo();
  const { code, stdout } = await runCar(["describe", "--json"], repo, { form });
  assert.equal(code, 0);
  const told: { here: unknown; commands: { path: string }[] } = JSON.parse(stdout);
  assert.deepEqual(told.here, { type: "repo", root: repo.cwd });
  assert.ok(told.commands.some(({ path }) => path === "ticket new"));
  const schema = await runCar(["describe", "--schema"], repo, { form });
  assert.equal(
    JSON.stringify(JSON.parse(schema.stdout)),
    JSON.stringify(
      JSON.parse(
        await Deno.readTextFile(new URL("../../docs/car-describe.schema.json", import.meta.url)),
      ),
    ),
  );
});
