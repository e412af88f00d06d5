/** What the record of an OpenCode session says of one turn. Pure. */

import type { TurnId } from "../../engine/ids.ts";
import type { TurnRecord } from "../../engine/turn.ts";
import { isAborted } from "./errors.ts";
import { isMessageOf, isPrompt } from "./message_id.ts";
import type { MessageInfo, Messages } from "./protocol.ts";

/** The word with which a model's answer ends when it wants to go on. */
const GOES_ON = "tool-calls";

/** Whether an answer is whole, and the agent's last word of its turn. */
function isLast(info: MessageInfo | undefined): boolean {
  if (info?.time.completed === undefined) return false;
  if (info.error !== undefined) return !isAborted(info.error);
  return info.finish !== undefined && info.finish !== GOES_ON;
}

/** @param isBusy Whether the session works at this moment. */
export function recordOf(messages: Messages, turn: TurnId, isBusy: boolean): TurnRecord {
  const infos = messages.map(({ info }) => info);
  // A turn that is taken up again after a crash prompts once more under its own id.
  const at = infos.findLastIndex((info) => isMessageOf(info.id, turn));
  if (at < 0) return { prompt: "absent" };
  const after = infos.slice(at + 1);
  const next = after.findIndex((info) => isPrompt(info.id));
  const answers = (next < 0 ? after : after.slice(0, next)).filter((it) => it.role === "assistant");
  const isRunning = isBusy && next < 0;
  return { prompt: "arrived", ended: !isRunning && isLast(answers.at(-1)) };
}
