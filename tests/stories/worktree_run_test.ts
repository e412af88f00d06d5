/** `car run --worktree`: the person's tree stays as it is, the queue here tells what is done, nothing is lost. */

import assert from "node:assert/strict";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { runCar, startCar } from "../support/car.ts";

const shellTicket = (title: string, ...commands: string[]) =>
  ticketText({ agent: "shell", title }, shellBody(...commands));

const queue = async (repo: CarRepo): Promise<readonly string[]> => {
  const { stdout } = await runCar(["ticket", "list", "--json"], repo);
  return JSON.parse(stdout).tickets.map((it: { name: string; done: boolean }) =>
    `${it.name} ${it.done}`
  );
};

const worktreeOf = async (repo: CarRepo): Promise<string> =>
  /^worktree (.*worktrees.*)$/m.exec(await repo.git("worktree", "list", "--porcelain"))?.[1] ?? "";

Deno.test("car run --worktree leaves the person's files, and brings done tickets back", async () => {
  await using repo = await makeCarRepo({
    tickets: [shellTicket("One", "echo 1 > one"), shellTicket("Two", "echo 2 > two")],
  });
  await repo.write("README.md", "# Being edited\n");
  const ran = await runCar(["run", "--worktree"], repo);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /1 change of yours here .*in no commit/);
  assert.match(ran.stdout, /2 commits on car\/ticket-001, in .*worktrees/);
  assert.match(ran.stdout, / one \| 1 \+\n two \| 1 \+/);
  assert.match(ran.stdout, /git merge car\/ticket-001/);
  assert.deepEqual(await queue(repo), ["TICKET-001.md true", "TICKET-002.md true"]);
  assert.match(await Deno.readTextFile(repo.ticketPath(1)), /^branch: "?car\/ticket-001"?$/m);
  assert.equal(await repo.read("README.md"), "# Being edited\n");
  assert.equal((await repo.git("log", "--oneline", "main")).trim().split("\n").length, 1);
  assert.equal(
    await repo.git("status", "--porcelain", "--", "one", "two", "README.md"),
    " M README.md\n",
  );
  // Merged, it can go with its branch.
  await repo.git("checkout", "--quiet", "--", "README.md");
  await repo.git("merge", "--quiet", "car/ticket-001");
  assert.equal(await repo.read("two"), "2\n");
  const { stdout } = await runCar(["hub", "worktree", "list", "--json"], repo);
  const [{ id, loose }] = JSON.parse(stdout);
  assert.equal(loose.count, 0);
  const gone = await runCar(["hub", "worktree", "cleanup", id, "--delete-branch"], repo);
  assert.equal(gone.code, 0, gone.stderr);
  assert.equal(await worktreeOf(repo), "");
  assert.equal(await repo.git("branch", "--format=%(refname:short)"), "main\n");
});

Deno.test("car run --worktree goes on with a run that was killed, and brings back what was done", async () => {
  await using repo = await makeCarRepo({
    tickets: [
      shellTicket("One", "echo 1 > one"),
      shellTicket("Two", 'test -e "$HOME/go" || { echo waiting; sleep 1000; }; echo 2 > two'),
    ],
  });
  await using car = startCar(["run", "--worktree", "my/branch"], repo);
  await car.line(/TICKET-002 Two +shell, turn/);
  const beside = await runCar(["run"], repo);
  assert.equal(beside.code, 4, beside.stdout);
  assert.match(beside.stderr, /being worked on my\/branch/);
  car.signal("SIGKILL");
  await car.ended;
  await Deno.writeTextFile(`${repo.home}/go`, "");
  await repo.write(
    ".codex-autorunner/tickets/TICKET-003.md",
    shellTicket("Three", "echo 3 > three"),
  );
  // Without a name the run that is not completed is meant.
  const ran = await runCar(["run", "--worktree"], repo);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /3 commits on my\/branch/);
  assert.deepEqual(
    await queue(repo),
    ["TICKET-001.md true", "TICKET-002.md true", "TICKET-003.md true"],
  );
  assert.equal((await repo.git("worktree", "list")).trim().split("\n").length, 2);
});

Deno.test("a run in a worktree that waits for the person goes on there, and the queue here stays open", async () => {
  await using repo = await makeCarRepo({
    tickets: [shellTicket("One", "false")],
    config: "version: 2\nmode: repo\nlimits:\n  ticket_turns: 1\n",
  });
  const ran = await runCar(["once", "--worktree"], repo);
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.deepEqual(await queue(repo), ["TICKET-001.md false"]);
  const path = await worktreeOf(repo);
  // The person mends the ticket there, and says so there.
  const done = await runCar(["ticket", "done", "1"], { ...repo, cwd: path });
  assert.equal(done.code, 0, done.stderr);
  const resumed = await runCar(["resume"], { ...repo, cwd: path });
  assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.deepEqual(await queue(repo), ["TICKET-001.md true"]);
});

Deno.test("car run --worktree says why it cannot", async () => {
  await using repo = await makeCarRepo({ tickets: [shellTicket("One", "true")] });
  const bad = await runCar(["run", "--worktree", "no branch"], repo);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /No git branch can be called "no branch"/);
  const here = await runCar(["run", "--worktree", "main"], repo);
  assert.match(here.stderr, /main is checked out in/);
  await Deno.remove(repo.ticketPath(1));
  const none = await runCar(["run", "--worktree"], repo);
  assert.match(none.stderr, /no open tickets/);
  assert.equal(await worktreeOf(repo), "");
});
