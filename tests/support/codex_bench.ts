/** The real Codex program with a scripted model, as a bench of the agent contract. */

import { CodexAgent, type CodexOptions } from "../../lib/adapters/codex/agent.ts";
import { CodexExecAgent } from "../../lib/adapters/codex/exec.ts";
import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { systemClock } from "../../lib/base/clock.ts";
import type { Agent } from "../../lib/engine/ports.ts";
import type { AgentErrorKind } from "../../lib/engine/turn.ts";
import type { AgentBench, Task, TurnPrompt } from "./agent_bench.ts";
import { requireAgent } from "./agents.ts";
import { writeCodexHome } from "./codex_home.ts";
import { scriptBlock, type ScriptReply } from "./model_script.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";

/** A secret of CAR's own environment: it must never reach a command. */
export const SECRET = { name: "CAR_TEST_SECRET", value: "hush-hush" } as const;
/** 2100-01-01, when a used-up quota is back. */
export const QUOTA_RESETS_AT_SECONDS = 4_102_444_800;

/** How a service fails in each way, once the agent's own retries are used up. */
const FAILURES: Readonly<Partial<Record<AgentErrorKind, ScriptReply>>> = {
  overloaded: { http: 500 },
  refused: { http: 400, body: { error: { message: "Never again", code: "invalid" } } },
  network: { cut: "created" },
  quota: {
    http: 429,
    headers: {
      "x-codex-primary-used-percent": "100",
      "x-codex-primary-window-minutes": "300",
      "x-codex-primary-reset-at": String(QUOTA_RESETS_AT_SECONDS),
    },
    body: {
      error: {
        type: "usage_limit_reached",
        message: "limit",
        resets_at: QUOTA_RESETS_AT_SECONDS,
      },
    },
  },
};

function commandOf(task: Extract<Task, { append: string } | { run: string } | { ask: string }>) {
  if ("append" in task) return `echo '${task.line}' >> ${task.append}`;
  return "run" in task ? task.run : task.ask;
}

function replyTo(task: Task): ScriptReply {
  if ("say" in task) return { items: [{ say: task.say }] };
  if ("silent" in task) return { hang: "headers" };
  if ("fail" in task) return FAILURES[task.fail] ?? { http: 418 };
  const command = commandOf(task);
  return { items: [{ exec: command, args: { yield_time_ms: 30_000 } }] };
}

/** Steps of a turn; it closes with a word, since a model's turn must not end in a command. */
export const codexSteps = (tasks: readonly Task[]): ScriptReply[] => [
  ...tasks.map(replyTo),
  { items: [{ say: "End of turn." }] },
];

export interface CodexBench extends AgentBench {
  readonly model: ModelServer;
  readonly room: ProcessRoom;
  /** CODEX_HOME. */
  readonly home: string;
  /** What the agents logged outside of turns. */
  readonly log: readonly string[];
  /** The program that is noisy before it becomes the real one. */
  readonly noisyProgram: string;
  agentWith(options: Partial<CodexOptions>): CodexAgent;
  execAgentWith(options: Partial<CodexOptions>): CodexExecAgent;
}

/** A program that is noisy before it becomes the real one. */
async function writeNoisyProgram(folder: string, program: string): Promise<string> {
  const path = `${folder}/noisy-codex`;
  const noise = ["Segmentation fault (not really)", '{"half":', '{"method":"thread/telepathy"}'];
  const lines = noise.map((line) => `echo '${line}'`).join("\n");
  await Deno.writeTextFile(path, `#!/bin/sh\n${lines}\nexec '${program}' "$@"\n`);
  await Deno.chmod(path, 0o755);
  return path;
}

export async function openCodexBench(): Promise<CodexBench> {
  const program = requireAgent("codex");
  const folder = await Deno.makeTempDir({ prefix: "car-codex-" });
  const [home, repo] = [`${folder}/home`, `${folder}/repo`];
  for (const path of [home, repo]) await Deno.mkdir(path);
  const model = startModelServer();
  await writeCodexHome(home, model.baseUrl);
  const noisy = await writeNoisyProgram(folder, program);
  const log: string[] = [];
  const agents: Agent[] = [];
  const pids: number[] = [];
  const room = ProcessRoom.open({
    root: repo,
    owner: crypto.randomUUID(),
    clock: systemClock,
    environment: {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: home,
      CODEX_HOME: home,
      [SECRET.name]: SECRET.value,
    },
    onSpawn: ({ pid }) => void pids.push(pid),
  });

  const optionsWith = (options: Partial<CodexOptions>): CodexOptions => ({
    repo,
    command: [program],
    env: {},
    inherit: [],
    path: "/usr/bin:/bin",
    installFolders: [],
    version: "0.0.0",
    room,
    log: (text) => void log.push(text),
    ...options,
  });
  const kept = <A extends Agent>(agent: A): A => {
    agents.push(agent);
    return agent;
  };
  const agentWith = (options: Partial<CodexOptions>) => kept(new CodexAgent(optionsWith(options)));

  return {
    repo,
    home,
    model,
    room,
    log,
    noisyProgram: noisy,
    agentWith,
    execAgentWith: (options) => kept(new CodexExecAgent(optionsWith(options))),
    agent: () => agentWith({}),
    noisyAgent: () => agentWith({ command: [noisy] }),
    missingAgent: () => agentWith({ command: null, path: "/nowhere" }),
    prompt: (...turns): Promise<TurnPrompt> => {
      const script = { turns: turns.map((tasks) => ({ steps: codexSteps(tasks) })) };
      const prompt = `Work on the ticket.\n\n${scriptBlock(script)}`;
      return Promise.resolve({ prompt, ticketPath: `${repo}/TICKET-001.md` });
    },
    crash: () => Promise.try(() => Deno.kill(pids.at(-1) ?? 0, "SIGKILL")),
    async [Symbol.asyncDispose]() {
      for (const agent of agents) await agent.close();
      await room.close();
      await model.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
