/** Config keys of chat threads. */

import { orNone, type Spec } from "./row.ts";
import { int, seconds } from "./scalars.ts";

export const chat = {
  max_parallel: int(4, { min: 1, max: 64 }, "Answers of chat threads that agents give at once."),
  answer_seconds: seconds(7_200, "How long one answer may take."),
  answer_tokens: orNone(int(1_000_000, { min: 1, unit: "tokens" }, "Tokens spent on one answer.")),
  idle_seconds: seconds(300, "How long an agent that nobody talks to is kept."),
} as const satisfies Spec;
