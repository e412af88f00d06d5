/** What the safe posture does not take an agent's word for: ways out of its sandbox that lead through CAR. */

import assert from "node:assert/strict";
import { type CarResult, runCar, startCar } from "../support/car.ts";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";

const BINARY = { form: "binary" } as const;
const STATE = ".codex-autorunner";
const CONFIG = `${STATE}/config.yml`;

interface Bench {
  readonly repo: CarRepo;
  car(...args: string[]): Promise<CarResult>;
}

/** A repo with one ticket whose check is approved, as an agent in the safe posture finds it. */
async function withApproved(body: (bench: Bench) => Promise<void>): Promise<void> {
  const ticket = ticketText(
    { agent: "shell", title: "One", verify: ["true"] },
    shellBody("touch worked.txt"),
  );
  await using repo = await makeCarRepo({ tickets: [ticket] });
  const car = (...args: string[]) => runCar(args, repo, BINARY);
  assert.equal((await car("approve", "--yes")).code, 0);
  await body({ repo, car });
}

/** What an agent could write between two runs, and what the pause must name. */
const ESCAPES: readonly { name: string; write(repo: CarRepo): Promise<void>; says: RegExp }[] = [
  {
    name: "a new check of the ticket",
    write: (repo) =>
      repo.write(
        `${STATE}/tickets/TICKET-001.md`,
        ticketText(
          { agent: "shell", title: "One", verify: ["true", "touch escaped"] },
          shellBody("true"),
        ),
      ),
    says: /check of TICKET-001\.md in this repo: touch escaped/,
  },
  {
    name: "a ticket of its own with a check",
    write: (repo) =>
      repo.write(
        `${STATE}/tickets/TICKET-000.md`,
        ticketText({ agent: "shell", verify: ["touch escaped"] }, shellBody("true")),
      ),
    says: /check of TICKET-000\.md in this repo: touch escaped/,
  },
  {
    name: "a check of the config",
    write: (repo) =>
      repo.write(CONFIG, "version: 2\nmode: repo\ngate: {verify: [touch escaped]}\n"),
    says: /check of gate\.verify in this repo: touch escaped/,
  },
  {
    name: "a command line of its agent",
    write: (repo) =>
      repo.write(
        CONFIG,
        'version: 2\nmode: repo\nagents: {shell: {kind: codex, command: ["./evil"]}}\n',
      ),
    says: /agent of agents\.shell in this repo: "\.\/evil"/,
  },
  {
    name: "a command line of another agent, which could review its work",
    write: (repo) =>
      repo.write(
        CONFIG,
        'version: 2\nmode: repo\nagents: {mine: {kind: acp, command: ["./evil"]}}\n',
      ),
    says: /agent of agents\.mine in this repo: "\.\/evil"/,
  },
  {
    name: "an environment for its agent",
    write: (repo) =>
      repo.write(
        CONFIG,
        "version: 2\nmode: repo\nagents: {shell: {kind: shell, env: {LD_PRELOAD: ./evil.so}}}\n",
      ),
    says: /agent of agents\.shell in this repo: LD_PRELOAD="\.\/evil\.so"/,
  },
  {
    name: "a rule that answers for the person",
    write: (repo) =>
      repo.write(CONFIG, 'version: 2\nmode: repo\napprovals: {allow: ["command:*"]}\n'),
    says: /rule of approvals\.allow in this repo: command:\*/,
  },
  {
    name: "a list of approvals in the repo",
    write: async (repo) => {
      await repo.write(`${STATE}/approved.json`, '{"approved": ["*"]}');
      await repo.write(CONFIG, "version: 2\nmode: repo\ngate: {verify: [touch escaped]}\n");
    },
    says: /check of gate\.verify in this repo: touch escaped/,
  },
];

Deno.test("in safe mode nothing runs that a person has not approved word for word", async (t) => {
  for (const { name, write, says } of ESCAPES) {
    await t.step(name, () =>
      withApproved(async ({ repo, car }) => {
        await write(repo);
        const { code, stdout, stderr } = await car("--safe", "run", "--allow-dirty");
        assert.equal(code, 3, stdout + stderr);
        assert.match(stdout, /Paused \(approval\)/);
        assert.match(stdout, says);
        assert.match(stdout, /car approve/);
        for (const made of ["escaped", "worked.txt"]) {
          await assert.rejects(repo.read(made), Deno.errors.NotFound, made);
        }
      }));
  }
});

Deno.test("a config that says yolo does not loosen --safe", () =>
  withApproved(async ({ repo }) => {
    await repo.write(
      CONFIG,
      "version: 2\nmode: repo\nagents: {shell: {kind: shell, posture: yolo}}\n",
    );
    await using running = startCar(["--safe", "run"], repo, BINARY);
    await running.line(/asks: command: touch worked/);
    running.signal("SIGTERM");
    assert.equal((await running.ended).code, 143);
    await assert.rejects(repo.read("worked.txt"), Deno.errors.NotFound);
  }));

Deno.test("the repo's hooks and git settings do not run in safe mode", () =>
  withApproved(async ({ repo, car }) => {
    const trap = `#!/bin/sh\ntouch '${repo.home}/sprung'\n`;
    for (const hook of ["pre-commit", "post-commit", "post-index-change"]) {
      await repo.write(`.git/hooks/${hook}`, trap);
      await Deno.chmod(`${repo.cwd}/.git/hooks/${hook}`, 0o755);
    }
    await repo.git("config", "core.fsmonitor", `${repo.cwd}/.git/hooks/pre-commit`);
    await using running = startCar(["--safe", "run"], repo, BINARY);
    const request = await running.line(/asks: command/);
    assert.match(request, /touch worked/);
    const [first] = JSON.parse((await car("--safe", "inbox", "--json")).stdout);
    assert.equal((await car("--safe", "inbox", "answer", String(first.id), "yes")).code, 0);
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /accepted/);
    await assert.rejects(Deno.stat(`${repo.home}/sprung`), Deno.errors.NotFound);
  }));

Deno.test("without --safe, and with yolo agents, nothing has to be approved", async () => {
  const ticket = ticketText({ agent: "shell", verify: ["true"] }, shellBody("true"));
  await using repo = await makeCarRepo({ tickets: [ticket] });
  const { code, stdout, stderr } = await runCar(["run"], repo, BINARY);
  assert.equal(code, 0, stdout + stderr);
});

Deno.test("car approve lists, asks for a terminal or --yes, and approves once", async () => {
  const ticket = ticketText({ agent: "shell", verify: ["make test"] }, shellBody("true"));
  await using repo = await makeCarRepo({ tickets: [ticket] });
  const car = (...args: string[]) => runCar(args, repo, BINARY);
  assert.match((await car("approve", "--list")).stdout, /^new\tcheck\tTICKET-001\.md\tmake test$/m);
  assert.equal((await car("approve")).code, 2);
  assert.match((await car("--safe", "approve", "--yes")).stdout, /Approved 1 command/);
  assert.match((await car("approve", "--list")).stdout, /^approved\t/m);
  assert.match((await car("approve")).stdout, /approved before/);
  const refused = await car(
    "--safe",
    "permissions",
    "--try",
    `write=${repo.home}/${STATE}/approved/x`,
  );
  assert.equal(refused.code, 1, "only car approve may write there");
});
