/** The events of a chat's transcript as lines for people. Pure. */

import { visibleLine } from "../base/display.ts";
import { duration, oneLine, thousands } from "../base/text.ts";
import type { ThreadEvent } from "../engine/thread_events.ts";
import { totalTokens } from "../engine/turn.ts";
import type { Tone } from "./output.ts";

/** Of a thought, or of a tool's title. */
const LINE_CHARACTERS_MAX = 160;

/** Lines of a tool's output: enough to see what became of it. */
const OUTPUT_LINES_MAX = 5;

/** A tool that took longer is told to have ended, in milliseconds. */
const LONG_TOOL_MS = 10_000;

const short = (text: string): string => oneLine(visibleLine(text), LINE_CHARACTERS_MAX);

export interface ChatLine {
  readonly tone: Tone;
  readonly text: string;
}

const line = (tone: Tone, text: string): readonly ChatLine[] => [{ tone, text }];

/** Nothing for what is shown in another way: the texts of the agent, and what only moves a state. */
export function chatLines(event: ThreadEvent): readonly ChatLine[] {
  switch (event.type) {
    case "reasoning":
      return line("dim", `  thinks: ${short(event.body.text)}`);
    case "tool_started":
      return line("dim", `  ${event.body.kind}: ${short(event.body.title)}`);
    case "tool":
      return [
        ...lastLines(event.body.output).flatMap((it) => line("dim", `    ${it}`)),
        ...toolEnd(event.body),
      ];
    case "file_change":
      return line("dim", `  ${event.body.change}: ${short(event.body.path)}`);
    case "approval":
      return line("warn", `  asks: ${event.body.kind}: ${short(event.body.title)}`);
    case "question":
      return event.body.questions.flatMap(({ text, choices }) =>
        line(
          "warn",
          `  asks: ${short(text)}${choices.length > 0 ? ` (${choices.join(", ")})` : ""}`,
        )
      );
    case "answered":
      return line("dim", `  ${answerWords(event.body.answer.type)} by ${short(event.body.by)}`);
    case "car":
      return line("warn", `  ${visibleLine(event.body.text)}`);
    case "status":
    case "notice":
      return line("dim", `  ${short(event.body.text)}`);
    case "message":
      return messageLines(event.body);
    default:
      return [];
  }
}

/** What a tool printed last. */
const lastLines = (output: string): readonly string[] =>
  output.trimEnd().split("\n").slice(-OUTPUT_LINES_MAX).filter((it) => it !== "").map(short);

/** How it ended, when not well or after a while. */
function toolEnd(
  { title, status, exitCode, durationMs }: Extract<ThreadEvent, { type: "tool" }>["body"],
): readonly ChatLine[] {
  const time = durationMs === null ? "" : ` after ${duration(durationMs)}`;
  if (status === "ok") {
    const isLong = durationMs !== null && durationMs >= LONG_TOOL_MS;
    return isLong ? line("dim", `    ended${time}: ${short(title)}`) : [];
  }
  const exit = exitCode === null ? "" : ` with exit code ${exitCode}`;
  return line("warn", `    ${status}${exit}${time}: ${short(title)}`);
}

const ANSWERS = {
  yes: "allowed",
  no: "denied",
  always: "allowed for good",
  answers: "answered",
} as const satisfies Record<string, string>;
const answerWords = (type: keyof typeof ANSWERS): string => ANSWERS[type];

function messageLines(
  { state, words }: Extract<ThreadEvent, { type: "message" }>["body"],
): readonly ChatLine[] {
  switch (state) {
    case "failed":
      return line("bad", `  failed: ${visibleLine(words ?? "")}`);
    case "interrupted":
      return line("warn", `  interrupted: ${visibleLine(words ?? "")}`);
    case "cancelled":
      return line("dim", "  cancelled");
    default:
      return words === undefined ? [] : line("warn", `  ${visibleLine(words)}`);
  }
}

/** `1,234 tokens, 12 s`; "" when nothing is known. */
export function spentWords(
  message: {
    readonly usage: Parameters<typeof totalTokens>[0];
    readonly startedMs: number | null;
    readonly endedMs: number | null;
  },
): string {
  const tokens = totalTokens(message.usage);
  const { startedMs, endedMs } = message;
  const time = startedMs === null || endedMs === null ? null : duration(endedMs - startedMs);
  return [tokens === 0 ? null : `${thousands(tokens)} tokens`, time]
    .filter((it) => it !== null).join(", ");
}
