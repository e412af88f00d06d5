/** The real OpenCode program with a scripted model, as a bench of the agent contract. */

import { OpenCodeAgent, type OpenCodeOptions } from "../../lib/adapters/opencode/agent.ts";
import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { systemClock } from "../../lib/base/clock.ts";
import type { AgentErrorKind } from "../../lib/engine/turn.ts";
import type { AgentBench, Task, TurnPrompt } from "./agent_bench.ts";
import { requireAgent } from "./agents.ts";
import { scriptBlock, type ScriptReply } from "./model_script.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import { writeOpenCodeHome } from "./opencode_home.ts";

/** A secret of CAR's own environment: it must never reach a command. */
export const SECRET = { name: "CAR_TEST_SECRET", value: "hush-hush" } as const;
/** A start needs a second; a machine that runs many tests at once needs more. */
const START_MS = 60_000;

/** How a service fails in each way. OpenCode's own retries wait as long as the service tells them. */
const FAILURES: Readonly<Partial<Record<AgentErrorKind, ScriptReply>>> = {
  overloaded: { http: 500, headers: { "retry-after-ms": "1" } },
  refused: { http: 400, body: { error: { message: "Never again", code: "invalid" } } },
  network: { cut: "created" },
  quota: {
    http: 429,
    headers: { "retry-after": "3600" },
    body: { error: { message: "Too many requests", code: "rate_limit" } },
  },
};

function replyTo(task: Task): ScriptReply {
  if ("say" in task) return { items: [{ say: task.say }] };
  if ("silent" in task) return { hang: "headers" };
  if ("fail" in task) return FAILURES[task.fail] ?? { http: 418 };
  if ("append" in task) return { items: [{ exec: `echo '${task.line}' >> ${task.append}` }] };
  return { items: [{ exec: "run" in task ? task.run : task.ask }] };
}

/** Steps of a turn; it closes with a word, since a model's turn must not end in a command. */
const stepsOf = (tasks: readonly Task[]): ScriptReply[] => [
  ...tasks.map(replyTo),
  { items: [{ say: "End of turn." }] },
];

export interface OpenCodeBench extends AgentBench {
  readonly model: ModelServer;
  readonly room: ProcessRoom;
  /** HOME. */
  readonly home: string;
  /** What the agents logged outside of turns. */
  readonly log: readonly string[];
  agentWith(options: Partial<OpenCodeOptions>): OpenCodeAgent;
}

/** A program that is noisy before it becomes the real one. */
async function writeNoisyProgram(folder: string, program: string): Promise<string> {
  const path = `${folder}/noisy-opencode`;
  const lines = ["Segmentation fault (not really)", "opencode server listening on nothing"];
  const noise = lines.map((line) => `echo '${line}'`).join("\n");
  await Deno.writeTextFile(path, `#!/bin/sh\n${noise}\nexec '${program}' "$@"\n`);
  await Deno.chmod(path, 0o755);
  return path;
}

export async function openOpenCodeBench(): Promise<OpenCodeBench> {
  const program = requireAgent("opencode");
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-opencode-" }));
  const [home, repo] = [`${folder}/home`, `${folder}/a repo`];
  for (const path of [home, repo]) await Deno.mkdir(path);
  const model = startModelServer();
  await writeOpenCodeHome(home, model.baseUrl);
  const noisy = await writeNoisyProgram(folder, program);
  const log: string[] = [];
  const agents: OpenCodeAgent[] = [];
  const pids: number[] = [];
  const room = ProcessRoom.open({
    root: repo,
    owner: crypto.randomUUID(),
    clock: systemClock,
    environment: { PATH: "/usr/bin:/bin", HOME: home, [SECRET.name]: SECRET.value },
    onSpawn: ({ pid }) => void pids.push(pid),
  });
  const agentWith = (options: Partial<OpenCodeOptions>): OpenCodeAgent => {
    const agent = new OpenCodeAgent({
      repo,
      folder: `${folder}/state`,
      command: [program],
      env: {},
      inherit: [],
      path: "/usr/bin:/bin",
      installFolders: [],
      temp: "/tmp",
      startMs: START_MS,
      share: false,
      room,
      log: (text) => void log.push(text),
      ...options,
    });
    agents.push(agent);
    return agent;
  };
  return {
    repo,
    home,
    model,
    room,
    log,
    agentWith,
    agent: () => agentWith({}),
    noisyAgent: () => agentWith({ command: [noisy] }),
    missingAgent: () => agentWith({ command: null, path: "/nowhere" }),
    prompt: (...turns): Promise<TurnPrompt> => {
      const script = { turns: turns.map((tasks) => ({ steps: stepsOf(tasks) })) };
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
