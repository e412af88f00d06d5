/** One message and its answer: opens the agent's thread, sends the prompt, watches, tells how it ended. */

import { CarError } from "../../base/errors.ts";
import { Approvals } from "../../control/approvals.ts";
import type { Message } from "../../control/message_rows.ts";
import { changeMessage } from "../../control/message_rows.ts";
import { changeThread, type Thread } from "../../control/thread_rows.ts";
import { type LimitSettings, NOTHING_SPENT } from "../../engine/limits.ts";
import type { TurnId } from "../../engine/ids.ts";
import type { AgentThread, OpenOptions, Posture } from "../../engine/ports.ts";
import { chatPosture } from "../../engine/thread.ts";
import { NO_USAGE } from "../../engine/turn.ts";
import { requireApprovedPrograms } from "../approvals.ts";
import { openSettings, silenceOf } from "../settings.ts";
import { runTurn, type TurnTold } from "../turn_runner.ts";
import { Asking } from "./asking.ts";
import { promptOf, writeMessageFile } from "./files.ts";
import { ownEvent, recordChange, type ThreadsPlace } from "./place.ts";
import type { ScopeRoom } from "./scope_rooms.ts";
import { Transcript } from "./transcript.ts";

/** A message that was sent: its turn has an id, and is written down. */
export interface SentMessage extends Message {
  readonly turn: TurnId;
}

/** An answer in the making. */
export interface Answering {
  readonly thread: Thread;
  readonly message: SentMessage;
  readonly room: ScopeRoom;
  readonly transcript: Transcript;
  readonly asking: Asking;
  /** Abort ends the answer politely. */
  readonly signal: AbortSignal;
}

/** Never throws for what an agent or its config does wrong: that is told as a failed turn. */
export async function giveTurn(place: ThreadsPlace, answering: Answering): Promise<TurnTold> {
  let opened: AgentThread;
  try {
    const posture = postureFor(place, answering);
    await refuseUnapproved(place, answering, posture);
    opened = await openThread(answering, posture);
  } catch (thrown) {
    if (!(thrown instanceof CarError)) throw thrown;
    const { message, hint } = thrown;
    const words = hint === undefined ? message : `${message.replace(/[.]?$/, ".")} ${hint}`;
    return {
      result: "failed",
      error: { kind: "refused", message: answering.room.agents.secrets.redact(words) },
      usage: NO_USAGE,
      lastText: "",
      limit: null,
    };
  }
  try {
    return await converse(place, answering, opened);
  } finally {
    await opened.close().catch(() => {});
  }
}

/** Decides and writes down how much the agent may do for this message. */
function postureFor(place: ThreadsPlace, { thread, message, room }: Answering): Posture {
  const { posture, words } = chatPosture({
    asked: thread.posture,
    configured: room.agents.posture(thread.agent),
    capped: place.safe,
    runAtWork: thread.scope.kind !== "hub" && place.isRunAtWork(thread.scope.root),
  });
  recordChange(place, thread.id, () => {
    changeMessage(place.store, message.id, { posture, owner: place.owner });
    const told = ownEvent(place, "message", message.id, { state: "running", posture });
    return words === null ? [told] : [told, ownEvent(place, "car", message.id, { text: words })];
  });
  return posture;
}

/** Outside of the yolo posture CAR runs no program a person has not approved. */
async function refuseUnapproved(
  place: ThreadsPlace,
  { thread, room }: Answering,
  posture: Posture,
): Promise<void> {
  if (posture === "yolo") return;
  const approvals = new Approvals(thread.scope.root, place.environment);
  await requireApprovedPrograms(approvals, room.config, room.agents.posture(thread.agent));
}

/** The agent's own thread again, or its first. */
async function openThread(
  { thread, room }: Answering,
  posture: Posture,
): Promise<AgentThread> {
  const options = openOptions(thread, room, posture);
  const agent = room.agents.get(thread.agent);
  const refused = await room.agents.refusal(thread.agent, options);
  if (refused !== null) throw new CarError("invalid", refused.message);
  try {
    return await agent.open(options);
  } catch (thrown) {
    if (!(thrown instanceof CarError) || options.resume === null) throw thrown;
    if (thrown.code !== "conflict" && thrown.code !== "not_found") throw thrown;
    // It can take up no earlier thread, or not this one. The new one is told of when it has a name.
    return await agent.open({ ...options, resume: null });
  }
}

export function openOptions(thread: Thread, room: ScopeRoom, posture: Posture): OpenOptions {
  const settings = openSettings(room.config, thread.agent, null);
  return {
    ...settings,
    model: thread.model ?? settings.model,
    resume: thread.agentThread,
    posture,
    title: thread.title === "" ? "Chat" : thread.title,
  };
}

async function converse(
  place: ThreadsPlace,
  { thread, message, room, transcript, asking, signal }: Answering,
  opened: AgentThread,
): Promise<TurnTold> {
  const { paths, store, clock } = place;
  const { limits, chat } = room.config;
  const file = await writeMessageFile(paths, thread.id, message.id, message.text);
  // Some agents name a new thread only with the first event: kept before the prompt is sent.
  let named: string = thread.agentThread ?? "";
  const nameThread = () => {
    if (opened.id === "" || opened.id === named) return;
    // Said, so that nobody takes the agent's ignorance for forgetfulness.
    if (named !== "" && named === thread.agentThread) transcript.add("car", { text: FORGOTTEN });
    named = opened.id;
    store.write(() => changeThread(store, thread.id, { agentThread: opened.id }, null));
  };
  const input = {
    turnId: message.turn,
    prompt: promptOf(message.text, message.files),
    ticketPath: file.path,
    env: { CAR_TURN_ID: message.turn, CAR_THREAD: thread.id },
  };
  const watch = {
    clock,
    secrets: room.agents.secrets,
    limits: { ...NO_LIMITS, softShare: limits.soft_ratio, turnTokens: chat.answer_tokens },
    spent: NOTHING_SPENT,
    silence: silenceOf(room.config),
    turnSeconds: chat.answer_seconds,
    answer: (asked: Parameters<Asking["ask"]>[0], over: AbortSignal) =>
      asking.ask(asked, transcript, over),
    kill: async () => {
      await room.agents.get(thread.agent).kill();
      await room.sweepTurn(message.turn);
    },
  };
  try {
    nameThread();
    const told = await runTurn(opened, input, watch, (event) => {
      nameThread();
      transcript.take(event);
    }, signal);
    if (told.result !== "completed") await room.sweepTurn(message.turn);
    return told;
  } finally {
    await file.remove();
  }
}

const FORGOTTEN =
  "The agent has no record of this conversation any more; it begins a new one, and " +
  "knows nothing of what was said before";

/** Only one answer's tokens and time count. */
const NO_LIMITS: LimitSettings = {
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
