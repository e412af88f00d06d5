/** Carries out one agent turn: opens the thread, sends the prompt, watches, and tells how it ended. */

import { CarError } from "../base/errors.ts";
import { clipTail } from "../base/text.ts";
import { ensureDir } from "../control/files.ts";
import type { Effect, Outcome, TurnEnded } from "../engine/events.ts";
import type { ThreadId } from "../engine/ids.ts";
import type { AgentThread } from "../engine/ports.ts";
import type { Progress } from "../engine/progress.ts";
import type { Run } from "../engine/run.ts";
import { ticketLabel } from "../engine/ticket.ts";
import { type AgentError, NO_USAGE, type TurnEvent } from "../engine/turn.ts";
import type { AtRun } from "./at_run.ts";
import { requireApproved } from "./approvals.ts";
import { noteBase } from "./guard.ts";
import { progressOf } from "./apply_look.ts";
import { assemblePrompt, repliesToTell } from "./prompting.ts";
import { remark } from "./remark.ts";
import type { Asked } from "./requests.ts";
import { openSettings, silenceOf, spentBefore, turnLimits } from "./settings.ts";
import { TurnNotes } from "./turn_notes.ts";
import { runTurn, type TurnTold } from "./turn_runner.ts";

export type TurnOrder = Extract<Effect, { type: "run_turn" }>;

export async function applyTurn(
  place: AtRun,
  run: Run,
  order: TurnOrder,
  tell: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const parked = place.quota.parked(order.agent);
  if (parked !== null) {
    const error: AgentError = {
      kind: "quota",
      message: `The account "${parked.account}" is out of quota`,
    };
    return ended(place, order, { ...NOTHING_TOLD, error }, null, null);
  }
  // Before the agent works for a check that then may not run.
  await requireApproved(place, order.agent, order.ticket);
  // The agent finds the folder it may write its messages into.
  await ensureDir(place.paths.run(run.id).dispatchFiles);
  const tree = await place.git.look("committed");
  place.git.turnBegins(order.turnId, tree);
  const before = run.work?.progress === null
    ? await progressOf(place, order.ticket, tree, await place.tickets.contentHash())
    : null;
  await noteBase(place, run, order.ticket, order.turnId, tree.treeId);
  const opened = await openThread(place, run, order);
  if (opened.type === "failed") {
    return ended(place, order, { ...NOTHING_TOLD, error: opened.error }, null, before);
  }
  const { thread, continues } = opened;
  const owner = { run: run.id, turn: order.turnId, ticket: order.ticket.id };
  const notes = new TurnNotes(place.journal, owner, () => place.clock.now());
  try {
    const prompt = await promptFor(place, run, order, continues);
    notes.add("prompt_sent", {
      mode: order.mode,
      bytes: prompt.bytes,
      parts: prompt.parts.map(({ name, bytes, cut }) => ({ name, bytes, cut })),
      repliesUpTo: prompt.repliesUpTo,
      agent: order.agent,
      thread: order.thread,
    });
    notes.flush();
    // Some agents name a new thread only with the first event: kept before the prompt is sent.
    let named = "";
    const nameThread = () => {
      if (thread.id === "" || thread.id === named) return;
      named = thread.id;
      tell({ type: "thread_opened", turnId: order.turnId, thread: thread.id });
    };
    nameThread();
    const sink = sinkOf(place, run, order, notes);
    const told = await watched(place, run, order, { thread, notes }, prompt.text, (event) => {
      nameThread();
      sink(event);
    }, signal);
    return ended(place, order, told, thread.id === "" ? null : thread.id, before);
  } finally {
    notes.close();
    await thread.close().catch(() => {});
  }
}

const NOTHING_TOLD: TurnTold = {
  result: "failed",
  error: null,
  usage: NO_USAGE,
  lastText: "",
  limit: null,
};

type Opened =
  | { readonly type: "open"; readonly thread: AgentThread; readonly continues: boolean }
  | { readonly type: "failed"; readonly error: AgentError };

/** The ticket's thread again where it can be had, else a new one. */
async function openThread(place: AtRun, run: Run, order: TurnOrder): Promise<Opened> {
  const { ticket } = order;
  const options = {
    ...openSettings(place.config, order.agent, ticket),
    posture: place.agents.posture(order.agent),
    title: ticketLabel(ticket),
  };
  try {
    const agent = place.agents.get(order.agent);
    const refused = await place.agents.refusal(order.agent, options);
    if (refused !== null) return { type: "failed", error: refused };
    const newThread = async (): Promise<Opened> => {
      const thread = await agent.open({ ...options, resume: null });
      return { type: "open", thread, continues: false };
    };
    const resume = place.config.runner.reuse_thread ? order.thread : null;
    if (resume === null) return await newThread();
    const again = await agent.open({ ...options, resume }).catch(openError);
    if ("turn" in again) return { type: "open", thread: again, continues: order.mode !== "fresh" };
    const opened = await newThread();
    remark(place, run, `A new conversation with ${order.agent} begins: ${again.message}`);
    return opened;
  } catch (thrown) {
    return { type: "failed", error: openError(thrown) };
  }
}

/** An agent that is missing or misconfigured stays so: a person is asked, with the agent's own hint. */
function openError(thrown: unknown): AgentError {
  if (!(thrown instanceof CarError)) {
    return { kind: "protocol", message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const message = thrown.hint === undefined ? thrown.message : `${thrown.message}. ${thrown.hint}`;
  const passing = thrown.code === "timeout";
  return { kind: passing ? "crashed" : "refused", message };
}

async function promptFor(place: AtRun, run: Run, order: TurnOrder, continues: boolean) {
  const replies = await repliesToTell(place, run, order.turnId);
  const built = await assemblePrompt(place, run, {
    ticket: order.ticket,
    mode: order.mode,
    continues,
    feedback: order.feedback,
    lastText: order.lastText,
    replies,
  });
  return { ...built, repliesUpTo: replies.at(-1)?.number ?? 0 };
}

async function watched(
  place: AtRun,
  run: Run,
  order: TurnOrder,
  { thread, notes }: { thread: AgentThread; notes: TurnNotes },
  prompt: string,
  sink: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnTold> {
  const { clock, config } = place;
  const paths = place.paths.run(run.id);
  const input = {
    turnId: order.turnId,
    prompt,
    ticketPath: place.tickets.path(order.ticket),
    env: {
      CAR_RUN_ID: run.id,
      CAR_TURN_ID: order.turnId,
      CAR_TICKET: place.tickets.path(order.ticket),
      CAR_RUN_DIR: paths.folder,
      CAR_DISPATCH: paths.dispatch,
      CAR_REPLIES: paths.replyHistory,
    },
  };
  const watch = {
    clock,
    secrets: place.agents.secrets,
    limits: turnLimits(config, order.ticket, run),
    spent: spentBefore(run, clock.now()),
    silence: silenceOf(config),
    turnSeconds: config.limits.turn_seconds,
    answer: async (asked: Asked, over: AbortSignal) => {
      // The request is on disk before anybody is asked.
      notes.flush();
      const given = await place.requests.ask(asked, over);
      notes.add("answered", { requestId: asked.requestId, answer: given.answer, by: given.by });
      return given.answer;
    },
    kill: async () => {
      await place.agents.get(order.agent).kill();
      await place.room.sweepTurn(order.turnId);
    },
  };
  const told = await runTurn(thread, input, watch, sink, signal);
  if (told.result !== "completed") await place.room.sweepTurn(order.turnId);
  return told;
}

function sinkOf(place: AtRun, run: Run, order: TurnOrder, notes: TurnNotes) {
  return (event: TurnEvent) => {
    notes.take(event);
    if (event.type === "rate_limit") place.quota.told(run.id, event);
    place.say({ type: "turn", turnId: order.turnId, event });
  };
}

function ended(
  place: AtRun,
  order: TurnOrder,
  unclean: TurnTold,
  thread: ThreadId | null,
  before: Progress | null,
): TurnEnded {
  const { run } = place;
  const told = place.agents.keepable(unclean);
  if (told.error?.kind === "quota") place.quota.refused(run, order.agent, told.error);
  if (told.result === "completed") place.quota.worked(run, order.agent);
  const out = told.error?.kind === "quota";
  const characters = place.config.prompt.prev_run_max_chars;
  return {
    type: "turn_ended",
    turnId: order.turnId,
    result: told.result,
    error: told.error,
    thread,
    usage: told.usage,
    lastText: clipTail(told.lastText, characters).text,
    before,
    limit: told.limit,
    parkedUntilMs: out ? place.quota.parked(order.agent)?.untilMs ?? null : null,
    fallback: out
      ? place.quota.fallback(order.agent, [order.ticket.fallback, place.config.quota.fallback])
      : null,
    jitter: place.chance.share(),
  };
}
