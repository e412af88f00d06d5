/** The real codex-acp program with a scripted model, as a bench of the agent contract. */

import { dirname, join } from "node:path";
import type { Task } from "./agent_bench.ts";
import { type AcpBench, type AcpProgram, type Folders, openAcpBench } from "./acp_bench.ts";
import { requireAgent } from "./agents.ts";
import { codexSteps } from "./codex_bench.ts";
import { scriptBlock } from "./model_script.ts";
import { startModelServer } from "./model_server.ts";

/** A model whose description is built in: with an unknown one the program mixes a warning into its text. */
const MODEL = "gpt-5.2-codex";

/** Few retries and a short idle limit keep the failure tests quick. */
const configToml = (baseUrl: string): string =>
  `model = "${MODEL}"
model_provider = "scripted"
check_for_update_on_startup = false
web_search = "disabled"

[analytics]
enabled = false
[feedback]
enabled = false
[history]
persistence = "none"

[model_providers.scripted]
name = "Scripted"
base_url = "${baseUrl}"
wire_api = "responses"
requires_openai_auth = false
supports_websockets = false
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = 2000
`;

/** The sandbox's helper: the package of codex-acp leaves it out, that of Codex has it. */
async function sandboxFolder(): Promise<string> {
  const codex = await Deno.realPath(requireAgent("codex"));
  return join(dirname(dirname(codex)), "codex-resources");
}

async function writeNoisyProgram(folder: string, program: string): Promise<string> {
  const path = `${folder}/noisy-codex-acp`;
  const noise = ["Segmentation fault (not really)", '{"half":', '{"method":"session/telepathy"}'];
  const lines = noise.map((line) => `echo '${line}'`).join("\n");
  await Deno.writeTextFile(path, `#!/bin/sh\n${lines}\nexec '${program}' "$@"\n`);
  await Deno.chmod(path, 0o755);
  return path;
}

/** Writes the configuration for a model server into `home`, an existing folder. Use it as CODEX_HOME. */
export const writeCodexAcpHome = (home: string, baseUrl: string): Promise<void> =>
  Deno.writeTextFile(`${home}/config.toml`, configToml(baseUrl));

async function codexAcp({ folder, home }: Folders): Promise<AcpProgram> {
  const program = requireAgent("codex-acp");
  const model = startModelServer();
  await writeCodexAcpHome(home, model.baseUrl);
  const noisy = await writeNoisyProgram(folder, program);
  const path = `${await sandboxFolder()}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`;
  return {
    name: "codex-acp",
    command: [program],
    env: { CODEX_HOME: home, PATH: path, RUST_LOG: "error" },
    noisy: { command: [noisy] },
    prompt: (...turns: readonly (readonly Task[])[]) =>
      scriptBlock({ turns: turns.map((tasks) => ({ steps: codexSteps(tasks) })) }),
    close: () => model.close(),
  };
}

export const openCodexAcpBench = (): Promise<AcpBench> => openAcpBench(codexAcp);
