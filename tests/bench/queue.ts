/** CAR's own time while it works a queue: from the call to the first prompt, from turn to turn, after a kill. */

import { runCar, startCar } from "../support/car.ts";
import type { CarRepo } from "../support/car_repo.ts";
import { atMost, type Measured, repeat } from "./measure.ts";
import { journalRows, queueOf, type Row } from "./queue_fixture.ts";

const BINARY = { form: "binary" } as const;
const TICKETS = 1_000;
const WORKED = 25;

async function work(repo: CarRepo, tickets: number): Promise<void> {
  const ran = await runCar(["run", "--stop-after-runs", String(tickets)], repo, BINARY);
  if (ran.code !== 0) {
    throw new Error(`car run ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  }
}

/** The first prompt that was sent after `fromMs`. */
function promptAfter(rows: readonly Row[], fromMs: number): number {
  const found = rows.find((row) => row.type === "prompt_sent" && row.atMs >= fromMs);
  if (found === undefined) throw new Error("No prompt was sent.");
  return found.atMs;
}

/** Wall times of the journal are whole milliseconds. */
async function firstPrompts(): Promise<readonly number[]> {
  await using repo = await queueOf(10);
  return await repeat(7, async () => {
    const started = Date.now();
    await work(repo, 1);
    return promptAfter(journalRows(repo), started) - started;
  });
}

interface Gap {
  /** From the end of a turn to the next prompt. */
  readonly wholeMs: number;
  /** Of it, the time the gate's commands took. */
  readonly gateMs: number;
}

function gapsOf(rows: readonly Row[]): readonly Gap[] {
  const gaps: Gap[] = [];
  let endedMs: number | null = null;
  let gateMs = 0;
  for (const { atMs, type, body } of rows) {
    if (type === "turn_ended") [endedMs, gateMs] = [atMs, 0];
    if (type === "checked") gateMs += secondsOf(body) * 1000;
    if (type === "prompt_sent" && endedMs !== null) {
      gaps.push({ wholeMs: atMs - endedMs, gateMs });
      endedMs = null;
    }
  }
  return gaps;
}

function secondsOf(body: string): number {
  const { evidence } = JSON.parse(body) as { evidence: readonly { seconds: number }[] };
  return evidence.reduce((sum, it) => sum + it.seconds, 0);
}

/** A ticket that holds its turn until it is killed, and is done at once when it is worked again. */
const HOLD = `---
agent: shell
done: false
title: Hold
verify: [test -f begun]
---

\`\`\`sh
if [ -e begun ]; then exit 0; fi
touch begun
sleep 1000
\`\`\`
`;

/** Longest wait for the ticket to begin, and how often it is looked for, in milliseconds. */
const BEGIN_MS_MAX = 20_000;
const LOOK_MS = 5;

async function exists(path: string): Promise<void> {
  for (const until = Date.now() + BEGIN_MS_MAX; Date.now() < until;) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`${path} did not come.`);
}

/** From the start of the next car to the prompt of the turn that was cut off. */
async function recoveries(): Promise<readonly number[]> {
  return await repeat(5, async () => {
    await using repo = await queueOf(10);
    await Deno.writeTextFile(repo.ticketPath(1), HOLD);
    await using car = startCar(["run"], repo, BINARY);
    await exists(`${repo.cwd}/begun`);
    car.signal("SIGKILL");
    await car.ended.catch(() => {});
    const started = Date.now();
    await work(repo, 1);
    return promptAfter(journalRows(repo), started) - started;
  });
}

export async function queueRows(): Promise<readonly Measured[]> {
  const first = await firstPrompts();
  await using repo = await queueOf(TICKETS);
  await work(repo, WORKED);
  const gaps = gapsOf(journalRows(repo));
  const whole = gaps.map((it) => it.wholeMs);
  const own = gaps.map((it) => it.wholeMs - it.gateMs);
  return [
    atMost("`car run` to the first prompt", 200, "ms", first, "2,500 ms"),
    atMost("A turn ends, the next prompt is sent; 1,000 tickets", 50, "ms", whole, "475 ms"),
    atMost(
      "CAR's own time a ticket, gate commands aside; 1,000 tickets",
      25,
      "ms",
      own,
      "540-1,000 ms",
    ),
    atMost(
      "After kill -9 of car in a turn: start to the prompt sent again",
      2_000,
      "ms",
      await recoveries(),
      "10-481 s, or never",
    ),
  ];
}
