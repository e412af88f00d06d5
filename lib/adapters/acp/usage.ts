/** What a turn used up, from the several places where agents tell it. Pure. */

import type { Usage } from "../../engine/turn.ts";
import { type Fields, inside, numberAt } from "./reading.ts";

/** Usage of a prompt's answer; undefined when it tells none. */
export function usageOf(answer: Fields): Usage | undefined {
  const told = inside(answer, "usage");
  const input = numberAt(told, "inputTokens");
  const output = numberAt(told, "outputTokens");
  if (input === undefined || output === undefined) return countsOf(answer);
  const cached = numberAt(told, "cachedReadTokens") ?? 0;
  const cacheWrites = numberAt(told, "cachedWriteTokens") ?? 0;
  const total = numberAt(told, "totalTokens") ?? input + output;
  // Some count cached tokens within the input, some beside it; the total tells.
  const isBeside = total >= input + output + cached + cacheWrites;
  return {
    input: isBeside ? input + cached + cacheWrites : input,
    cached,
    output,
    reasoning: numberAt(told, "thoughtTokens") ?? 0,
  };
}

/** The same in the words of agents that keep it in their own corner. */
function countsOf(answer: Fields): Usage | undefined {
  const counts = inside(answer, "_meta", "quota", "token_count");
  const input = numberAt(counts, "input_tokens");
  if (input === undefined) return undefined;
  return { input, cached: 0, output: numberAt(counts, "output_tokens") ?? 0, reasoning: 0 };
}
