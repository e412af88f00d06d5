/**
 * Shows a run's progress: redrawn in place on a terminal, plain lines in a pipe, one JSON object a
 * line with --json. Lines that stay are printed above the redrawn status, never torn apart by it.
 */

import type { Clock } from "../base/clock.ts";
import { fitWidth } from "../base/display.ts";
import type { LiveEvent, LiveListener } from "../hub/live.ts";
import {
  foldProgress,
  type Line,
  NO_PROGRESS,
  type Progress,
  statusLines,
  type Tone,
} from "./progress.ts";

/** How often the clock in the status moves on by itself, in milliseconds. */
const TICK_MS = 1_000;
/** A redraw no sooner than this after the last: a flood of events must not flood the terminal. */
const REDRAW_MS = 50;

const SGR: Readonly<Record<Tone, string>> = {
  plain: "",
  good: "\x1b[32m",
  bad: "\x1b[31m",
  warn: "\x1b[33m",
  dim: "\x1b[2m",
};
const RESET = "\x1b[0m";
/** Moves up `rows`, to the first column, and clears to the end of the screen. */
const wipe = (rows: number) => rows === 0 ? "" : `\x1b[${rows}A\r\x1b[J`;

export interface ScreenOptions {
  readonly write: (text: string) => void;
  readonly clock: Clock;
  /** Cells; asked at each redraw, so that a resized window is right at once. */
  readonly columns: () => number;
  readonly mode: "terminal" | "lines" | "json";
  readonly colour: boolean;
}

export interface Screen {
  readonly listen: LiveListener;
  /** Takes the status away and leaves the cursor on an empty line. */
  close(): void;
}

export function openScreen(options: ScreenOptions): Screen {
  return options.mode === "json" ? jsonScreen(options) : textScreen(options);
}

function jsonScreen({ write }: ScreenOptions): Screen {
  return {
    listen: (event) => {
      const line = jsonLine(event);
      if (line !== null) write(JSON.stringify(line) + "\n");
    },
    close: () => {},
  };
}

/** An event as scripts get it: stable names, ISO times, no internals of the run's state. */
function jsonLine(event: LiveEvent): Record<string, unknown> | null {
  if (event.type === "step") {
    const { run, event: happened, seq, refused } = event;
    const { atMs, type } = happened;
    return {
      type: "step",
      seq,
      at: new Date(atMs).toISOString(),
      event: type,
      refused,
      run: run.id,
      status: run.status,
      phase: run.phase.type,
      ticket: run.work?.ticket.name ?? null,
      turn: run.work?.turn?.id ?? null,
      pause: run.pause,
      ended: run.ended,
    };
  }
  if (event.type === "turn") {
    // The finished item repeats its deltas; a pipe has no use for halves.
    if (event.event.type === "text_delta" || event.event.type === "tool_output") return null;
    const { type, ...told } = event.event;
    return { type: "turn", turn: event.turnId, event: type, ...told };
  }
  return { ...event };
}

function textScreen(options: ScreenOptions): Screen {
  const { write, clock, mode } = options;
  let progress: Progress = NO_PROGRESS;
  let drawn = 0;
  let lastMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const paint = ({ tone, text }: Line) => {
    const colour = options.colour ? SGR[tone] : "";
    return colour === "" ? text : colour + text + RESET;
  };
  const redraw = (lines: readonly Line[]) => {
    const width = Math.max(20, options.columns()) - 1;
    const status = statusLines(progress, clock.now()).map((line) => fitWidth(line, width));
    const kept = lines.map((line) => paint(line) + "\n").join("");
    const dim = options.colour ? SGR.dim : "";
    write(wipe(drawn) + kept + status.map((line) => dim + line + (dim && RESET) + "\n").join(""));
    drawn = status.length;
    lastMs = clock.elapsed();
  };
  const schedule = (inMs: number) => {
    timer ??= setTimeout(() => {
      timer = null;
      redraw([]);
      schedule(TICK_MS);
    }, inMs);
  };
  const listen: LiveListener = (event) => {
    const folded = foldProgress(progress, event, clock.now());
    progress = folded.progress;
    if (mode === "lines") {
      for (const line of folded.lines) write(paint(line) + "\n");
    } else if (folded.lines.length > 0) {
      redraw(folded.lines);
      schedule(TICK_MS);
    } else {
      soon(clock.elapsed() - lastMs);
    }
  };
  const soon = (sinceMs: number) => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    schedule(Math.max(0, REDRAW_MS - sinceMs));
  };
  return {
    listen,
    close: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (mode === "terminal") write(wipe(drawn));
      drawn = 0;
    },
  };
}
