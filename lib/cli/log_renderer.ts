/** Events of a run as printed lines: for people a fold that begins with the run, for scripts one JSON object each. */

import type { JournalEvent } from "../control/journal.ts";
import type { Run } from "../engine/run.ts";
import { type LogLine, logLines } from "./log_lines.ts";
import { clockTime, type Now } from "./moment.ts";
import type { Tone } from "./output.ts";

export interface PrintedLine {
  readonly tone: Tone;
  readonly text: string;
}

/** Takes the run's events in order, every step among them, and gives the lines of those that are shown. */
export type Renderer = (
  events: readonly JournalEvent[],
  isShown: (event: JournalEvent) => boolean,
) => readonly PrintedLine[];

/**
 * @param first The state the run began with.
 * @param said How a command that the run names as its way out is told to this reader.
 */
export function textRenderer(
  first: Run,
  now: () => Now,
  said: (words: string) => string = (words) => words,
): Renderer {
  let run = first;
  return (events, isShown) =>
    events.flatMap((event) => {
      const told = logLines(run, event);
      run = told.run;
      if (!isShown(event)) return [];
      const next = run.pause?.next;
      return told.lines.map((line) => {
        const text = line.text === next ? said(next) : line.text;
        return { tone: line.tone, text: lineText({ ...line, text }, now()) };
      });
    });
}

/** @param more What each object says besides its event. */
export function jsonRenderer(more: Readonly<Record<string, string>> = {}): Renderer {
  return (events, isShown) =>
    events.filter(isShown).map(({ atMs, ...event }) => ({
      tone: "plain",
      text: JSON.stringify({ ...more, ...event, at: new Date(atMs).toISOString() }),
    }));
}

/** `09:30:00  turn 3    what happened`. */
function lineText(line: LogLine, now: Now): string {
  const turn = line.turn === null ? "" : `turn ${line.turn}`;
  return `${clockTime(line.atMs, now)}  ${turn.padEnd(8)}  ${line.text}`;
}
