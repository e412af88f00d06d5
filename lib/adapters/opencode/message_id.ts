/** CAR's turn ids as ids of OpenCode's messages, so that its record says which prompts had arrived. Pure. */

import type { TurnId } from "../../engine/ids.ts";

/** OpenCode orders messages by their ids: 48 bits of time, in 4096ths of a millisecond, come first. */
const TICKS_A_MS = 0x1000n;
const TIME_MASK = 0xffff_ffff_ffffn;
const TIME_DIGITS = 12;
/** OpenCode's own ids are two characters shorter. */
const PROMPT = /^msg_[0-9a-f]{28}$/;

/** The part of a turn's id that is its own. */
const markOf = (turn: TurnId): string => turn.replace(/^turn_/, "");

/** @param nowMs Wall time, as OpenCode on the same machine has it. */
export function messageIdOf(turn: TurnId, nowMs: number): string {
  const time = (BigInt(Math.floor(nowMs)) * TICKS_A_MS) & TIME_MASK;
  return `msg_${time.toString(16).padStart(TIME_DIGITS, "0")}${markOf(turn)}`;
}

export const isMessageOf = (id: string, turn: TurnId): boolean =>
  id.startsWith("msg_") && id.slice("msg_".length + TIME_DIGITS) === markOf(turn);

/** Whether it is the id of any turn's prompt, and not one of OpenCode's own. */
export const isPrompt = (id: string): boolean => PROMPT.test(id);
