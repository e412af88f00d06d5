/**
 * Shows a chat as it comes: on a terminal the answer while it is written and what the agent does as
 * dim lines, in a pipe the answer's texts alone, with --json one event a line.
 */

import { visible } from "../base/display.ts";
import type { ThreadEvent } from "../engine/thread_events.ts";
import { foldPiece, type ShownTexts, type TextPiece } from "../engine/thread_text.ts";
import type { ThreadUpdate } from "../hub/threads/follow.ts";
import { chatLines } from "./chat_lines.ts";
import type { Call } from "./command.ts";

export interface ChatScreen {
  show(update: ThreadUpdate): void;
  /** Ends a line that was begun. */
  close(): void;
}

export function chatScreen(call: Call): ChatScreen {
  if (call.json) return jsonScreen(call);
  return call.io.isTerminal.out ? liveScreen(call) : pipeScreen(call);
}

/** An event as scripts get it. */
export const jsonEvent = ({ type, seq, atMs, message, thread, body }: ThreadEvent) => ({
  type: "event",
  thread,
  seq,
  at: new Date(atMs).toISOString(),
  message,
  event: type,
  ...body,
});

/** Whole texts only: they repeat the pieces. */
function jsonScreen({ output }: Call): ChatScreen {
  return {
    show: (update) => {
      if (update.type !== "event" || update.event.type === "text_part") return;
      output.jsonLine(jsonEvent(update.event));
    },
    close: () => {},
  };
}

function pipeScreen({ output }: Call): ChatScreen {
  return {
    show: (update) => {
      if (update.type !== "event") return;
      const { event } = update;
      if (event.type === "text") output.document(event.body.text);
      if (event.type === "approval" || event.type === "question" || event.type === "car") {
        for (const { text } of chatLines(event)) output.remark(text.trim());
      }
    },
    close: () => {},
  };
}

function liveScreen({ io, output }: Call): ChatScreen {
  let shown: ShownTexts = new Map();
  /** The text that was begun and not ended; null: the cursor stands at the start of a line. */
  let open: string | null = null;
  const endLine = () => {
    if (open !== null) io.stdout("\n");
    open = null;
  };
  const show = (piece: TextPiece) => {
    const folded = foldPiece(shown, piece);
    shown = folded.shown;
    if (folded.fresh === "") return;
    if (open !== piece.id) endLine();
    open = piece.id;
    io.stdout(visible(folded.fresh));
  };
  return {
    show: (update) => {
      if (update.type === "output") return;
      if (update.type === "delta") return show(update.piece);
      const { event } = update;
      if (event.type === "text_part") return show(event.body);
      if (event.type === "text") {
        show({ ...event.body, at: 0 });
        return endLine();
      }
      // Agents count their texts anew for each message.
      if (event.type === "message") shown = new Map();
      const lines = chatLines(event);
      if (lines.length > 0) endLine();
      for (const { tone, text } of lines) output.line(text, tone);
    },
    close: endLine,
  };
}
