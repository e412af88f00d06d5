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
import { systemClock } from "../../base/clock.ts";
import { processIdentity } from "../../control/process_identity.ts";
import type { OpenOptions } from "../../engine/ports.ts";
import type { TurnEvent } from "../../engine/turn.ts";
import { ProcessRoom } from "../process/room.ts";
import { ShellAgent } from "./agent.ts";

/** The blocks of all turns stand in one ticket; each runs in its own turn only. */
function blockOf(task: Task, turn: number): string {
  const count = `grep -qx "$CAR_TURN_ID" .turns 2>/dev/null || echo "$CAR_TURN_ID" >> .turns
[ "$(wc -l < .turns)" -eq ${turn} ] || exit 0`;
  return `\`\`\`sh\n${count}\n${commandOf(task)}\n\`\`\`\n`;
}

function commandOf(task: Task): string {
  if ("say" in task) return `echo '${task.say}'`;
  if ("append" in task) return `echo '${task.line}' >> ${task.append}`;
  if ("silent" in task) return "sleep 600";
  if ("fail" in task) return "exit 1";
  return "run" in task ? task.run : task.ask;
}

const HEAD = "---\nagent: shell # mine\ndone: false\n---\n";

async function openBench(): Promise<AgentBench & { room: ProcessRoom }> {
  const repo = await Deno.makeTempDir({ prefix: "car-shell-" });
  const tickets = await Deno.makeTempDir({ prefix: "car-shell-tickets-" });
  const room = ProcessRoom.open({ root: repo, owner: crypto.randomUUID(), clock: systemClock });
  return {
    repo,
    room,
    agent: () => new ShellAgent({ root: repo, room }),
    prompt: async (...turns) => {
      const ticketPath = `${tickets}/TICKET-001.md`;
      const blocks = turns.flatMap((tasks, turn) => tasks.map((task) => blockOf(task, turn + 1)));
      await Deno.writeTextFile(ticketPath, HEAD + blocks.join("\ntext\n"));
      return { prompt: "", ticketPath };
    },
    [Symbol.asyncDispose]: async () => {
      await room.close();
      await Deno.remove(repo, { recursive: true });
      await Deno.remove(tickets, { recursive: true });
    },
  };
}

const NO_RECORD = "the shell agent keeps no record of turns";
const NO_SERVICE = "the shell agent calls no service";
const NO_PROGRAM = "the shell agent has no program of its own";

testAgentContract({
  name: "shell",
  about: "the ticket's own `sh` blocks, without a model",
  skips: {
    "tells a crash, and knows afterwards that the prompt had arrived": NO_RECORD,
    "records a turn that ended": NO_RECORD,
    "names an overloaded service": NO_SERVICE,
    "names a quota and when it is back": NO_SERVICE,
    "names a refused request": NO_SERVICE,
    "names a broken connection": NO_SERVICE,
    "passes over noise in what its program prints": NO_PROGRAM,
    "says how to get a missing program": NO_PROGRAM,
  },
  bench: openBench,
});

interface Outcome {
  readonly events: readonly TurnEvent[];
  readonly last: TurnEvent | undefined;
  /** The texts the agent said. */
  readonly said: string;
  readonly ticket: string;
}

/** Runs one ticket in a fresh repo. */
async function runTicket(
  ticket: string,
  options: Partial<OpenOptions> & { env?: Record<string, string> } = {},
): Promise<Outcome> {
  await using bench = await openBench();
  const { ticketPath } = await bench.prompt([]);
  await Deno.writeTextFile(ticketPath, ticket);
  const agent = bench.agent();
  const thread = await agent.open({ ...OPEN, ...options });
  const { events } = await play(thread, turnInput({ prompt: "", ticketPath }, options.env));
  await agent.close();
  const said = events.flatMap((event) => event.type === "text" ? [event.text] : []).join("\n");
  return { events, last: events.at(-1), said, ticket: await Deno.readTextFile(ticketPath) };
}

const block = (script: string, shell = "sh"): string => `\`\`\`${shell}\n${script}\n\`\`\`\n`;

Deno.test("a ticket whose blocks all end well is claimed, nothing else of it touched", async () => {
  const { ticket, events, said } = await runTicket(
    `${HEAD}# T\n${block("echo 1")}\n${block("echo 2")}`,
  );
  assert.equal(
    ticket,
    `${HEAD.replace("false", "true")}# T\n${block("echo 1")}\n${block("echo 2")}`,
  );
  assert.equal(said, "2 blocks ran without a failure.");
  assert.deepEqual(
    events.flatMap((event) => event.type === "tool_finished" ? [event.output] : []),
    ["1\n", "2\n"],
  );
});

Deno.test("BOM and CRLF of a claimed ticket stay", async () => {
  const text = `\uFEFF---\r\nagent: shell\r\ndone: false\r\n---\r\n\`\`\`sh\r\ntrue\r\n\`\`\`\r\n`;
  await using bench = await openBench();
  const { ticketPath } = await bench.prompt([]);
  await Deno.writeTextFile(ticketPath, text);
  const agent = bench.agent();
  await play(await agent.open(OPEN), turnInput({ prompt: "", ticketPath }));
  await agent.close();
  const bytes = await Deno.readFile(ticketPath);
  const after = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  assert.equal(after, text.replace("false", "true"));
});

Deno.test("a block that fails ends the turn without a claim, and says so", async () => {
  const { ticket, last, said, events } = await runTicket(
    HEAD + block("echo out; echo err >&2; exit 3") + block("touch never"),
  );
  assert.ok(ticket.includes("done: false"));
  assert.deepEqual(last, { type: "ended", result: "completed", error: null });
  assert.match(said, /^Block 1 of 2 \(line 5\) failed: exit code 3\. /);
  const tools = events.filter((event) => event.type === "tool_finished");
  assert.equal(tools.length, 1);
  assert.deepEqual(tools.map((it) => [it.status, it.exitCode, it.output]), [
    ["failed", 3, "out\nerr\n"],
  ]);
});

Deno.test("the commands run with -eu, in the shell they name", async (t) => {
  const table: readonly [string, string, boolean][] = [
    ["a failing command in the middle", block("false; true"), false],
    ["an unknown name", block("echo $nothing_of_this_name"), false],
    ["bash when asked", block("[[ -n $BASH_VERSION ]]", "bash"), true],
    ["sh otherwise", block("[ -z ${BASH_VERSION-} ] || [ -n ${POSIXLY_CORRECT-y} ]"), true],
    ["the repo as working directory", block('[ "$PWD" = "$CAR_ROOT" ]'), true],
    ["the ticket's path", block("grep -q 'agent: shell' \"$CAR_TICKET\""), true],
    ["closed input", block("! read -r line"), true],
    ["a program that is missing", block("no-such-program-of-car"), false],
    ["killed", block("kill -9 $$"), false],
  ];
  for (const [name, text, done] of table) {
    await t.step(name, async () => {
      assert.equal((await runTicket(HEAD + text)).ticket.includes("done: true"), done);
    });
  }
});

Deno.test("no claim when the commands asked a person, or changed done themselves", async (t) => {
  const dispatch = await Deno.makeTempDir();
  await t.step("DISPATCH.md", async () => {
    const env = { CAR_RUN_DIR: dispatch };
    const { ticket, said } = await runTicket(HEAD + block('echo x > "$CAR_RUN_DIR/DISPATCH.md"'), {
      env,
    });
    assert.ok(ticket.includes("done: false"));
    assert.match(said, /wrote DISPATCH\.md/);
  });
  await t.step("done changed", async () => {
    const change = "sed -i 's/^done: .*/done: null/' \"$CAR_TICKET\"";
    assert.ok((await runTicket(HEAD + block(change))).ticket.includes("done: null"));
  });
  await t.step("ticket removed", async () => {
    await using bench = await openBench();
    const { ticketPath } = await bench.prompt([{ run: 'rm "$CAR_TICKET"' }]);
    const agent = bench.agent();
    const { ended } = await play(await agent.open(OPEN), turnInput({ prompt: "", ticketPath }));
    await agent.close();
    assert.equal(ended.result, "failed");
    assert.match(ended.error?.message ?? "", /^The ticket is gone: .*\.md/);
  });
  await Deno.remove(dispatch, { recursive: true });
});

Deno.test("a ticket that cannot be run is refused with what to do", async (t) => {
  const table: readonly [string, string, Partial<OpenOptions>, RegExp][] = [
    ["no blocks", `${HEAD}text\n`, {}, /TICKET-001\.md has no commands.*```sh/],
    ["open block", `${HEAD}\n\`\`\`sh\ntrue\n`, {}, /TICKET-001\.md line 6: no fence closes/],
    [
      "too long",
      HEAD + block(`: ${"x".repeat(102_400)}`),
      {},
      /line 5 is longer than 100 KiB.*script file/,
    ],
    ["read-only", HEAD + block("true"), { posture: "read-only" }, /cannot work read-only/],
  ];
  for (const [name, text, options, expected] of table) {
    await t.step(name, async () => {
      const { last, ticket } = await runTicket(text, options);
      assert.ok(last?.type === "ended" && last.result === "failed");
      assert.equal(last.error?.kind, "refused");
      assert.match(last.error?.message ?? "", expected);
      assert.equal(ticket, text);
    });
  }
});

Deno.test("a flood is told in part and kept at its end", async () => {
  const { events } = await runTicket(
    HEAD + block("head -c 20000000 /dev/zero | tr '\\0' a; echo end"),
  );
  const live = events.reduce(
    (sum, it) => sum + (it.type === "tool_output" ? it.text.length : 0),
    0,
  );
  assert.ok(live < 1_000_000, `${live} characters`);
  const finished = events.find((event) => event.type === "tool_finished");
  assert.ok(finished?.type === "tool_finished" && finished.output.endsWith("aend\n"));
});

Deno.test("in the safe posture a no ends the turn, always asks no more", async (t) => {
  for (
    const [answer, asked, done] of [["no", 1, false], ["always", 1, true], [
      "yes",
      2,
      true,
    ]] as const
  ) {
    await t.step(answer, async () => {
      await using bench = await openBench();
      const { ticketPath } = await bench.prompt([{ run: "true" }, { run: "true" }]);
      const agent = bench.agent();
      const thread = await agent.open({ ...OPEN, posture: "safe" });
      let approvals = 0;
      await play(thread, turnInput({ prompt: "", ticketPath }), NEVER, async (event) => {
        if (event.type !== "approval") return;
        approvals++;
        await thread.answer(event.requestId, { type: answer });
      });
      await agent.close();
      assert.equal(approvals, asked);
      assert.equal((await Deno.readTextFile(ticketPath)).includes("done: true"), done);
    });
  }
});

Deno.test("kill() ends what runs, and the thread is named for its ticket", async () => {
  await using bench = await openBench();
  const { ticketPath } = await bench.prompt([{ run: "trap '' TERM; sleep 600 & echo $!; wait" }]);
  const agent = bench.agent();
  const thread = await agent.open(OPEN);
  let pid = 0;
  const { ended } = await play(
    thread,
    turnInput({ prompt: "", ticketPath }),
    NEVER,
    async (event) => {
      if (event.type !== "tool_output") return;
      pid = Number(event.text);
      await agent.kill();
    },
  );
  assert.equal(ended.result, "interrupted");
  assert.ok(pid > 0);
  assert.equal(processIdentity(pid), null);
  assert.equal(thread.id, "TICKET-001.md");
  await agent.kill();
});
