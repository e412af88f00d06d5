/**
 * A repo with a queue, and a witness outside CAR: each ticket's commands write down their start and
 * their end in a file beside the repo, and leave children behind that no polite signal ends. Works
 * with the `shell` agent and with the real Codex before a scripted model.
 */

import { readEach } from "./processes.ts";
import { requireAgent } from "./agents.ts";
import { BINARY, type CarResult, type Form, runCar, type RunningCar, startCar } from "./car.ts";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "./car_repo.ts";
import { writeCodexHome } from "./codex_home.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import { oneTurn, scriptBlock } from "./model_script.ts";

/** A model that is silent only because the machine is busy is no event of a battery. */
const MODEL_SILENCE_MS = 60_000;

export type ArenaAgent = "shell" | "codex";

/** One line of the witness. */
export interface Witnessed {
  readonly what: "start" | "end";
  readonly ticket: number;
  readonly turn: string;
}

export interface ArenaOptions {
  readonly agent?: ArenaAgent;
  readonly tickets?: number;
  /** Leaves out the children that ignore TERM, have a session of their own, or just stay. */
  readonly quiet?: boolean;
  /** Commands of ticket N, between its start and its work; `$W` names a folder beside the repo. */
  readonly commands?: (ticket: number) => string;
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Arena extends AsyncDisposable {
  readonly repo: CarRepo;
  /** The folder beside the repo that tickets know as `$W`. */
  readonly outside: string;
  readonly model: ModelServer;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): RunningCar;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CarResult>;
  /** What the witness has seen, in order. */
  witnessed(): Promise<readonly Witnessed[]>;
  /** Living processes, no zombies, with this repo's marker. */
  leftovers(): Promise<readonly string[]>;
}

/** The compiled program unless CAR_UNDER_TEST says `source`: kills should meet what people run. */
export function formOfBattery(): Form {
  if (Deno.env.get("CAR_UNDER_TEST") === "source") return "source";
  try {
    if (Deno.statSync(BINARY).isFile) return "binary";
  } catch { /* The message below says it. */ }
  throw new Error("dist/car is not there. Run: deno task compile");
}

/** A child that ignores TERM, one in a session of its own, one that just stays. */
const STAYING = [
  "(trap '' TERM; exec sleep 600) >/dev/null 2>&1 &",
  "setsid sleep 600 >/dev/null 2>&1 &",
  "sleep 600 >/dev/null 2>&1 &",
];

function commandsOf(number: number, outside: string, options: ArenaOptions): readonly string[] {
  const own = options.commands?.(number);
  return [
    `W='${outside}'`,
    `echo "start ${number} $CAR_TURN_ID" >> "$W/witness"`,
    ...(options.quiet ? [] : STAYING),
    ...(own === undefined ? [] : [own]),
    `echo ${number} > ${number}.txt`,
    `echo "end ${number} $CAR_TURN_ID" >> "$W/witness"`,
  ];
}

const ticketFile = (number: number) => `TICKET-${String(number).padStart(3, "0")}.md`;

function ticketOf(number: number, outside: string, options: ArenaOptions): string {
  const keys = {
    agent: options.agent ?? "shell",
    title: `Ticket ${number}`,
    verify: [`test -f ${number}.txt`],
  };
  const commands = commandsOf(number, outside, options);
  if (options.agent !== "codex") return ticketText(keys, shellBody(...commands));
  const done = `sed -i 's/^done: false/done: true/' .codex-autorunner/tickets/${
    ticketFile(number)
  }`;
  const script = oneTurn(
    { items: [{ exec: [...commands, done].join("\n") }] },
    { items: [{ say: "Done." }] },
  );
  return ticketText(keys, scriptBlock({ id: `arena-${number}`, ...script }));
}

export async function openArena(options: ArenaOptions = {}): Promise<Arena> {
  const repo = await makeCarRepo({
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.files === undefined ? {} : { files: options.files }),
  });
  const outside = repo.home;
  const model = startModelServer();
  const env: Record<string, string> = { USER: "tester", ...options.env };
  if (options.agent === "codex") {
    await Deno.mkdir(`${outside}/bin`);
    await Deno.symlink(requireAgent("codex"), `${outside}/bin/codex`);
    await writeCodexHome(outside, model.baseUrl, MODEL_SILENCE_MS);
    Object.assign(env, {
      CODEX_HOME: outside,
      PATH: `${outside}/bin:/usr/local/bin:/usr/bin:/bin`,
    });
  }
  for (let number = 1; number <= (options.tickets ?? 2); number++) {
    await Deno.writeTextFile(repo.ticketPath(number), ticketOf(number, outside, options));
  }
  const form = formOfBattery();
  const optionsOf = (more: Readonly<Record<string, string>>) => ({
    form,
    env: { ...env, ...more },
  });
  return {
    repo,
    outside,
    model,
    start: (args, more = {}) => startCar(args, repo, optionsOf(more)),
    run: (args, more = {}) => runCar(args, repo, optionsOf(more)),
    witnessed: () => readWitness(`${outside}/witness`),
    leftovers: () => processesOf(repo.cwd),
    async [Symbol.asyncDispose]() {
      await model.close();
      await repo[Symbol.asyncDispose]();
    },
  };
}

async function readWitness(path: string): Promise<readonly Witnessed[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [what, ticket, turn = ""] = line.split(" ");
    return { what: what === "end" ? "end" : "start", ticket: Number(ticket), turn };
  });
}

async function processesOf(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const it of readEach()) {
    if (!it.environment.includes(`CAR_ROOT=${root}`)) continue;
    found.push(`${it.pid} ${it.state} ${it.command}`);
  }
  return found;
}
