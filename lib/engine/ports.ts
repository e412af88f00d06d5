/** What the engine's surroundings must offer: agents today, more as rooms are added. Interfaces only. */

import type { ThreadId, TurnId } from "./ids.ts";
import type { Answer, TurnEvent, TurnRecord } from "./turn.ts";

/** How much an agent may do. Each adapter maps the three to its own words, in one table. */
export type Posture = "yolo" | "safe" | "read-only";

export interface OpenOptions {
  /** The thread to continue, or null for a new one. */
  readonly resume: ThreadId | null;
  readonly model: string | null;
  readonly reasoning: string | null;
  readonly profile: string | null;
  readonly posture: Posture;
  /** Short name for the thread, e.g. the ticket's label. */
  readonly title: string;
}

export interface TurnInput {
  /** Given to the agent as the client's id of the message and to its processes as CAR_TURN_ID. */
  readonly turnId: TurnId;
  readonly prompt: string;
  /** The ticket's file, absolute: for agents that work from the file. */
  readonly ticketPath: string;
  /** Extra environment of the commands of this turn, e.g. CAR_RUN_DIR. */
  readonly env: Readonly<Record<string, string>>;
}

/** One conversation. At most one turn at a time. */
export interface AgentThread {
  /** Known after open, or for some agents only after the first event. */
  readonly id: ThreadId;
  /**
   * Sends the prompt and yields what comes back, ending with `ended`; never throws.
   * Abort asks the agent politely to end the turn: `ended` with `interrupted` follows, within the
   * stop ladder's time at the latest. Commands the agent left running are ended too.
   */
  turn(input: TurnInput, signal: AbortSignal): AsyncIterable<TurnEvent>;
  /** Says something into the running turn. False: this agent cannot. */
  steer(text: string): Promise<boolean>;
  /** Answers an `approval` or `question`. */
  answer(requestId: string, answer: Answer): Promise<void>;
  /** What the agent's own record says of a turn of this thread. */
  record(turnId: TurnId): Promise<TurnRecord>;
  close(): Promise<void>;
}

/** What is known about an agent without a turn: `car agents`, `car doctor`. */
export interface AgentFacts {
  readonly found: boolean;
  /** Where the program is, or null. */
  readonly path: string | null;
  readonly version: string | null;
  /** What is spoken with it, e.g. `app-server`; absent when nothing is. */
  readonly protocol?: string;
  /** "logged in", "no login", "needs none", "unknown". */
  readonly login: string;
  /** How to get it, when not found; else what is wrong, or "". */
  readonly hint: string;
}

/** One agent of one repo: opened on demand, closed with all its processes. */
export interface Agent {
  /** The adapter: `codex`, `shell`, ... */
  readonly kind: string;
  /** What each posture means here, in the agent's own words. Absent: the adapter does not say. */
  readonly postures?: Readonly<Record<Posture, string>>;
  facts(): Promise<AgentFacts>;
  /**
   * The models that can be had, without a turn; null when any name may be right. Absent: the agent
   * cannot be asked. @throws {CarError} when it does not answer.
   */
  models?(profile: string | null): Promise<readonly string[] | null>;
  /** @throws {CarError} `unavailable` with a hint when the program is missing or does not start. */
  open(options: OpenOptions): Promise<AgentThread>;
  /**
   * Copies the agent's own record of the thread in `resume`, as far as it goes now. Absent: the agent
   * cannot. @returns The copy, to be opened like any other. @throws {CarError} when it does not answer.
   */
  fork?(options: OpenOptions): Promise<ThreadId>;
  /** Ends everything this agent started: politely, then by force. Safe to call twice. */
  close(): Promise<void>;
  /** Ends everything at once. */
  kill(): Promise<void>;
}
