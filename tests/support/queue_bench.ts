/**
 * A scratch repo with a queue in it, the scripted model, a private home, and CAR as a process of its
 * own: what a story needs.
 */

import { mayRunAgent, requireAgent } from "./agents.ts";
import { carCommand, type CarResult, type Form, runCar, type RunningCar, startCar } from "./car.ts";
import { writeCodexHome } from "./codex_home.ts";
import { type Script, scriptBlock } from "./model_script.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import { writeOpenCodeHome } from "./opencode_home.ts";
import { leftoversOf } from "./processes.ts";

export interface QueueBench extends AsyncDisposable {
  readonly repo: string;
  readonly home: string;
  readonly model: ModelServer;
  /** Runs `car ...` in the repo to its end. */
  car(...args: string[]): Promise<CarResult>;
  /** Program and arguments of `car`, for commands that call it from inside a turn. */
  readonly argv: readonly string[];
  /** Starts `car ...`. */
  start(...args: string[]): RunningCar;
  /** Runs a shell script in the repo. @throws when it fails. */
  sh(script: string): Promise<string>;
  /** Writes `TICKET-00N.md`. */
  ticket(
    number: number,
    frontmatter: Readonly<Record<string, string>>,
    body: string,
  ): Promise<void>;
  readTicket(number: number): Promise<string>;
  /** Processes that carry this repo's marker and are no zombies. */
  leftovers(): Promise<readonly string[]>;
}

const PATH = "/usr/bin:/bin";

const ticketName = (number: number) => `TICKET-${String(number).padStart(3, "0")}.md`;

/** Sets `done: true` in a ticket, as an agent would from its shell. */
export const markDone = (number: number) =>
  `sed -i 's/^done: false/done: true/' .codex-autorunner/tickets/${ticketName(number)}`;

/** A ticket's body that scripts the model. */
export const scripted = (script: Script) => `Do it.\n\n${scriptBlock(script)}`;

/** A ticket's body for the shell agent. */
export const commands = (...lines: readonly string[]) => ["```sh", ...lines, "```"].join("\n");

/** @param env What CAR's environment holds besides. */
export async function openQueueBench(
  form: Form,
  env: Readonly<Record<string, string>> = {},
): Promise<QueueBench> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-queue-" }));
  const [repo, home, bin] = [`${base}/repo`, `${base}/home`, `${base}/bin`];
  for (const folder of [repo, home, bin]) await Deno.mkdir(folder);
  for (const name of ["codex", "opencode"]) {
    if (mayRunAgent(name)) await Deno.symlink(requireAgent(name), `${bin}/${name}`);
  }
  const model = startModelServer();
  await writeCodexHome(home, model.baseUrl);
  await writeOpenCodeHome(home, model.baseUrl);
  const place = { cwd: repo, home };
  const options = {
    form,
    env: { ...env, PATH: `${bin}:${PATH}`, CODEX_HOME: home, USER: "tester" },
  };
  const command = carCommand([], place, options);
  const bench: QueueBench = {
    repo,
    home,
    model,
    argv: [command.program, ...command.args],
    car: (...args) => runCar(args, place, options),
    start: (...args) => startCar(args, place, options),
    sh: (script) => shell(script, repo, { PATH, HOME: home }),
    ticket: (number, frontmatter, body) => {
      const keys = { agent: "codex", done: "false", ...frontmatter };
      const lines = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
      const path = `${repo}/.codex-autorunner/tickets/${ticketName(number)}`;
      return Deno.writeTextFile(path, ["---", ...lines, "---", body, ""].join("\n"));
    },
    readTicket: (number) =>
      Deno.readTextFile(`${repo}/.codex-autorunner/tickets/${ticketName(number)}`),
    leftovers: () => leftoversOf(repo),
    [Symbol.asyncDispose]: async () => {
      await model.close();
      await Deno.remove(base, { recursive: true });
    },
  };
  await bench.sh(
    "git init -q -b main . && git config user.email t@example.invalid && git config user.name T && " +
      "echo hi > README.md && git add . && git commit -qm first",
  );
  const init = await bench.car("init");
  if (init.code !== 0) throw new Error(`car init: ${init.stdout}${init.stderr}`);
  return bench;
}

async function shell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  const output = await new Deno.Command("/bin/sh", { args: ["-euc", script], cwd, env }).output();
  if (output.success) return new TextDecoder().decode(output.stdout);
  throw new Error(`${script}: ${new TextDecoder().decode(output.stderr)}`);
}
