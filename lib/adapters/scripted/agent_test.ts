import assert from "node:assert/strict";
import {
  type AgentBench,
  NEVER,
  OPEN,
  play,
  type Task,
  turnInput,
} from "../../../tests/support/agent_bench.ts";
import { testAgentContract } from "../../../tests/support/agent_contract.ts";
import type { AgentErrorKind, TurnEvent } from "../../engine/turn.ts";
import { newScriptedStore, ScriptedAgent } from "./agent.ts";
import { type Act, playBlock } from "./play.ts";

const QUOTA_BACK_MS = 4_102_444_800_000;
const NO_COMMANDS = "the scripted agent runs no commands";
const NO_PROGRAM = "the scripted agent has no program";

function errorAct(kind: AgentErrorKind): Act {
  const error = { kind, message: `Scripted: ${kind}.` };
  return {
    end: "failed",
    error: kind === "quota" ? { ...error, resetsAtMs: QUOTA_BACK_MS } : error,
  };
}

function actOf(task: Task): Act {
  if ("say" in task) return { say: task.say };
  if ("append" in task) return { append: task.append, line: task.line };
  if ("silent" in task) return { hang: true };
  if ("fail" in task) return errorAct(task.fail);
  if ("ask" in task) return { ask: task.ask };
  return { tool: task.run };
}

async function openBench(): Promise<AgentBench> {
  const repo = await Deno.makeTempDir({ prefix: "car-scripted-" });
  const store = newScriptedStore();
  return {
    repo,
    agent: () => new ScriptedAgent({ repo, store }),
    prompt: (...turns) => {
      const prompt = playBlock({ turns: turns.map((tasks) => tasks.map(actOf)) });
      return Promise.resolve({ prompt, ticketPath: `${repo}/TICKET-001.md` });
    },
    [Symbol.asyncDispose]: () => Deno.remove(repo, { recursive: true }),
  };
}

testAgentContract({
  name: "scripted",
  skips: {
    "closes every tool it opened": NO_COMMANDS,
    "marks the commands of a turn and gives them its environment": NO_COMMANDS,
    "ends a running command and its children when interrupted": NO_COMMANDS,
    "takes a turn after an interrupted one": NO_COMMANDS,
    "ends its commands when the reader leaves": NO_COMMANDS,
    "asks in the safe posture and runs on yes": NO_COMMANDS,
    "asks in the safe posture and does not run on no": NO_COMMANDS,
    "does not ask in the yolo posture": NO_COMMANDS,
    "tells a crash, and knows afterwards that the prompt had arrived": NO_PROGRAM,
    "passes over noise in what its program prints": NO_PROGRAM,
    "says how to get a missing program": NO_PROGRAM,
  },
  bench: openBench,
});

async function playActs(
  acts: Act[],
  options: Partial<typeof OPEN>,
  onEvent?: (event: TurnEvent, answer: (type: "yes" | "no") => Promise<void>) => Promise<void>,
): Promise<{ ended: TurnEvent; repo: Record<string, string> }> {
  await using bench = await openBench();
  const ticketPath = `${bench.repo}/TICKET-001.md`;
  await Deno.writeTextFile(ticketPath, "---\nagent: scripted\ndone: false\n---\nBody\n");
  const thread = await bench.agent().open({ ...OPEN, ...options });
  const input = turnInput({ prompt: playBlock({ turns: [acts] }), ticketPath });
  const { ended } = await play(thread, input, NEVER, async (event) => {
    if (event.type !== "approval") return;
    await onEvent?.(event, (type) => thread.answer(event.requestId, { type }));
  });
  const repo: Record<string, string> = {};
  for await (const { name } of Deno.readDir(bench.repo)) {
    repo[name] = await Deno.readTextFile(`${bench.repo}/${name}`);
  }
  return { ended, repo };
}

Deno.test("ScriptedAgent leaves out what follows a question when the answer is no", async () => {
  const acts: Act[] = [{ ask: "May I?" }, { write: "made.txt", text: "x" }];
  for (const type of ["yes", "no"] as const) {
    const { repo } = await playActs(acts, { posture: "safe" }, (_, answer) => answer(type));
    assert.equal("made.txt" in repo, type === "yes", type);
  }
});

Deno.test("ScriptedAgent marks the ticket done when told to, and changes nothing else of it", async () => {
  const { repo } = await playActs([{ done: true }], {});
  assert.equal(repo["TICKET-001.md"], "---\nagent: scripted\ndone: true\n---\nBody\n");
});

Deno.test("ScriptedAgent fails the turn with the reason when the ticket holds no play", async () => {
  await using bench = await openBench();
  const thread = await bench.agent().open(OPEN);
  for (
    const prompt of ["nothing here", "@@play {} @@end", '@@play {"turns":[[{"dance":1}]]} @@end']
  ) {
    const { ended } = await play(thread, turnInput({ prompt, ticketPath: "/t.md" }));
    assert.equal(ended.error?.kind, "refused", prompt);
  }
});

Deno.test("ScriptedAgent misbehaves when told to, and ends by force", async () => {
  await using bench = await openBench();
  const agent = bench.agent();
  const thread = await agent.open(OPEN);
  const turn = (act: Act, signal = NEVER) =>
    Array.fromAsync(
      thread.turn(
        turnInput({ prompt: playBlock({ turns: [[act]] }), ticketPath: "/t.md" }),
        signal,
      ),
    );
  assert.deepEqual(await turn({ vanish: true }), []);
  await assert.rejects(turn({ throw: "no manners" }), /no manners/);
  assert.equal((await turn({ flood: 3 })).length, 4);
  const deaf = turn({ deaf: true }, AbortSignal.timeout(1));
  await agent.kill();
  assert.deepEqual(await deaf, []);
});
