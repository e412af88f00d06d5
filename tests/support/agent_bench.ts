/** The bench of one adapter: how to make its agent, and how to make it do something. */

import assert from "node:assert/strict";
import { turnId } from "../../lib/engine/ids.ts";
import type { Agent, AgentThread, OpenOptions, TurnInput } from "../../lib/engine/ports.ts";
import type { AgentErrorKind, TurnEvent } from "../../lib/engine/turn.ts";

/** One thing the agent shall do. */
export type Task =
  | { readonly say: string }
  /** Adds a line to a file of the repo. */
  | { readonly append: string; readonly line: string }
  /** A shell command in the repo. */
  | { readonly run: string }
  /** A shell command that needs an approval in the safe posture. */
  | { readonly ask: string }
  /** Nothing comes any more until the turn is asked to end. */
  | { readonly silent: true }
  /** The turn fails like this. */
  | { readonly fail: AgentErrorKind };

/** Surroundings of one case. Disposing ends and removes all of them. */
export interface AgentBench extends AsyncDisposable {
  /** Absolute; an empty folder at first. */
  readonly repo: string;
  /** A new agent, as a new start of CAR would make it, on what earlier ones left. */
  agent(): Agent;
  /** An agent whose program also prints what is no message, and notifications nobody knows. */
  noisyAgent?(): Agent;
  /** An agent whose program does not exist. */
  missingAgent?(): Agent;
  /** A prompt that makes the agent do these tasks: one list for each turn of the thread. */
  prompt(...turns: readonly (readonly Task[])[]): Promise<TurnPrompt>;
  /** Kills the agent's process with SIGKILL. */
  crash?(): Promise<void>;
}

export interface TurnPrompt {
  readonly prompt: string;
  readonly ticketPath: string;
}

export type Ended = Extract<TurnEvent, { type: "ended" }>;

export const OPEN: OpenOptions = {
  resume: null,
  model: null,
  reasoning: null,
  profile: null,
  posture: "yolo",
  title: "Contract",
};
export const NEVER = new AbortController().signal;

let turns = 0;
export const nextTurn = () =>
  turnId(`${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}${1000 + ++turns}`);

export function turnInput(
  { prompt, ticketPath }: TurnPrompt,
  env: Readonly<Record<string, string>> = {},
): TurnInput {
  return { turnId: nextTurn(), prompt, ticketPath, env };
}

/** Every event of a turn; `onEvent` may act on each as it comes. */
export async function play(
  thread: AgentThread,
  input: TurnInput,
  signal: AbortSignal = NEVER,
  onEvent: (event: TurnEvent) => void | Promise<void> = () => {},
): Promise<{ events: TurnEvent[]; ended: Ended }> {
  const events: TurnEvent[] = [];
  for await (const event of thread.turn(input, signal)) {
    events.push(event);
    await onEvent(event);
  }
  const last = events.at(-1);
  assert(last?.type === "ended", `the last event is no end: ${JSON.stringify(last)}`);
  assert.equal(events.filter((event) => event.type === "ended").length, 1);
  return { events, ended: last };
}
