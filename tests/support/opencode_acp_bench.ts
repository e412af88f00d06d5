/** The real `opencode acp` with a scripted model, as a bench of the agent contract. */

import type { AgentErrorKind } from "../../lib/engine/turn.ts";
import type { Task } from "./agent_bench.ts";
import { type AcpBench, type AcpProgram, type Folders, openAcpBench } from "./acp_bench.ts";
import { requireAgent } from "./agents.ts";
import { scriptBlock, type ScriptReply } from "./model_script.ts";
import { startModelServer } from "./model_server.ts";
import { writeOpenCodeHome } from "./opencode_home.ts";

/** How a service fails in each way. OpenCode's own retries wait as long as the service tells them. */
const FAILURES: Readonly<Partial<Record<AgentErrorKind, ScriptReply>>> = {
  overloaded: { http: 500, headers: { "retry-after-ms": "1" } },
  refused: { http: 400, body: { error: { message: "Never again", code: "invalid" } } },
  network: { cut: "created" },
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

async function writeNoisyProgram(folder: string, program: string): Promise<string> {
  const path = `${folder}/opencode`;
  const noise = ["Segmentation fault (not really)", '{"half":', '{"method":"session/telepathy"}'];
  const lines = noise.map((line) => `echo '${line}'`).join("\n");
  await Deno.writeTextFile(path, `#!/bin/sh\n${lines}\nexec '${program}' "$@"\n`);
  await Deno.chmod(path, 0o755);
  return path;
}

const ARGS = ["acp", "--hostname", "127.0.0.1"];

async function opencodeAcp({ folder, home }: Folders): Promise<AcpProgram> {
  const program = requireAgent("opencode");
  const model = startModelServer();
  await writeOpenCodeHome(home, model.baseUrl);
  const noisy = await writeNoisyProgram(folder, program);
  const temp = `${folder}/tmp`;
  await Deno.mkdir(temp);
  return {
    name: "opencode-acp",
    command: [program, ...ARGS],
    env: { TMPDIR: temp, OPENCODE_DISABLE_MODELS_FETCH: "1" },
    noisy: { command: [noisy, ...ARGS] },
    prompt: (...turns: readonly (readonly Task[])[]) =>
      scriptBlock({ turns: turns.map((tasks) => ({ steps: stepsOf(tasks) })) }),
    close: () => model.close(),
  };
}

export const openOpenCodeAcpBench = (): Promise<AcpBench> => openAcpBench(opencodeAcp);
