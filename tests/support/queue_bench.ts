/**
 * A scratch repo with a queue in it, the scripted model, a private home, and CAR as a process of its
 * own: what a story needs. Runs the sources, or the program that CAR_UNDER_TEST names.
 */

import { writeCodexHome } from "./codex_home.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import { type Script, scriptBlock } from "./model_script.ts";
import { mayRunAgent, requireAgent } from "./agents.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface QueueBench extends AsyncDisposable {
  readonly repo: string;
  readonly home: string;
  readonly model: ModelServer;
  /** Runs `car ...` in the repo to its end. */
  car(...args: string[]): Promise<Ran>;
  /** Starts `car ...`; its output is kept by `output`. */
  start(...args: string[]): Started;
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

export interface Started {
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
  /** What stdout has so far. */
  text(): string;
  /** Resolves when stdout holds `part`; rejects when it ends without. */
  until(part: string | RegExp): Promise<void>;
  kill(signal: Deno.Signal): void;
}

const PATH = "/usr/local/bin:/usr/bin:/bin";

/** The command line of CAR: the program under test, or the sources. */
function carArgv(): readonly [string, ...string[]] {
  const program = Deno.env.get("CAR_UNDER_TEST");
  if (program !== undefined && program !== "source") return [program];
  const main = new URL("../../main.ts", import.meta.url).pathname;
  return [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", main];
}

const ticketName = (number: number) => `TICKET-${String(number).padStart(3, "0")}.md`;

/** Sets `done: true` in a ticket, as an agent would from its shell. */
export const markDone = (number: number) =>
  `sed -i 's/^done: false/done: true/' .codex-autorunner/tickets/${ticketName(number)}`;

export const scripted = (script: Script) => `Do it.\n\n${scriptBlock(script)}`;

export async function openQueueBench(): Promise<QueueBench> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-queue-" }));
  const [repo, home, bin] = [`${base}/repo`, `${base}/home`, `${base}/bin`];
  for (const folder of [repo, home, bin]) await Deno.mkdir(folder);
  if (mayRunAgent("codex")) await Deno.symlink(requireAgent("codex"), `${bin}/codex`);
  const model = startModelServer();
  await writeCodexHome(home, model.baseUrl);
  const environment = {
    PATH: `${bin}:${PATH}`,
    HOME: home,
    CODEX_HOME: home,
    USER: "tester",
    ...(Deno.env.has("DENO_DIR") ? { DENO_DIR: Deno.env.get("DENO_DIR") ?? "" } : {}),
    ...denoCache(),
  };
  const bench: QueueBench = {
    repo,
    home,
    model,
    car: (...args) => runCar(args, repo, environment),
    start: (...args) => startCar(args, repo, environment),
    sh: (script) => shell(script, repo, environment),
    ticket: (number, frontmatter, body) => {
      const keys = { agent: "codex", done: "false", ...frontmatter };
      const lines = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
      const path = `${repo}/.codex-autorunner/tickets/${ticketName(number)}`;
      return Deno.writeTextFile(path, ["---", ...lines, "---", body, ""].join("\n"));
    },
    readTicket: (number) =>
      Deno.readTextFile(`${repo}/.codex-autorunner/tickets/${ticketName(number)}`),
    leftovers: () => processesOf(repo),
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
  if (init.code !== 0) throw new Error(`car init: ${init.out}${init.err}`);
  return bench;
}

/** The sources need the modules that are cached; a scratch HOME would hide them. */
function denoCache(): Record<string, string> {
  const home = Deno.env.get("HOME");
  return Deno.env.has("DENO_DIR") || home === undefined ? {} : { DENO_DIR: `${home}/.cache/deno` };
}

async function runCar(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<Ran> {
  const [program, ...before] = carArgv();
  const output = await new Deno.Command(program, {
    args: [...before, ...args],
    cwd,
    clearEnv: true,
    env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    out: decoder.decode(output.stdout),
    err: decoder.decode(output.stderr),
  };
}

function startCar(args: readonly string[], cwd: string, env: Record<string, string>): Started {
  const [program, ...before] = carArgv();
  const child = new Deno.Command(program, {
    args: [...before, ...args],
    cwd,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((it) => it());
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      wake();
    }
    ended = true;
    wake();
  })();
  const holds = (part: string | RegExp) =>
    typeof part === "string" ? text.includes(part) : part.test(text);
  return {
    pid: child.pid,
    status: reading.then(() => child.status),
    text: () => text,
    until: (part) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (holds(part)) resolve();
          else if (ended) reject(new Error(`car ended without ${part}:\n${text}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    kill: (signal) => child.kill(signal),
  };
}

async function shell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  const output = await new Deno.Command("/bin/sh", { args: ["-euc", script], cwd, env }).output();
  if (output.success) return new TextDecoder().decode(output.stdout);
  throw new Error(`${script}: ${new TextDecoder().decode(output.stderr)}`);
}

/** Command lines of living processes with CAR_ROOT of this repo in their environment. */
async function processesOf(repo: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const environment = await Deno.readTextFile(`/proc/${name}/environ`);
      if (!environment.split("\0").includes(`CAR_ROOT=${repo}`)) continue;
      const stat = await Deno.readTextFile(`/proc/${name}/stat`);
      if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) continue;
      found.push((await Deno.readTextFile(`/proc/${name}/cmdline`)).replaceAll("\0", " "));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
