/**
 * What every agent adapter must do, as named cases that each adapter runs. A case that an adapter
 * cannot run is left out with a reason.
 */

import assert from "node:assert/strict";
import { processIdentity } from "../../lib/control/process_identity.ts";
import { CarError } from "../../lib/base/errors.ts";
import type { Agent, AgentThread, OpenOptions } from "../../lib/engine/ports.ts";
import type { AgentError, AgentErrorKind, TurnEvent } from "../../lib/engine/turn.ts";
import {
  type AgentBench,
  type Ended,
  NEVER,
  nextTurn,
  OPEN,
  play,
  turnInput,
} from "./agent_bench.ts";
import { ContractResults, leftOutOf } from "./contract_results.ts";

type Case = (bench: AgentBench) => Promise<unknown>;

const completed: Ended = { type: "ended", result: "completed", error: null };
const interrupted: Ended = { type: "ended", result: "interrupted", error: null };

const read = (bench: AgentBench, name: string): Promise<string> =>
  Deno.readTextFile(`${bench.repo}/${name}`);

const exists = (bench: AgentBench, name: string): Promise<boolean> =>
  Deno.stat(`${bench.repo}/${name}`).then(() => true, () => false);

/** A command that tells its own number and that of a child in a file, and then goes on for ever. */
function endlessCommand(bench: AgentBench): { run: string; pids: Promise<number[]> } {
  const watcher = Deno.watchFs(bench.repo);
  const written = async () => {
    for await (const event of watcher) {
      if (event.paths.some((path) => path.endsWith("/pids"))) break;
    }
    return (await read(bench, "pids")).trim().split(" ").map(Number);
  };
  const run = "sleep 600 & echo $$ $! > pids.new; mv pids.new pids; sleep 600";
  return { run, pids: written() };
}

function assertGone(pids: readonly number[]): void {
  assert.equal(pids.length, 2);
  for (const pid of pids) assert.equal(processIdentity(pid), null, `process ${pid} still runs`);
}

/** Opens a thread on a new agent, and closes both after the case. */
async function withThread(
  bench: AgentBench,
  options: Partial<OpenOptions>,
  use: (thread: AgentThread, agent: Agent) => Promise<void>,
  agent: Agent = bench.agent(),
): Promise<void> {
  try {
    const thread = await agent.open({ ...OPEN, ...options });
    try {
      await use(thread, agent);
    } finally {
      await thread.close();
    }
  } finally {
    await agent.close();
  }
}

export const CASES = {
  "streams what it does and ends once": (bench) =>
    withThread(bench, {}, async (thread) => {
      const prompt = await bench.prompt([{ append: "made.txt", line: "hello" }, {
        say: "All done.",
      }]);
      const { events, ended } = await play(thread, turnInput(prompt));
      assert.deepEqual(ended, completed);
      assert.equal(await read(bench, "made.txt"), "hello\n");
      const types = new Set(events.map((event) => event.type));
      assert(types.has("tool_started") && types.has("tool_finished"), [...types].join());
      assert.notEqual(thread.id, "");
    }),

  "closes every tool it opened": (bench) =>
    withThread(bench, {}, async (thread) => {
      const prompt = await bench.prompt([{ run: "exit 3" }, { say: "That failed." }]);
      const { events } = await play(thread, turnInput(prompt));
      const ids = (type: string) =>
        events.flatMap((event) => event.type === type && "id" in event ? [event.id] : []);
      assert.deepEqual(ids("tool_finished"), ids("tool_started"));
      const finished = events.find((event) => event.type === "tool_finished");
      assert(finished?.type === "tool_finished");
      assert.deepEqual([finished.status, finished.exitCode], ["failed", 3]);
    }),

  "takes a second turn on the same thread": (bench) =>
    withThread(bench, {}, async (thread) => {
      const prompt = await bench.prompt([{ append: "n.txt", line: "1" }], [{
        append: "n.txt",
        line: "2",
      }]);
      assert.deepEqual((await play(thread, turnInput(prompt))).ended, completed);
      const id = thread.id;
      assert.deepEqual((await play(thread, turnInput(prompt))).ended, completed);
      assert.equal(thread.id, id);
      assert.equal(await read(bench, "n.txt"), "1\n2\n");
    }),

  "resumes the thread in a new process": async (bench) => {
    const prompt = await bench.prompt([{ append: "n.txt", line: "1" }], [{
      append: "n.txt",
      line: "2",
    }]);
    let id = OPEN.resume;
    await withThread(bench, {}, async (thread) => {
      await play(thread, turnInput(prompt));
      id = thread.id;
    });
    await withThread(bench, { resume: id }, async (thread) => {
      assert.deepEqual((await play(thread, turnInput(prompt))).ended, completed);
      assert.equal(thread.id, id);
    });
    assert.equal(await read(bench, "n.txt"), "1\n2\n");
  },

  "marks the commands of a turn and gives them its environment": (bench) =>
    withThread(bench, {}, async (thread) => {
      const show = { run: "echo $CAR_TURN_ID $CAR_RUN_DIR >> env.txt" };
      const prompt = await bench.prompt([show], [show]);
      const inputs = ["/a b", "/c"].map((dir) => turnInput(prompt, { CAR_RUN_DIR: dir }));
      for (const input of inputs) await play(thread, input);
      const expected = inputs.map((it) => `${it.turnId} ${it.env.CAR_RUN_DIR}\n`).join("");
      assert.equal(await read(bench, "env.txt"), expected);
    }),

  "ends a running command and its children when interrupted": (bench) =>
    withThread(bench, {}, async (thread) => {
      const { run, pids } = endlessCommand(bench);
      const abort = new AbortController();
      void pids.then(() => abort.abort());
      const prompt = await bench.prompt([{ run }]);
      const { ended } = await play(thread, turnInput(prompt), abort.signal);
      assert.deepEqual(ended, interrupted);
      assertGone(await pids);
    }),

  "takes a turn after an interrupted one": (bench) =>
    withThread(bench, {}, async (thread) => {
      const { run, pids } = endlessCommand(bench);
      const abort = new AbortController();
      void pids.then(() => abort.abort());
      const prompt = await bench.prompt([{ run }], [{ append: "n.txt", line: "2" }]);
      await play(thread, turnInput(prompt), abort.signal);
      assert.deepEqual((await play(thread, turnInput(prompt))).ended, completed);
      assert.equal(await read(bench, "n.txt"), "2\n");
    }),

  "does nothing when asked to end before it began": (bench) =>
    withThread(bench, {}, async (thread) => {
      const prompt = await bench.prompt([{ append: "n.txt", line: "1" }]);
      const { ended } = await play(thread, turnInput(prompt), AbortSignal.abort());
      assert.deepEqual(ended, interrupted);
      assert(!await exists(bench, "n.txt"), "the command ran");
    }),

  "ends its commands when the reader leaves": (bench) =>
    withThread(bench, {}, async (thread) => {
      const { run, pids } = endlessCommand(bench);
      const prompt = await bench.prompt([{ run }]);
      for await (const event of thread.turn(turnInput(prompt), NEVER)) {
        if (event.type !== "tool_started") continue;
        await pids;
        break;
      }
      assertGone(await pids);
    }),

  "ends in silence when asked to": (bench) =>
    withThread(bench, {}, async (thread) => {
      const abort = new AbortController();
      const prompt = await bench.prompt([{ append: "n.txt", line: "1" }, { silent: true }]);
      const { ended } = await play(thread, turnInput(prompt), abort.signal, (event) => {
        if (event.type === "tool_finished") abort.abort();
      });
      assert.deepEqual(ended, interrupted);
    }),

  "asks in the safe posture and runs on yes": (bench) => approval(bench, "yes"),
  "asks in the safe posture and does not run on no": (bench) => approval(bench, "no"),

  "does not ask in the yolo posture": (bench) =>
    withThread(bench, {}, async (thread) => {
      await Deno.mkdir(`${bench.repo}/old`);
      const prompt = await bench.prompt([{ ask: "rm -rf old" }]);
      const { events } = await play(thread, turnInput(prompt));
      assert(!events.some((event) => event.type === "approval"), "it asked");
      assert(!await exists(bench, "old"), "the folder is still there");
    }),

  "tells a crash, and knows afterwards that the prompt had arrived": async (bench) => {
    const { run, pids } = endlessCommand(bench);
    const prompt = await bench.prompt([{ run }], [{ append: "n.txt", line: "2" }]);
    const input = turnInput(prompt);
    await withThread(bench, {}, async (thread, agent) => {
      void pids.then(() => bench.crash?.());
      const { ended } = await play(thread, input);
      assert.deepEqual([ended.result, ended.error?.kind], ["lost", "crashed"]);
      assertGone(await pids);
      await agent.close();
      const resumed = await bench.agent().open({ ...OPEN, resume: thread.id });
      assert.deepEqual(await resumed.record(input.turnId), { prompt: "arrived", ended: false });
      assert.deepEqual(await resumed.record(nextTurn()), { prompt: "absent" });
      assert.deepEqual((await play(resumed, turnInput(prompt))).ended, completed);
      await resumed.close();
    });
    assert.equal(await read(bench, "n.txt"), "2\n");
  },

  "records a turn that ended": (bench) =>
    withThread(bench, {}, async (thread) => {
      const input = turnInput(await bench.prompt([{ run: "true" }]));
      assert.deepEqual(await thread.record(input.turnId), { prompt: "absent" });
      await play(thread, input);
      assert.deepEqual(await thread.record(input.turnId), { prompt: "arrived", ended: true });
    }),

  "passes over noise in what its program prints": async (bench) => {
    const agent = bench.noisyAgent?.();
    assert(agent !== undefined);
    const prompt = await bench.prompt([{ append: "n.txt", line: "1" }]);
    await withThread(bench, {}, async (thread) => {
      assert.deepEqual((await play(thread, turnInput(prompt))).ended, completed);
    }, agent);
    assert.equal(await read(bench, "n.txt"), "1\n");
  },

  "names an overloaded service": (bench) => failure(bench, "overloaded"),
  "names a quota and when it is back": async (bench) => {
    const error = await failure(bench, "quota");
    assert.equal(typeof error.resetsAtMs, "number");
  },
  "names a refused request": (bench) => failure(bench, "refused"),
  "names a broken connection": (bench) => failure(bench, "network"),

  "takes turns one after the other when asked for two at once": (bench) =>
    withThread(bench, {}, async (thread) => {
      const prompt = await bench.prompt([{ append: "n.txt", line: "1" }], [{
        append: "n.txt",
        line: "2",
      }]);
      const ends = await Promise.all([
        play(thread, turnInput(prompt)),
        play(thread, turnInput(prompt)),
      ]);
      assert.deepEqual(ends.map(({ ended }) => ended), [completed, completed]);
      assert.equal(await read(bench, "n.txt"), "1\n2\n");
    }),

  "says how to get a missing program": async (bench) => {
    const agent = bench.missingAgent?.();
    assert(agent !== undefined);
    const facts = await agent.facts();
    assert(!facts.found, "it was found");
    assert.notEqual(facts.hint, "");
    await assert.rejects(agent.open(OPEN), (thrown) => {
      assert(thrown instanceof CarError);
      assert.equal(thrown.code, "unavailable");
      assert(thrown.hint !== undefined);
      return true;
    });
    await agent.close();
  },

  "closes twice": async (bench) => {
    const agent = bench.agent();
    await agent.open(OPEN);
    await agent.close();
    await agent.close();
    await agent.kill();
  },
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof CASES;

async function approval(bench: AgentBench, answer: "yes" | "no"): Promise<void> {
  await withThread(bench, { posture: "safe" }, async (thread) => {
    await Deno.mkdir(`${bench.repo}/old`);
    const prompt = await bench.prompt([{ ask: "rm -rf old" }]);
    const asked: TurnEvent[] = [];
    const { ended } = await play(thread, turnInput(prompt), NEVER, async (event) => {
      if (event.type !== "approval") return;
      asked.push(event);
      await thread.answer(event.requestId, { type: answer });
      await assert.rejects(thread.answer(event.requestId, { type: "yes" }), CarError);
    });
    assert.equal(asked.length, 1);
    assert.deepEqual(ended, completed);
    assert.equal(await exists(bench, "old"), answer === "no", `the folder, after ${answer}`);
  });
}

async function failure(bench: AgentBench, kind: AgentErrorKind): Promise<AgentError> {
  const ends: Ended[] = [];
  await withThread(bench, {}, async (thread) => {
    const prompt = await bench.prompt([{ fail: kind }], [{ say: "Fine again." }]);
    ends.push((await play(thread, turnInput(prompt))).ended);
    assert.deepEqual((await play(thread, turnInput(prompt))).ended, completed);
  });
  const error = ends[0]?.error;
  assert.equal(ends[0]?.result, "failed");
  assert(error !== null && error !== undefined);
  assert.equal(error.kind, kind);
  assert.notEqual(error.message, "");
  return error;
}

/** One adapter in front of the contract. */
export interface AgentUnderTest {
  readonly name: string;
  /** What it is, in a few words, for docs/AGENTS.md; without them it is not shown there. */
  readonly about?: string;
  /** Cases that this adapter cannot run, each with the reason. */
  readonly skips: Readonly<Partial<Record<CaseName, string>>>;
  /** Leaves the whole suite out, e.g. where its program is not installed. */
  readonly ignore?: boolean;
  bench(): Promise<AgentBench>;
}

/** Registers a test for every case. */
export function testAgentContract(agent: AgentUnderTest): void {
  const cases: Readonly<Record<string, Case>> = CASES;
  const skips: Readonly<Record<string, string | undefined>> = agent.skips;
  const results = agent.about === undefined
    ? null
    : new ContractResults(agent.name, agent.about, skips);
  for (const [name, run] of Object.entries(cases)) {
    const reason = skips[name];
    Deno.test({
      name: `${agent.name} agent ${name}${reason === undefined ? "" : ` (left out: ${reason})`}`,
      ignore: agent.ignore === true || reason !== undefined,
      async fn() {
        await using bench = await agent.bench();
        await run(bench);
        results?.passed(name);
      },
    });
  }
  if (results !== null) testResults(agent.name, skips);
}

/** Whether docs/AGENTS.md still tells what the suite leaves out. */
function testResults(name: string, skips: Readonly<Record<string, string | undefined>>): void {
  Deno.test({
    name: `${name} agent is in docs/AGENTS.md with what is left out`,
    // They are just being written.
    ignore: Deno.env.get("CAR_WRITE_MATRIX") === "1",
    fn() {
      const cure = "Run CAR_WRITE_MATRIX=1 deno task test tests/agents, then deno task docs";
      assert.deepEqual(leftOutOf(name), skips, cure);
    },
  });
}
