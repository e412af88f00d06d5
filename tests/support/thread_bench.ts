/** Chat threads in a scratch folder with scripted agents, and as many desks over them as a test wants. */

import { newScriptedStore, ScriptedAgent } from "../../lib/adapters/scripted/agent.ts";
import { playBlock } from "../../lib/adapters/scripted/play.ts";
import type { Act } from "../../lib/adapters/scripted/play.ts";
import { Redactor } from "../../lib/adapters/process/redact.ts";
import { systemClock } from "../../lib/base/clock.ts";
import type { Message } from "../../lib/control/message_rows.ts";
import type { Thread } from "../../lib/control/thread_rows.ts";
import type { Agent, Posture } from "../../lib/engine/ports.ts";
import type { MessageState } from "../../lib/engine/thread.ts";
import type { ThreadEvent } from "../../lib/engine/thread_events.ts";
import { openThreadDesk, type ThreadDeskOptions } from "../../lib/hub/threads/desk.ts";
import type { Threads } from "../../lib/hub/threads/threads.ts";

export interface ThreadBench extends AsyncDisposable {
  /** The folder whose state folder holds the threads. */
  readonly home: string;
  /** What desks had to tell beside their threads. */
  readonly remarks: string[];
  /** What its agents may not tell; empty at first. */
  readonly secrets: Redactor;
  /** Another desk on the same store, as another process would have it. */
  desk(options?: Partial<ThreadDeskOptions>): Promise<Threads>;
  /** Agents that all desks share: their record outlives a desk. */
  readonly agent: ScriptedAgent;
}

/** What a message says to the scripted agent. */
export const says = (...acts: Act[]): string => playBlock({ turns: [acts] });

/** @param posture What the config allows the agents. */
export async function openThreadBench(posture: Posture = "yolo"): Promise<ThreadBench> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-threads-" }));
  const store = newScriptedStore();
  const remarks: string[] = [];
  const desks: Threads[] = [];
  const secrets = new Redactor();
  const agent = new ScriptedAgent({ repo: home, store });
  const agents = {
    get: (): Agent => agent,
    refusal: () => Promise.resolve(null),
    posture: () => posture,
    secrets,
    closeAll: () => agent.close(),
    killAll: () => agent.kill(),
  };
  return {
    home,
    remarks,
    secrets,
    agent,
    async desk(options = {}) {
      const desk = await openThreadDesk({
        home,
        mode: "repo",
        clock: systemClock,
        environment: { PATH: "/usr/bin:/bin", HOME: home },
        safe: false,
        command: "a test",
        remark: (text) => void remarks.push(text),
        openAgents: () => agents,
        ...options,
      });
      desks.push(desk);
      return desk;
    },
    async [Symbol.asyncDispose]() {
      for (const desk of desks) await desk.close();
      await Deno.remove(home, { recursive: true });
    },
  };
}

export const newThread = (desk: Threads, root: string, agent = "scripted"): Thread =>
  desk.create({ scope: { kind: "repo", repo: null, root }, agent, by: "test" });

/** Nothing a test waits for takes so long, on however busy a machine. */
const EVENT_MS_MAX = 60_000;

/** Resolves with the first event that the test waits for, past or to come. */
export async function untilEvent(
  desk: Threads,
  thread: string,
  wanted: (event: ThreadEvent) => boolean,
): Promise<ThreadEvent> {
  const over = new AbortController();
  const late = setTimeout(() => over.abort(), EVENT_MS_MAX);
  try {
    for await (const update of desk.follow(thread, { after: 0, signal: over.signal })) {
      if (update.type === "event" && wanted(update.event)) return update.event;
    }
  } finally {
    clearTimeout(late);
    over.abort();
  }
  const told = desk.events(thread).map(({ type, body }) => `${type} ${JSON.stringify(body)}`);
  throw new Error(`${thread} never told the event, but:\n${told.join("\n")}`);
}

const OVER: ReadonlySet<MessageState> = new Set(["done", "failed", "interrupted", "cancelled"]);

/** Resolves when a message is in one of these states, with the message. */
export async function untilState(
  desk: Threads,
  { thread, id }: Pick<Message, "thread" | "id">,
  states: ReadonlySet<MessageState> = OVER,
): Promise<Message> {
  await untilEvent(
    desk,
    thread,
    (event) =>
      event.type === "message" && event.message === id && states.has(event.body.state) &&
      states.has(desk.message(thread, id).state),
  );
  return desk.message(thread, id);
}
