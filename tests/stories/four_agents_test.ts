import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { requireAgent } from "../support/agents.ts";
import { writeCodexAcpHome } from "../support/codex_acp_bench.ts";
import {
  commands,
  markDone,
  openQueueBench,
  type QueueBench,
  scripted,
} from "../support/queue_bench.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const AGENTS = ["codex", "opencode", "mine", "shell"] as const;

/** The sandbox's helper: the package of codex-acp leaves it out, that of Codex has it. */
async function sandboxFolder(): Promise<string> {
  const codex = await Deno.realPath(requireAgent("codex"));
  return join(dirname(dirname(codex)), "codex-resources");
}

/** One ticket an agent, in turn; each writes its file and marks its ticket. */
async function fillQueue(bench: QueueBench, posture: "yolo" | "safe"): Promise<void> {
  const home = `${bench.home}/acp`;
  await Deno.mkdir(home);
  await writeCodexAcpHome(home, bench.model.baseUrl);
  const config = [
    "agents:",
    `  codex: {posture: ${posture}}`,
    `  opencode: {posture: ${posture}}`,
    `  shell: {posture: ${posture}}`,
    "  mine:",
    "    kind: acp",
    `    command: ["${requireAgent("codex-acp")}"]`,
    `    env: {CODEX_HOME: "${home}", PATH: "${await sandboxFolder()}:/usr/bin:/bin"}`,
    `    posture: ${posture}`,
    "opencode: {start_seconds: 120}",
    'approvals: {allow: ["*"]}',
    "",
  ].join("\n");
  await Deno.writeTextFile(`${bench.repo}/.codex-autorunner/config.yml`, config, { append: true });
  for (const [index, agent] of AGENTS.entries()) {
    const number = index + 1;
    const keys = { agent, title: `For ${agent}`, verify: `test -f ${agent}.txt` };
    const steps = [
      { items: [{ exec: `touch ${agent}.txt` }] },
      { items: [{ exec: markDone(number) }] },
      { items: [{ say: "Done." }] },
    ];
    const body = agent === "shell"
      ? commands("touch shell.txt")
      : scripted({ id: agent, turns: [{ steps }] });
    await bench.ticket(number, keys, body);
  }
}

async function allDone(bench: QueueBench): Promise<void> {
  const log = await bench.sh(
    "git log --format='%s %(trailers:key=CAR-Verdict,valueonly,separator=)'",
  );
  for (const [index, agent] of AGENTS.entries()) {
    assert.match(log, new RegExp(`For ${agent} accepted`));
    assert.match(await bench.readTicket(index + 1), /^done: true$/m);
  }
  assert.deepEqual(bench.model.problems, []);
  assert.deepEqual(await bench.leftovers(), []);
}

const NEEDS = ["codex", "opencode", "codex-acp"];

forSourceAndBinary("one run gives its tickets to four agents, each as it is", async (form) => {
  await using bench = await openQueueBench(form);
  await fillQueue(bench, "yolo");
  const run = await bench.car("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);
  await allDone(bench);
}, NEEDS);

forSourceAndBinary(
  "the same in the safe posture, once a person has approved what the repo runs",
  async (form) => {
    await using bench = await openQueueBench(form);
    await fillQueue(bench, "safe");
    let run = await bench.car("run");
    // Each ticket's check is a command of the repo: a person says yes to it once.
    for (let asked = 0; run.code === 3 && asked <= AGENTS.length; asked++) {
      assert.match(run.stdout, /Paused \(approval\)/, run.stdout);
      const approved = await bench.car("approve", "--yes");
      assert.equal(approved.code, 0, approved.stderr);
      run = await bench.car("resume");
    }
    assert.equal(run.code, 0, run.stdout + run.stderr);
    await allDone(bench);
  },
  NEEDS,
);
