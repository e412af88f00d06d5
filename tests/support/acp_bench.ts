/** Agents behind the Agent Client Protocol, as benches of the agent contract. */

import { AcpAgent, type AcpOptions } from "../../lib/adapters/acp/agent.ts";
import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { systemClock } from "../../lib/base/clock.ts";
import type { AgentBench, Task, TurnPrompt } from "./agent_bench.ts";
import { SECRET } from "./codex_bench.ts";

const FAKE_AGENT = new URL("./fake_acp_agent.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

export interface AcpBench extends AgentBench {
  readonly room: ProcessRoom;
  /** What the agents logged outside of turns. */
  readonly log: readonly string[];
  /** A folder beside the repo, for what the agent keeps. */
  readonly home: string;
  agentWith(options: Partial<AcpOptions>): AcpAgent;
}

/** What one agent needs: all but the folder and the room. */
export interface AcpProgram {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The noisy variant of the same agent. */
  readonly noisy: Partial<AcpOptions>;
  prompt(...turns: readonly (readonly Task[])[]): string;
  /** Ends what was started beside the agent. */
  close(): Promise<void>;
}

export interface Folders {
  readonly folder: string;
  readonly home: string;
  readonly repo: string;
}

export async function openAcpBench(
  make: (folders: Folders) => Promise<AcpProgram>,
): Promise<AcpBench> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-acp-" }));
  const [home, repo] = [`${folder}/home`, `${folder}/repo`];
  for (const path of [home, repo]) await Deno.mkdir(path);
  const program = await make({ folder, home, repo });
  const log: string[] = [];
  const pids: number[] = [];
  const agents: AcpAgent[] = [];
  const room = ProcessRoom.open({
    root: repo,
    owner: crypto.randomUUID(),
    clock: systemClock,
    environment: {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: home,
      [SECRET.name]: SECRET.value,
    },
    onSpawn: ({ pid, purpose, argv }) => {
      // Commands of the agent's terminals are its own too; the program is what a test kills.
      if (purpose === "agent" && argv.at(0) === program.command.at(0)) pids.push(pid);
    },
  });
  const agentWith = (options: Partial<AcpOptions>) => {
    const agent = new AcpAgent({
      name: program.name,
      repo,
      command: program.command,
      args: [],
      env: program.env,
      inherit: [],
      mode: null,
      path: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      version: "0.0.0",
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
    room,
    log,
    agentWith,
    agent: () => agentWith({}),
    noisyAgent: () => agentWith(program.noisy),
    missingAgent: () => agentWith({ command: null, path: "/nowhere", name: "gemini" }),
    prompt: (...turns): Promise<TurnPrompt> =>
      Promise.resolve({
        prompt: program.prompt(...turns),
        ticketPath: `${repo}/TICKET-001.md`,
      }),
    crash: () => Promise.try(() => Deno.kill(pids.at(-1) ?? 0, "SIGKILL")),
    async [Symbol.asyncDispose]() {
      for (const agent of agents) await agent.close();
      await room.close();
      await program.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The agent of our own, with these ways to misbehave. */
export function openFakeBench(mischief: readonly string[] = []): Promise<AcpBench> {
  const envOf = (home: string, ways: readonly string[]) => ({
    FAKE_ACP_STATE: home,
    FAKE_ACP_MISCHIEF: ways.join(","),
    DENO_NO_UPDATE_CHECK: "1",
  });
  return openAcpBench(({ home }) =>
    Promise.resolve({
      name: "fake",
      command: [
        Deno.execPath(),
        "run",
        "--no-check",
        "--cached-only",
        "--quiet",
        "-A",
        "--config",
        CONFIG,
        FAKE_AGENT,
      ],
      env: envOf(home, mischief),
      noisy: { env: envOf(home, [...mischief, "noise"]) },
      prompt: (...turns) => `Do this.\n@@tasks${JSON.stringify(turns)}@@end`,
      close: () => Promise.resolve(),
    })
  );
}
