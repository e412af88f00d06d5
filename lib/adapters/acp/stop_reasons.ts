/** How a turn ended, from the answer to its prompt. Pure. The ticket is the truth; this is a hint. */

import type { AgentError, TurnEvent } from "../../engine/turn.ts";
import { failureIn } from "./errors.ts";
import { type Fields, textAt } from "./reading.ts";

export type Ended = TurnEvent & { type: "ended" };

/** What is known of the turn beside its answer. */
export interface TurnSoFar {
  /** Whether any word or deed of the agent came. */
  readonly didAnything: boolean;
  /** Whether CAR or a person said no to something in it. */
  readonly wasDeclined: boolean;
}

const completed: Ended = { type: "ended", result: "completed", error: null };
const notice = (text: string): TurnEvent => ({ type: "notice", text });
const failed = (kind: AgentError["kind"], message: string): TurnEvent[] => [
  { type: "ended", result: "failed", error: { kind, message } },
];

type Row = (turn: TurnSoFar) => TurnEvent[];

const ROWS: Readonly<Record<string, Row>> = {
  end_turn: ({ didAnything }) =>
    didAnything
      ? [completed]
      : [notice("The agent ended the turn without a word or a deed."), completed],
  // The answer was cut: going on is the cure, as for a broken stream.
  max_tokens: () => failed("network", "The model's answer was cut at its output limit."),
  max_turn_requests: () => [
    notice("The agent reached its own limit of model calls for one turn."),
    completed,
  ],
  refusal: () => failed("refused", "The model refused to go on with this prompt."),
  cancelled: ({ wasDeclined }) =>
    wasDeclined
      ? [notice("The agent ended the turn because a request of it was declined."), completed]
      : failed("protocol", "The agent ended the turn as cancelled, though nobody cancelled it."),
};

/** The end that the answer means, with a notice before it where there is something to say. */
export function endOf(answer: Fields, turn: TurnSoFar): TurnEvent[] {
  const failure = failureIn(answer);
  if (failure !== undefined) return [{ type: "ended", result: "failed", error: failure }];
  const reason = textAt(answer, "stopReason");
  if (reason === undefined) {
    return [notice("The agent gave no reason for the turn's end."), completed];
  }
  const row = Object.hasOwn(ROWS, reason) ? ROWS[reason] : undefined;
  return row?.(turn) ?? [notice(`The agent ended the turn with "${reason}".`), completed];
}
