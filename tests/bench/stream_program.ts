/** Sends a long stream of events through one turn, as an agent would, and prints the memory it took. */

import { Redactor } from "../../lib/adapters/process/redact.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { Journal } from "../../lib/control/journal.ts";
import { runId, type ThreadId, type TurnId } from "../../lib/engine/ids.ts";
import { NOTHING_SPENT } from "../../lib/engine/limits.ts";
import type { AgentThread } from "../../lib/engine/ports.ts";
import type { TurnEvent } from "../../lib/engine/turn.ts";
import { TurnNotes } from "../../lib/hub/turn_notes.ts";
import { runTurn } from "../../lib/hub/turn_runner.ts";

/** Events of one command of the agent's: mostly pieces of text and output. */
function* oneCommand(at: number): Generator<TurnEvent> {
  const id = `item_${at}`;
  for (let piece = 0; piece < 60; piece++) {
    yield { type: "text_delta", id, text: "word after word " };
  }
  yield { type: "text", id, text: "word after word ".repeat(60) };
  yield { type: "tool_started", id, kind: "command", title: `deno test ${at}` };
  for (let piece = 0; piece < 35; piece++) {
    yield { type: "tool_output", id, text: `line ${at}.${piece}\n` };
  }
  yield {
    type: "tool_finished",
    id,
    status: "ok",
    exitCode: 0,
    output: `line ${at}\n`.repeat(200),
    durationMs: 12,
  };
  yield {
    type: "usage",
    usage: { input: at, cached: 0, output: at, reasoning: 0 },
    contextWindow: null,
  };
}

/** What the process holds, garbage aside as far as the runtime collects it by itself. */
const rssMb = (): number => Deno.memoryUsage().rss / 1e6;

const count = Number(Deno.args[0]);
const samples: number[] = [];

async function* stream(): AsyncGenerator<TurnEvent> {
  let sent = 0;
  for (let at = 0; sent < count; at++) {
    for (const event of oneCommand(at)) {
      yield event;
      if (++sent % (count / 50) === 0) samples.push(rssMb());
    }
    // As from a pipe: the loop gets its turn, and notes are written.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  yield { type: "ended", result: "completed", error: null };
}

const CANNOT = false;

const thread: AgentThread = {
  id: "thread" as ThreadId,
  turn: stream,
  steer: () => Promise.resolve(CANNOT),
  answer: () => Promise.resolve(),
  record: () => Promise.reject(new Error("not asked")),
  close: () => Promise.resolve(),
};

const LIMITS = {
  turnTokens: null,
  turnMinutes: null,
  ticketTurns: null,
  ticketMinutes: null,
  ticketTokens: null,
  runTurns: null,
  runMinutes: null,
  runTokens: null,
  sameToolCalls: null,
};

const folder = await Deno.makeTempDir({ prefix: "car-bench-" });
const journal = Journal.open(`${folder}/flows.db`);
const started = performance.now();
try {
  const turn = "turn_0000000000000001" as TurnId;
  const notes = new TurnNotes(journal, { run: runId(1), turn, ticket: null }, () => Date.now());
  await runTurn(
    thread,
    { turnId: turn, prompt: "", ticketPath: "", env: {} },
    {
      clock: systemClock,
      secrets: new Redactor(),
      limits: LIMITS,
      spent: NOTHING_SPENT,
      silence: { silenceSeconds: 600, networkSeconds: 600 },
      turnSeconds: 3_600,
      kill: () => Promise.resolve(),
    },
    (event) => notes.take(event),
    new AbortController().signal,
  );
  notes.close();
} finally {
  journal.close();
  await Deno.remove(folder, { recursive: true });
}

/** The highest of a fifth of the samples: collections make single ones jump. */
const highest = (from: number, to: number) => Math.max(...samples.slice(from, to));
console.log(JSON.stringify({
  earlyMb: highest(5, 15),
  lateMb: highest(40, 50),
  seconds: (performance.now() - started) / 1000,
}));
