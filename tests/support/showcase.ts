/**
 * A hub as one finds it in the middle of a day: repos at work, repos that wait for a word, one done, one
 * new, one gone. For looking at pages: whether they are sound for all readers, and how they look.
 */

import { repoPaths } from "../../lib/control/roots.ts";
import { requireAgent } from "./agents.ts";
import { type CarPlace, runCar } from "./car.ts";
import { shellBody } from "./car_repo.ts";
import { type CarServer, type CarServerOptions, serveCar } from "./car_server.ts";
import { writeCodexHome } from "./codex_home.ts";
import { type HubFolder, makeHubFolder } from "./hub_folder.ts";
import { type Script, scriptBlock } from "./model_script.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import {
  CONTEXT,
  HANDOFF,
  QUEUE,
  type ShownTicket,
  SOURCES,
  WAITS_FOR_WORD,
} from "./showcase_texts.ts";
import { soon } from "./soon.ts";

export interface Showcase extends AsyncDisposable {
  readonly car: CarServer;
  readonly hub: HubFolder;
  /** Whether a model speaks, or `sh` alone works. */
  readonly agent: "codex" | "shell";
  /** Lets the ticket at work, which waits in its middle, be finished. */
  goOn(): Promise<void>;
}

/** What each repo is there to show. */
const REPOS = ["harbour", "lighthouse", "quarry", "ferry", "orchard", "tower", "mill"] as const;
type RepoId = (typeof REPOS)[number];

const ticketFile = (number: number): string => `TICKET-${String(number).padStart(3, "0")}.md`;

const frontmatter = (keys: Readonly<Record<string, unknown>>): string =>
  `---\n${
    Object.entries(keys).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join("")
  }---\n`;

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function sh(script: string, cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script], cwd }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

class Stage {
  constructor(readonly hub: HubFolder, readonly agent: "codex" | "shell") {}

  /** The scripts of a model stand in notes that the ticket asks for, so that its own text reads well. */
  async ticket(repo: RepoId, number: number, it: ShownTicket): Promise<void> {
    const root = this.hub.repo(repo);
    const plays = this.agent === "codex" && it.script !== undefined;
    const note = `docs/notes/${number}.md`;
    if (plays && it.script !== undefined) await write(`${root}/${note}`, noteOf(it.script));
    const keys = {
      done: false,
      agent: plays ? "codex" : it.agent ?? "shell",
      title: it.title,
      ...it.keys,
      ...(plays ? { context: [{ path: note }] } : {}),
    };
    const body = plays || it.commands === undefined
      ? it.body
      : `${it.body}\n${shellBody(...it.commands)}`;
    await write(
      `${repoPaths(root).tickets}/${ticketFile(number)}`,
      `${frontmatter(keys)}\n${body}\n`,
    );
  }

  async fill(): Promise<void> {
    for (const [path, text] of Object.entries(SOURCES)) {
      await write(`${this.hub.repo("harbour")}/${path}`, text);
    }
    for (const [name, text] of Object.entries(CONTEXT)) {
      await write(
        `${this.hub.repo("harbour")}/.codex-autorunner/contextspace/${name}.md`,
        text,
      );
    }
    for (const [at, it] of QUEUE.entries()) await this.ticket("harbour", at + 1, it);
    await this.ticket("lighthouse", 1, HANDOFF);
    await this.ticket("quarry", 1, WAITS_FOR_WORD.held);
    await this.ticket("ferry", 1, WAITS_FOR_WORD.approval);
    await this.ticket("orchard", 1, WAITS_FOR_WORD.done);
    await this.ticket("tower", 1, WAITS_FOR_WORD.broken);
    await write(`${repoPaths(this.hub.repo("quarry")).config}`, config("gate:\n  attempts: 1\n"));
    await write(
      `${repoPaths(this.hub.repo("ferry")).config}`,
      config("agents:\n  shell:\n    kind: shell\n    posture: safe\n"),
    );
    for (const id of REPOS) await sh(COMMIT, this.hub.repo(id));
    const ids = [...REPOS.map((id) => ({ id })), { id: "attic" }];
    await this.hub.manifest(ids);
  }
}

const config = (lines: string): string => `version: 2\nmode: repo\n${lines}`;
const noteOf = (script: Script): string => `Notes for this ticket.\n\n${scriptBlock(script)}`;
const COMMIT = "git add -A && git diff --cached --quiet || git -c user.name=T " +
  "-c user.email=t@example.invalid commit -qm 'Take in what is there'";

interface Row {
  readonly id: string;
  readonly status: string;
  readonly attention: number;
}

/** How each repo stands once all has happened that happens by itself. */
const SETTLED: Readonly<Partial<Record<RepoId, (row: Row) => boolean>>> = {
  lighthouse: (row) => row.status === "PAUSED",
  quarry: (row) => row.status === "PAUSED",
  ferry: (row) => row.attention > 0,
  orchard: (row) => row.status === "IDLE",
  tower: (row) => row.status === "PAUSED",
};

async function play(car: CarServer): Promise<void> {
  const branch = { repo: "harbour", branch: "feature/berths", withTickets: true };
  await car.api("/hub/worktrees/create", { method: "POST", body: branch });
  const ids = ["harbour", ...Object.keys(SETTLED)];
  for (const id of ids) {
    await car.api(`/repos/${id}/api/run/start`, { method: "POST", body: {} }).catch((thrown) => {
      throw new Error(`${id} does not start`, { cause: thrown });
    });
  }
  await soon("every repo stands as it is to be shown", async () => {
    const { repos } = await car.api("/hub/repos") as { repos: readonly Row[] };
    return repos.every((row) => SETTLED[row.id as RepoId]?.(row) ?? true);
  });
  await soon("the open ticket is at work", async () => {
    const state = await car.api("/repos/harbour/api/state") as { ticket: { label: string } | null };
    return state.ticket?.label.includes("TICKET-004") ?? false;
  });
}

/** @param agent `codex` needs the real program; its model is scripted. */
export async function openShowcase(
  agent: "codex" | "shell",
  options: CarServerOptions = {},
): Promise<Showcase> {
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await makeHubFolder({ repos: [...REPOS], maxParallel: 12 }));
  await new Stage(hub, agent).fill();
  const model = agent === "codex" ? startModelServer() : null;
  if (model !== null) stack.defer(() => model.close());
  const env = model === null ? {} : await codexEnvironment(hub, model);
  const place: CarPlace = { cwd: hub.root, home: hub.home };
  await runCar(["approve", "--yes"], { cwd: hub.repo("ferry"), home: hub.home }, {
    form: "binary",
  });
  const car = stack.use(await serveCar(place, { ...options, env }));
  await play(car);
  const kept = stack.move();
  const goOn = async () => {
    if (model !== null) return model.release("harbour");
    await Deno.writeTextFile(`${hub.repo("harbour")}/go`, "");
  };
  return { car, hub, agent, goOn, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function codexEnvironment(
  hub: HubFolder,
  model: ModelServer,
): Promise<Record<string, string>> {
  const bin = `${hub.home}/bin`;
  await Deno.mkdir(bin);
  await Deno.symlink(requireAgent("codex"), `${bin}/codex`);
  await writeCodexHome(hub.home, model.baseUrl);
  return { PATH: `${bin}:/usr/bin:/bin`, CODEX_HOME: hub.home };
}
