/** What the compiled program refuses when it is held to permissions, and the flag that would allow it. */

import assert from "node:assert/strict";
import { type CarResult, runCar } from "../support/car.ts";
import { type CarRepo, type CarRepoOptions, makeCarRepo, ticketText } from "../support/car_repo.ts";

const TICKET = ticketText({ agent: "shell", title: "One" }, "Body");
const SECRET = "/etc/passwd";
const MADE = ["made", "write", "pwned", "escape"];

async function withRepo(
  body: (repo: CarRepo, car: (...args: string[]) => Promise<CarResult>) => Promise<void>,
  options: CarRepoOptions = {},
): Promise<void> {
  await using repo = await makeCarRepo({ tickets: [TICKET], folder: "repo", ...options });
  await body(repo, (...args) => runCar(args, repo, { form: "binary" }));
}

/** What a probe is refused, and the flag beside it. `REPO` stands for the repo. */
const REFUSED: readonly [flags: string, probe: string, flag: string][] = [
  ["--safe", `read=${SECRET}`, `--allow-read=${SECRET}`],
  ["--safe", "read=/proc/self/environ", "--allow-read=/proc/self/environ"],
  ["--safe", "read=..", "--allow-read=REPO/.."],
  ["--safe", "write=made", "--allow-write=REPO/made"],
  ["--safe", "write=.git/made", "--allow-write=REPO/.git/made"],
  ["--safe", "write=/tmp/made", "--allow-write=/tmp/made"],
  ["--safe", "net=127.0.0.1:4174", "--allow-net=127.0.0.1:4174"],
  ["--safe", "net=example.org:443", "--allow-net=example.org:443"],
  ["--safe", "run=id", "--allow-run=id"],
  ["--safe", "run=/usr/bin/env", "--allow-run=/usr/bin/env"],
  ["--safe", "env=OPENAI_API_KEY", "--allow-env=OPENAI_API_KEY"],
  ["--safe", "ffi=libc.so.6", "--allow-all"],
  ["--allow-read=.", `read=${SECRET}`, `--allow-read=${SECRET}`],
  ["--allow-read=. --allow-run=git", "run=sh", "--allow-run=sh"],
  ["--allow-read=.", "write=.codex-autorunner/made", "--allow-write=REPO/.codex-autorunner/made"],
  ["--allow-read=. --allow-net=127.0.0.1:9", "net=127.0.0.1:4174", "--allow-net=127.0.0.1:4174"],
  ["--allow-env=HOME", "env=PATH", "--allow-env=PATH"],
];

Deno.test("a confined car refuses what was not granted, and names the flag", () =>
  withRepo(async ({ cwd }, car) => {
    for (const [flags, probe, flag] of REFUSED) {
      const words = [...flags.split(" "), "permissions", "--json", "--try", probe];
      const { code, stdout, stderr } = await car(...words);
      assert.equal(code, 1, `${words.join(" ")}: ${stdout}${stderr}`);
      const [tried] = JSON.parse(stdout).tried;
      assert(!tried.allowed, words.join(" "));
      const wanted = flag.replace("REPO/..", cwd.slice(0, cwd.lastIndexOf("/"))).replace(
        "REPO",
        cwd,
      );
      assert.equal(tried.flag, wanted, words.join(" "));
    }
    for (const name of MADE) await assert.rejects(Deno.lstat(`${cwd}/${name}`), name);
  }));

const ALLOWED: readonly [flags: string, probe: string][] = [
  ["--safe", "read=README.md"],
  ["--safe", "write=.codex-autorunner/made"],
  ["--safe", "net=127.0.0.1:4173"],
  ["--safe", "run=git"],
  ["--safe", "run=/bin/sh"],
  [`--safe --allow-read=${SECRET}`, `read=${SECRET}`],
  ["--safe --allow-run=id", "run=id"],
  ["--safe --allow-net=127.0.0.1:4174", "net=127.0.0.1:4174"],
  ["--allow-all", `read=${SECRET}`],
  ["--allow-all", "run=id"],
  ["--allow-all", "ffi=libc.so.6"],
];

Deno.test("a confined car does what was granted, and --allow-all everything", () =>
  withRepo(async (_repo, car) => {
    for (const [flags, probe] of ALLOWED) {
      const words = [...flags.split(" "), "permissions", "--try", probe];
      const { code, stdout, stderr } = await car(...words);
      assert.equal(code, 0, `${words.join(" ")}: ${stdout}${stderr}`);
    }
  }));

Deno.test("a link out of the repo is refused by its target, also inside an allowed folder", () =>
  withRepo(async ({ cwd }, car) => {
    await Deno.symlink(SECRET, `${cwd}/link`);
    await Deno.symlink("/tmp", `${cwd}/.codex-autorunner/out`);
    const { code, stdout } = await car("--safe", "permissions", "--json", "--try", "read=link");
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).tried[0].flag, `--allow-read=${SECRET}`);
    const write = await car(
      ..."--safe permissions --json --try write=.codex-autorunner/out/car-made".split(" "),
    );
    assert.equal(write.code, 1);
    assert.equal(JSON.parse(write.stdout).tried[0].flag, "--allow-write=/tmp/car-made");
  }));

Deno.test("a link out of the repo is refused where CAR itself reads: ticket, contextspace, config", () =>
  withRepo(async ({ cwd }, car) => {
    const state = `${cwd}/.codex-autorunner`;
    await Deno.symlink(SECRET, `${state}/tickets/TICKET-002.md`);
    const lint = await car("--safe", "ticket", "lint");
    assert.equal(lint.code, 1);
    assert.match(lint.stdout + lint.stderr, /TICKET-002\.md.*(link|outside)/s);
    await Deno.remove(`${state}/tickets/TICKET-002.md`);

    await Deno.remove(`${state}/contextspace/spec.md`).catch(() => {});
    await Deno.symlink(SECRET, `${state}/contextspace/spec.md`);
    const prompt = await car("--safe", "prompt", "show", "1");
    assert(!prompt.stdout.includes("root:"), prompt.stdout);

    await Deno.remove(`${state}/config.yml`);
    await Deno.symlink(SECRET, `${state}/config.yml`);
    const status = await car("--safe", "status");
    assert.equal(status.code, 1);
    assert(!(status.stdout + status.stderr).includes("root:"), status.stderr);
  }));

Deno.test("a command that needs more than was granted says so in words", () =>
  withRepo(async ({ cwd }, car) => {
    const lines: readonly [line: string, message: RegExp][] = [
      [`--safe ticket import ${SECRET}`, /permission to read \/etc\/passwd.*--allow-read=/s],
      ["--allow-run=git status", /permission to read .*--allow-read=/s],
      ["--allow-read=. --allow-run=git agents", /permission to start \/bin\/sh.*--allow-run=/s],
      ["--allow-read=. ticket new --title x", /permission to write .*--allow-write=/s],
    ];
    for (const [line, message] of lines) {
      const { code, stderr } = await car(...line.split(" "));
      assert.equal(code, 1, line);
      assert.match(stderr, message, line);
      assert(!/\n\s+at /.test(stderr), `${line} ends in a stack trace: ${stderr}`);
    }
    assert.deepEqual([...Deno.readDirSync(`${cwd}/.codex-autorunner/tickets`)].length, 1);
  }));

Deno.test("flags that contradict each other, or hold nothing, end with 2 and start nothing", () =>
  withRepo(async ({ cwd }, car) => {
    const lines: readonly [line: string, message: RegExp][] = [
      ["--allow-all --safe status", /contradict/],
      ["--safe --allow-ffi status", /cannot be confined/],
      ["--allow-run status", /cannot be confined/],
      ["--deny-net status", /cannot be held/],
      ["--allow-read= status", /names nothing/],
      ["status --safe", /stands before the command/],
      [`--allow-read=. --allow-write=. --allow-run=${cwd}/tool status`, /may be started, and/],
      ["--allow-read=. --allow-write --allow-run=git status", /may be started, and/],
    ];
    await Deno.writeTextFile(`${cwd}/tool`, "#!/bin/sh\n", { mode: 0o755 });
    for (const [line, message] of lines) {
      const { code, stdout, stderr } = await car(...line.split(" "));
      assert.equal(code, 2, `${line}: ${stderr}`);
      assert.equal(stdout, "", line);
      assert.match(stderr, message, line);
    }
  }));

Deno.test("car permissions tells what is granted, as text and as JSON", () =>
  withRepo(async ({ cwd }, car) => {
    const all = JSON.parse((await car("permissions", "--json")).stdout);
    assert.equal(all.posture, "all");
    assert.deepEqual(new Set(Object.values(all.grants)), new Set(["all"]));
    const safe = JSON.parse((await car("--safe", "permissions", "--json")).stdout);
    assert.equal(safe.posture, "safe");
    assert.deepEqual(safe.grants.write, [`${cwd}/.codex-autorunner`]);
    assert.deepEqual(safe.grants.net, ["127.0.0.1:4173", "[::1]:4173"]);
    assert.deepEqual(safe.grants.ffi, []);
    const own = JSON.parse((await car("--allow-read=a,b", "permissions", "--json")).stdout);
    assert.equal(own.posture, "restricted");
    assert.deepEqual(own.grants.read, [`${cwd}/a`, `${cwd}/b`]);
    assert.deepEqual(own.grants.write, []);
    assert.match((await car("--safe", "permissions")).stdout, /^ffi {5}nothing$/m);
  }));
