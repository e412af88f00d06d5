/** The language of the scripted agent: what a ticket's body may ask it to do in each of its turns. */

import * as z from "zod/mini";
import { CarError } from "../../base/errors.ts";

const TOOL_KINDS = ["command", "edit", "read", "search", "fetch", "other"] as const;
const ERROR_KINDS = [
  "auth",
  "quota",
  "overloaded",
  "context_full",
  "network",
  "silent",
  "timeout",
  "crashed",
  "protocol",
  "refused",
] as const;

const Yes = z.literal([true]);

const AgentErrorPart = z.strictObject({
  kind: z.enum(ERROR_KINDS),
  message: z.string(),
  resetsAtMs: z.optional(z.number()),
  retryAfterMs: z.optional(z.number()),
});

/** One thing to do. Without an `end` a turn ends as completed after its last. */
const Act = z.union([
  /** A whole message. */
  z.strictObject({ say: z.string() }),
  /** A tool that starts, prints and finishes; nothing is run. */
  z.strictObject({
    tool: z.string(),
    kind: z.optional(z.enum(TOOL_KINDS)),
    output: z.optional(z.string()),
    failed: z.optional(z.boolean()),
  }),
  /** Writes a file, by its path relative to the repo, and tells it. */
  z.strictObject({ write: z.string(), text: z.string() }),
  /** Adds a line to such a file. */
  z.strictObject({ append: z.string(), line: z.string() }),
  /** Sets `done: true` in the ticket. */
  z.strictObject({ done: Yes }),
  z.strictObject({ tokens: z.number() }),
  z.strictObject({
    account: z.string(),
    usedPercent: z.number(),
    resetsAtMs: z.optional(z.number()),
  }),
  /** Asks; on "no" the rest of the turn is left out. */
  z.strictObject({ ask: z.string() }),
  /** This many text deltas. */
  z.strictObject({ flood: z.number() }),
  /** Tells nothing more until it is asked to end, and obeys. */
  z.strictObject({ hang: Yes }),
  /** Tells nothing more, and ends only by force. */
  z.strictObject({ deaf: Yes }),
  /** Ends the turn without the `ended` that every stream must have. */
  z.strictObject({ vanish: Yes }),
  /** Throws out of the stream, which no agent may. */
  z.strictObject({ throw: z.string() }),
  z.strictObject({
    end: z.enum(["completed", "failed", "interrupted", "lost"]),
    error: z.optional(AgentErrorPart),
  }),
]);

const Play = z.strictObject({
  /** One list for each turn of the thread; the last one repeats. */
  turns: z.array(z.array(Act)),
});

export type Act = z.infer<typeof Act>;
export type Play = z.infer<typeof Play>;

const BLOCK = /@@play\s*(\{[\s\S]*?\})\s*@@end/g;

/** A play as the text to put into a ticket's body. */
export const playBlock = (play: Play): string =>
  `@@play\n${JSON.stringify(play, null, 1)}\n@@end\n`;

/**
 * The acts of the turn number `turn`, from 0, of the last play in a prompt.
 * @throws {CarError} `invalid` when there is none, or it is not understood.
 */
export function actsIn(prompt: string, turn: number): readonly Act[] {
  const json = [...prompt.matchAll(BLOCK)].at(-1)?.[1];
  if (json === undefined) {
    throw new CarError("invalid", "The ticket holds no @@play block", {
      hint: "The scripted agent is for tests: give it a play, or choose another agent.",
    });
  }
  try {
    const { turns } = z.parse(Play, JSON.parse(json));
    return turns[Math.min(turn, turns.length - 1)] ?? [];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CarError("invalid", `The ticket's @@play block is not understood: ${why}`, { cause });
  }
}
