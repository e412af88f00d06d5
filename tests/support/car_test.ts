import assert from "node:assert/strict";
import { VERSION } from "../../lib/base/version.ts";
import { makeCarRepo, shellBody, ticketText } from "./car_repo.ts";
import { runCar, startCar } from "./car.ts";
import { plainScreen, runCarOnTerminal } from "./pty.ts";
import { forSourceAndBinary } from "./source_and_binary.ts";

forSourceAndBinary("runCar() gives exit code and both streams of car --version", async (form) => {
  await using repo = await makeCarRepo();
  const { code, signal, stdout, stderr } = await runCar(["--version"], repo, { form });
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  assert.ok(stdout.startsWith(`car ${VERSION}`), stdout);
});

forSourceAndBinary(
  "runCar() gives exit code 2 and one message for no such command",
  async (form) => {
    await using repo = await makeCarRepo();
    const { code, stderr } = await runCar(["frobnicate"], repo, { form });
    assert.equal(code, 2);
    assert.match(stderr, /frobnicate/);
    assert.doesNotMatch(stderr, /\n\s+at /, "a stack trace");
  },
);

forSourceAndBinary("startCar() waits for a line and tells when none can come", async (form) => {
  await using repo = await makeCarRepo();
  await using car = startCar(["--help"], repo, { form });
  assert.match(await car.line(/usage/i), /usage/i);
  await assert.rejects(car.line(/never said/), /No line like/);
  assert.equal((await car.ended).code, 0);
});

forSourceAndBinary("runCarOnTerminal() shows what a person sees", async (form) => {
  await using repo = await makeCarRepo();
  const { code, screen } = await runCarOnTerminal(["--version"], repo, { form });
  assert.equal(code, 0);
  assert.ok(plainScreen(screen).startsWith(`car ${VERSION}`), screen);
});

Deno.test("makeCarRepo() makes a clean, committed repository with its tickets and takes it away", async () => {
  const ticket = ticketText({ agent: "shell", title: "Say: hello" }, shellBody("echo hello"));
  let kept: string;
  {
    await using repo = await makeCarRepo({ tickets: [ticket], files: { "src/a.txt": "a\n" } });
    kept = repo.cwd;
    assert.equal(await Deno.readTextFile(repo.ticketPath(1)), ticket);
    assert.equal(await repo.read("src/a.txt"), "a\n");
    assert.equal((await repo.git("rev-list", "--count", "HEAD")).trim(), "1");
  }
  await assert.rejects(Deno.stat(kept), Deno.errors.NotFound);
});

Deno.test("plainScreen() takes escape sequences away and leaves the words", () => {
  const screen = "\u001b[1;31mred\u001b[0m\r\n\u001b]0;title\u0007\u001b[?25lrow\u001bM [kept]";
  assert.equal(plainScreen(screen), "red\nrow [kept]");
});
