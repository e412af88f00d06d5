/** One scene for every state a person can find a repo in: made-up outcomes, a real engine and journal. */

import type { Journal } from "../../lib/control/journal.ts";
import type { AgentError } from "../../lib/engine/turn.ts";
import { USER_AGENT } from "../../lib/engine/ticket.ts";
import {
  SCENE_START_MS,
  syntheticEvidence,
  SyntheticRun,
  syntheticTicket,
} from "./synthetic_run.ts";

export const TICKETS = [
  syntheticTicket(1, { title: "Parse the config" }),
  syntheticTicket(2, { title: "Read the tickets" }),
  syntheticTicket(3, { title: "Write the page" }),
] as const;

const [FIRST, SECOND] = TICKETS;

export interface Scene {
  /** Numbers of the tickets that are done in the end. */
  readonly done: readonly number[];
  /** Whether somebody holds the lock. */
  readonly owned: boolean;
  readonly play: (journal: Journal) => SyntheticRun | null;
}

const FAILING = syntheticEvidence({
  exitCode: 1,
  outputTail: "test parses an empty file ... FAILED\n\n1 passed | 1 failed\n",
});

const started = (journal: Journal, settings = {}) =>
  new SyntheticRun(journal, { settings }).start();

/** The first ticket done, the second one's first turn on. */
const inSecond = (journal: Journal, settings = {}) =>
  started(journal, settings).finish(FIRST).pass(1).read(SECOND, { open: 2 }).pass(30);

const failed = (run: SyntheticRun, error: AgentError, parkedUntilMs: number | null = null) =>
  run.ended("failed", { error, parkedUntilMs }).look(SECOND);

function working(journal: Journal): SyntheticRun {
  const run = inSecond(journal);
  run.note("prompt_sent", {
    mode: "first",
    bytes: 5_120,
    parts: [{ name: "ticket", bytes: 5_120, cut: 0 }],
    repliesUpTo: 0,
    agent: "codex",
    thread: null,
  });
  run.note("reasoning", { text: "The folder has to be read\nbefore anything else." });
  run.pass(5).note("tool", {
    id: "1",
    kind: "command",
    title: "deno test",
    status: "failed",
    exitCode: 1,
    output: "1 failed",
    durationMs: 2_400,
  });
  run.note("file_change", { path: "lib/tickets.ts", change: "add", diff: "+ 1" });
  run.note("usage", {
    usage: { input: 2_000, cached: 900, output: 150, reasoning: 20 },
    contextWindow: 200_000,
  });
  run.note("rate_limit", {
    account: "codex",
    windows: [
      {
        name: "5h",
        usedPercent: 41.7,
        windowMinutes: 300,
        resetsAtMs: SCENE_START_MS + 7_200_000,
      },
      { name: "weekly", usedPercent: 8, windowMinutes: 10_080, resetsAtMs: SCENE_START_MS - 1 },
    ],
  });
  return run.note("text", { text: "I have added the reader.\u001b[31m Now the tests." }).pass(20);
}

function rejectedTwice(journal: Journal, gateAttempts: number): SyntheticRun {
  const run = started(journal, { gateAttempts });
  const claimed = { ...FIRST, done: true };
  run.read(FIRST).pass(60).ended().look(claimed).pass(4).checked([FAILING]).settled(null);
  return run.read(FIRST).pass(45).ended().look(claimed).pass(4).checked([FAILING]).settled(null);
}

export const SCENES = {
  none: { done: [], owned: false, play: () => null },
  pending: { done: [], owned: false, play: (journal) => new SyntheticRun(journal) },
  running: { done: [1], owned: true, play: working },
  cut_off: { done: [1], owned: false, play: working },
  stopping: {
    done: [1],
    owned: true,
    play: (journal) => working(journal).send({ type: "stop", by: "cli:1000" }),
  },
  waiting: {
    done: [1],
    owned: true,
    play: (journal) =>
      failed(inSecond(journal), { kind: "overloaded", message: "503 Service Unavailable" }),
  },
  handoff: {
    done: [1],
    owned: false,
    play: (journal) => {
      const dispatch = {
        mode: "pause" as const,
        title: "Which port?",
        body: "80 or 4173?",
        attachments: [],
      };
      return inSecond(journal).ended().look(SECOND, { dispatch: { type: "found", dispatch } })
        .send({ type: "published", sequence: 1, title: "Which port?" });
    },
  },
  user_ticket: {
    done: [1],
    owned: false,
    play: (journal) => started(journal).finish(FIRST).read({ ...SECOND, agent: USER_AGENT }),
  },
  needs_fix: {
    done: [1],
    owned: false,
    play: (journal) => {
      const problem = (line: number, message: string) => ({
        code: "done_not_boolean",
        file: "TICKET-002.md",
        line,
        key: "done",
        message,
        fixable: true,
      });
      return started(journal).finish(FIRST).read(null, {
        problems: [
          problem(3, '"done" is "yes"; allowed are true and false'),
          problem(5, "Unclosed"),
        ],
      });
    },
  },
  disk_full: {
    done: [1],
    owned: true,
    play: (journal) =>
      inSecond(journal).ended().send({
        type: "effect_failed",
        effect: "look",
        message: "Cannot write: the disk is full",
        passing: true,
      }),
  },
  held: { done: [], owned: false, play: (journal) => rejectedTwice(journal, 2) },
  no_progress: {
    done: [],
    owned: false,
    play: (journal) => {
      const run = started(journal, { stalls: 2 });
      const same = run.progress();
      for (let turn = 0; turn < 3; turn++) {
        run.read(FIRST).pass(40).ended("completed", { before: same }).look(FIRST, {
          progress: same,
        });
      }
      return run;
    },
  },
  limit: {
    done: [1],
    owned: false,
    play: (journal) => started(journal, { maxTurns: 1 }).finish(FIRST).read(SECOND),
  },
  turn_limit: {
    done: [1],
    owned: false,
    play: (journal) =>
      inSecond(journal).ended("interrupted", { limit: "60 minutes are over" }).look(SECOND),
  },
  parked: {
    done: [1],
    owned: true,
    play: (journal) =>
      failed(
        inSecond(journal),
        { kind: "quota", message: "You have hit your usage limit" },
        SCENE_START_MS + 10_800_000,
      ),
  },
  parked_alone: {
    done: [1],
    owned: false,
    play: (journal) =>
      failed(
        inSecond(journal),
        { kind: "quota", message: "You have hit your usage limit" },
        SCENE_START_MS + 10_800_000,
      ),
  },
  agent_error: {
    done: [1],
    owned: false,
    play: (journal) => failed(inSecond(journal), { kind: "auth", message: "401: log in again" }),
  },
  crash_limit: {
    done: [1],
    owned: false,
    play: (journal) => {
      const run = inSecond(journal);
      for (let death = 0; death < 3; death++) {
        run.pass(50).send({ type: "recovered", record: { prompt: "absent" }, ticketDone: false });
      }
      return run;
    },
  },
  asked: {
    done: [1],
    owned: false,
    play: (journal) =>
      inSecond(journal).send({ type: "pause", by: "web:1" }).pass(12).ended().look(SECOND),
  },
  stopped: {
    done: [1],
    owned: false,
    play: (journal) =>
      working(journal).send({ type: "stop", by: "signal" }).pass(2).ended("interrupted")
        .look(SECOND),
  },
  killed: {
    done: [1],
    owned: false,
    play: (journal) => working(journal).send({ type: "kill", by: "cli:1000" }),
  },
  stop_after: {
    done: [1],
    owned: false,
    play: (journal) =>
      started(journal, { stopAfterTickets: 1 }).finish(FIRST).read(SECOND, { open: 2 }),
  },
  completed: {
    done: [1, 2, 3],
    owned: false,
    play: (journal) => {
      const run = rejectedTwice(journal, 3).read(FIRST).pass(30).ended()
        .look({ ...FIRST, done: true }).pass(4).checked([syntheticEvidence()]).settled();
      return run.finish(SECOND, []).finish(TICKETS[2]).read(null);
    },
  },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;
