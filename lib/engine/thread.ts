/**
 * Chat threads: what state a message and its thread can be in, and what each command makes of it. Two
 * tables and the deciders over them; who runs the agent and where it is written is not known here.
 */

import type { Posture } from "./ports.ts";
import type { AgentError, AgentErrorKind, TurnRecord, TurnResult } from "./turn.ts";

/** A thread's name: `thr_` and 16 hex digits. Not the agent's own name for it. */
export type ThreadKey = `thr_${string}`;
/** A message's name: `msg_` and 16 hex digits. */
export type MessageKey = `msg_${string}`;

/** @param hex 16 hex digits of chance. */
export const threadKey = (hex: string): ThreadKey => `thr_${hex}`;
/** @param hex 16 hex digits of chance. */
export const messageKey = (hex: string): MessageKey => `msg_${hex}`;

const THREAD_KEY = /^thr_[0-9a-f]{16}$/;
const MESSAGE_KEY = /^msg_[0-9a-f]{16}$/;
export const isThreadKey = (text: string): text is ThreadKey => THREAD_KEY.test(text);
export const isMessageKey = (text: string): text is MessageKey => MESSAGE_KEY.test(text);

/** What a thread is about, and where its agent works. */
export type ScopeKind = "hub" | "repo" | "worktree";

export const MESSAGE_STATES = [
  "queued",
  "running",
  "done",
  "failed",
  "interrupted",
  "cancelled",
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What can happen to a message: the first four are a person's commands. */
export type MessageMove =
  | "interrupt" // end the answer that is being given
  | "cancel" // take back what has not been sent
  | "edit" // change what has not been sent
  | "retry" // send the same once more, as a new message
  | "start" // it goes to the agent now
  | "finish" // the agent has answered
  | "fail" // the agent could not
  | "break" // the answer was ended, or CAR died in it
  | "return"; // it never reached the agent: it waits again

export type Moved<State> =
  | { readonly ok: true; readonly to: State }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const to = <State>(state: State): Moved<State> => ({ ok: true, to: state });
const no = (message: string, hint: string): Moved<never> => ({ ok: false, message, hint });

const AGAIN = "Send it again as a new message.";
/** Only CAR itself asks these; a refusal shows a bug, or a second driver. */
const notRunning = no("The message is not with the agent", "See the thread's messages.");
const notQueued = no("The message does not wait", "See the thread's messages.");
const isOver = {
  interrupt: no("The message is not with the agent any more", "Nothing has to be interrupted."),
  start: notQueued,
  finish: notRunning,
  fail: notRunning,
  break: notRunning,
  return: notRunning,
} as const;

/** Every state with everything that can happen in it. */
export const MESSAGE_MOVES = {
  queued: {
    interrupt: no("The message has not been sent to the agent yet", "Cancel it instead."),
    cancel: to("cancelled"),
    edit: to("queued"),
    retry: no("The message still waits for its turn", "It is sent by itself."),
    start: to("running"),
    finish: notRunning,
    fail: notRunning,
    break: notRunning,
    return: notRunning,
  },
  running: {
    interrupt: to("running"),
    cancel: no("The agent has the message already", "Interrupt the answer instead."),
    edit: no("The agent has the message already", "Interrupt the answer, or send another one."),
    retry: no("The agent is at this message", "Wait for its end."),
    start: notQueued,
    finish: to("done"),
    fail: to("failed"),
    break: to("interrupted"),
    return: to("queued"),
  },
  done: {
    ...isOver,
    cancel: no("The message has been answered", "Nothing is left to cancel."),
    edit: no("The message has been answered", AGAIN),
    retry: no("The message has been answered", AGAIN),
  },
  failed: {
    ...isOver,
    cancel: no("The message has failed already", "Nothing is left to cancel."),
    edit: no("The message has failed already", AGAIN),
    retry: to("queued"),
  },
  interrupted: {
    ...isOver,
    cancel: no("The answer was interrupted already", "Nothing is left to cancel."),
    edit: no("The message has been sent already", AGAIN),
    retry: to("queued"),
  },
  cancelled: {
    ...isOver,
    cancel: no("The message is cancelled already", "Nothing is left to cancel."),
    edit: no("The message is cancelled", AGAIN),
    retry: no("The message was never sent", AGAIN),
  },
} as const satisfies Record<MessageState, Record<MessageMove, Moved<MessageState>>>;

/** What becomes of a message; `retry` leads to a new one in that state and leaves this as it is. */
export const moveMessage = (state: MessageState, move: MessageMove): Moved<MessageState> =>
  MESSAGE_MOVES[state][move];

/** What a thread is doing: follows from its messages, and from whether it was put away. */
export type ThreadStatus = "idle" | "waiting" | "running" | "archived";

/** What a person can do with a whole thread. */
export type ThreadMove = "send" | "interrupt" | "rename" | "archive" | "unarchive" | "fork";

/** Whether a thread allows a command; `to` is its status after it. */
export const THREAD_MOVES = {
  idle: {
    send: to("waiting"),
    interrupt: no("The agent is at nothing in this thread", "Nothing has to be interrupted."),
    rename: to("idle"),
    archive: to("archived"),
    unarchive: no("The thread is not archived", "Just send a message."),
    fork: to("idle"),
  },
  waiting: {
    send: to("waiting"),
    interrupt: no("The agent has not begun yet", "Cancel the messages that wait instead."),
    rename: to("waiting"),
    archive: no("Messages wait in this thread", "Cancel them, or wait for their answers."),
    unarchive: no("The thread is not archived", "Just send a message."),
    fork: to("waiting"),
  },
  running: {
    send: to("running"),
    interrupt: to("running"),
    rename: to("running"),
    archive: no("The agent is answering in this thread", "Interrupt it, or wait for its end."),
    unarchive: no("The thread is not archived", "Just send a message."),
    fork: no("The agent is answering in this thread", "Interrupt it, or wait for its end."),
  },
  archived: {
    send: no("The thread is archived", "Take it out of the archive first, or begin a new one."),
    interrupt: no("The thread is archived; nothing runs in it", "Nothing has to be interrupted."),
    rename: to("archived"),
    archive: no("The thread is archived already", "Nothing is left to do."),
    unarchive: to("idle"),
    fork: to("archived"),
  },
} as const satisfies Record<ThreadStatus, Record<ThreadMove, Moved<ThreadStatus>>>;

export const moveThread = (status: ThreadStatus, move: ThreadMove): Moved<ThreadStatus> =>
  THREAD_MOVES[status][move];

export function threadStatus(
  thread: { readonly archivedMs: number | null },
  open: { readonly running: boolean; readonly queued: number },
): ThreadStatus {
  if (open.running) return "running";
  if (open.queued > 0) return "waiting";
  return thread.archivedMs === null ? "idle" : "archived";
}

/** Whether the agent's side of a thread can be copied. */
export function forkRefusal(
  thread: { readonly agent: string; readonly agentThread: string | null },
  canFork: boolean,
): Extract<Moved<never>, { ok: false }> | null {
  const refused = (message: string, hint: string) => ({ ok: false, message, hint }) as const;
  if (!canFork) {
    return refused(
      `The agent "${thread.agent}" cannot fork a thread: it has no way to copy its own record`,
      "Begin a new thread, and tell the agent what it has to know.",
    );
  }
  if (thread.agentThread !== null) return null;
  return refused("The thread has no conversation yet", "Begin a new thread instead.");
}

/** How an answer came to its end, for the message. */
export interface MessageEnd {
  readonly move: "finish" | "fail" | "break";
  readonly kind: AgentErrorKind | "limit" | null;
  /** One sentence; "" when all is well. */
  readonly words: string;
}

/** What a turn that has ended means for its message. @param limit The limit CAR ended it at, in words. */
export function endOfTurn(
  told: {
    readonly result: TurnResult;
    readonly error: AgentError | null;
    readonly limit: string | null;
  },
): MessageEnd {
  if (told.result === "completed" && told.error === null) {
    return { move: "finish", kind: null, words: "" };
  }
  if (told.limit !== null) {
    return {
      move: "break",
      kind: "limit",
      words: `The answer was ended at a limit: ${told.limit}`,
    };
  }
  if (told.result === "interrupted") {
    return {
      move: "break",
      kind: null,
      words: told.error?.message ?? "The answer was interrupted",
    };
  }
  const words = told.error?.message ?? `The agent's turn was ${told.result}`;
  return { move: "fail", kind: told.error?.kind ?? "crashed", words };
}

/** What becomes of a message that was with the agent when CAR died; it is never sent twice. */
export function settleAfterDeath(
  record: TurnRecord,
): { readonly move: "return" | "finish" | "break"; readonly words: string } {
  if (record.prompt === "absent") {
    return { move: "return", words: "CAR died before the agent had the message; it is sent now" };
  }
  if (record.prompt === "unknown") {
    return {
      move: "break",
      words: "CAR died during the answer, and the agent keeps no record of how far it came",
    };
  }
  return record.ended
    ? {
      move: "finish",
      words: "CAR died during the answer; by its own record the agent finished it, " +
        "and its last words may be missing here",
    }
    : { move: "break", words: "CAR died during the answer, and the agent with it" };
}

/** From the least to the most an agent may do. */
const POSTURE_ORDER: readonly Posture[] = ["read-only", "safe", "yolo"];
const lesser = (one: Posture, other: Posture): Posture =>
  POSTURE_ORDER.indexOf(one) < POSTURE_ORDER.indexOf(other) ? one : other;

/**
 * How much the agent may do for one message.
 *
 * @param given `asked`: the thread's own posture, null when nobody chose one. `configured`: what the
 * config and --safe allow the agent. `runAtWork`: a run works in the same tree at this moment.
 * @returns `words` for the thread, when it is not what a person would expect.
 */
export function chatPosture(
  given: {
    readonly asked: Posture | null;
    readonly configured: Posture;
    /** No more than the config's posture, whatever the thread says. */
    readonly capped: boolean;
    readonly runAtWork: boolean;
  },
): { readonly posture: Posture; readonly words: string | null } {
  const { asked, configured, capped, runAtWork } = given;
  const wanted = asked === null ? configured : capped ? lesser(asked, configured) : asked;
  if (!runAtWork || wanted === "read-only") return { posture: wanted, words: null };
  if (asked === null) {
    return {
      posture: "read-only",
      words: "A run works in this repo, so the agent may only read for this answer",
    };
  }
  return {
    posture: wanted,
    words: `A run works in this repo too, and this thread's posture is ${wanted}: ` +
      "both may change the same files",
  };
}
