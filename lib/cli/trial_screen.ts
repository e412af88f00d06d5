/** Shows one turn as it comes: what the agent says while it says it, and what it does. */

import { visible, visibleLine } from "../base/display.ts";
import { oneLine } from "../base/text.ts";
import type { TurnEvent } from "../engine/turn.ts";
import type { Call } from "./command.ts";

/** Of a thought or a tool's title. */
const LINE_CHARACTERS_MAX = 160;

const short = (text: string): string => oneLine(visibleLine(text), LINE_CHARACTERS_MAX);

/** Takes the turn's events in order. */
export function trialScreen({ io, output, json }: Call): (event: TurnEvent) => void {
  if (json) return (event) => void jsonEvent(event, (it) => output.jsonLine(it));
  /** The text that was begun and not ended; null: the cursor stands at the start of a line. */
  let streaming: string | null = null;
  const endLine = () => {
    if (streaming !== null) io.stdout("\n");
    streaming = null;
  };
  return (event) => {
    // A pipe gets whole texts: the finished item repeats what was streamed.
    if (event.type === "text_delta") {
      if (!io.isTerminal.out) return;
      if (streaming !== event.id) endLine();
      streaming = event.id;
      io.stdout(visible(event.text));
      return;
    }
    const wasStreamed = event.type === "text" && streaming === event.id;
    endLine();
    if (wasStreamed) return;
    const [tone, text] = lineOf(event) ?? [];
    if (tone !== undefined && text !== undefined) output.say(text, tone);
  };
}

type Said = readonly ["plain" | "dim" | "warn", string];

function lineOf(event: TurnEvent): Said | null {
  switch (event.type) {
    case "text":
      return ["plain", event.text.trimEnd()];
    case "reasoning":
      return ["dim", `thinks: ${short(event.text)}`];
    case "tool_started":
      return ["dim", `${event.kind}: ${short(event.title)}`];
    case "tool_output":
      return ["dim", event.text.trimEnd()];
    case "tool_finished":
      return event.status === "ok" ? null : ["warn", `the tool ${event.status}`];
    case "file_change":
      return ["warn", `${event.change}: ${short(event.path)}`];
    case "approval":
      return ["warn", `asks for ${short(event.title)}; it is denied`];
    case "status":
    case "notice":
      return ["dim", short(event.text)];
    default:
      return null;
  }
}

/** As `car run --json` tells the events of a turn. */
function jsonEvent(event: TurnEvent, write: (value: unknown) => void): void {
  if (event.type === "text_delta" || event.type === "tool_output") return;
  const { type, ...told } = event;
  write({ type: "turn", event: type, ...told });
}
