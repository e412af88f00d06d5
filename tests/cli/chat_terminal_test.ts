import assert from "node:assert/strict";
import { carCommand, type CarPlace, type Form } from "../support/car.ts";
import { makeCarRepo } from "../support/car_repo.ts";
import { plainScreen, runCarOnTerminal } from "../support/pty.ts";
import { soon } from "../support/soon.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A program on a terminal that a test types into while it runs. */
class Typed implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<void>;
  #screen = "";
  #grown = Promise.withResolvers<void>();
  #isOver = false;

  constructor(args: readonly string[], place: CarPlace, form: Form) {
    const command = carCommand(args, place, { form });
    const words = [command.program, ...command.args].map(quoted).join(" ");
    this.#child = new Deno.Command("script", {
      args: ["-qfec", `exec ${words}`, "/dev/null"],
      cwd: place.cwd,
      clearEnv: true,
      env: { TERM: "xterm-256color", SHELL: "/bin/sh", ...command.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#read = this.#readAll();
  }

  async #readAll(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stdout) {
      this.#screen += decoder.decode(bytes, { stream: true });
      this.#stir();
    }
    this.#isOver = true;
    this.#stir();
  }

  #stir(): void {
    this.#grown.resolve();
    this.#grown = Promise.withResolvers<void>();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async type(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys)).catch(() => {});
  }

  /** What is on the screen when the pattern is found on it so often; null when the program ended without. */
  async shows(pattern: RegExp, times = 1): Promise<string | null> {
    for (;;) {
      const text = plainScreen(this.#screen);
      if ([...text.matchAll(pattern)].length >= times) return text;
      if (this.#isOver) return null;
      await this.#grown.promise;
    }
  }

  async ended(): Promise<number> {
    await this.#read;
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* It is over already. */ }
    await this.#read;
    await this.#child.status;
    await this.#keys.close().catch(() => {});
  }
}

forSourceAndBinary(
  "car chat takes lines while it answers, and ends with its input",
  async (form) => {
    await using repo = await makeCarRepo();
    const { code, screen } = await runCarOnTerminal(["chat", "--agent", "shell"], repo, {
      form,
      stdin: "echo o''ne\n/rename A talk\n/nonsense\necho t''wo\n\u0004",
    });
    const text = plainScreen(screen);
    assert.equal(code, 0, text);
    assert.match(text, /A new thread: shell/);
    assert.match(text, /Now: A talk/);
    assert.match(text, /There is no \/nonsense/);
    assert.match(text, /one[^]*1 block ran[^]*two[^]*1 block ran/);
  },
);

forSourceAndBinary("Ctrl-C interrupts the answer of a talk, and twice leaves it", async (form) => {
  await using repo = await makeCarRepo();
  await using car = new Typed(["chat", "--agent", "shell"], repo, form);
  assert.ok(await car.shows(/^> $/gm));
  await car.type("sleep 600\n");
  assert.ok(await car.shows(/command: sleep 600/g));
  await car.type("\u0003");
  assert.ok(await car.shows(/interrupted: Interrupted by/g));
  // Two at the same instant count once, and on a slow machine the second may come late.
  await soon("the end of the talk", async () => {
    await car.type("\u0003");
    return car.isOver;
  });
  // One more, while it closes, ends it at once.
  assert.ok([0, 130].includes(await car.ended()));
});
