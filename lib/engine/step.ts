/**
 * The engine: `step(run, event)` answers with the next run and the effects it asks for, or refuses.
 * It has no clock, no chance and no I/O; all of these come inside the event.
 */

import { command } from "./commands.ts";
import type { Command, Outcome, RunEvent, RunEventType, Step } from "./events.ts";
import type { RunId } from "./ids.ts";
import { outcome } from "./outcomes.ts";
import { isLive, type Run, type RunSettings } from "./run.ts";

const COMMANDS: Readonly<Record<Command["type"], true>> = {
  start: true,
  resume: true,
  pause: true,
  stop: true,
  kill: true,
  decide: true,
};

/** Whether an event is asked by somebody, rather than the outcome of an effect. */
export function isCommand(
  event: RunEvent,
): event is Command & { readonly atMs: number } {
  return (event.type as RunEventType) in COMMANDS;
}

/** A run that has not begun. */
export function newRun(id: RunId, settings: RunSettings, atMs: number): Run {
  return {
    id,
    status: "pending",
    phase: { type: "reading" },
    pause: null,
    ended: null,
    settings,
    work: null,
    startedAtMs: atMs,
    sinceMs: atMs,
    turns: 0,
    tokens: 0,
    done: [],
    leg: { atMs, turns: 0, tokens: 0, done: 0 },
    pauseAsked: false,
    unattendedResumes: 0,
  };
}

/** The next run and its effects, or why the event is refused. Never throws for any pair. */
export function step(run: Run, event: RunEvent): Step {
  if (isCommand(event)) return command(run, event);
  const happened: Outcome & { readonly atMs: number } = event;
  if (happened.type === "recovered") return outcome(run, happened);
  if (!isLive(run.status)) {
    return {
      ok: false,
      message: `The run is ${run.status}; the late ${event.type} is dropped`,
      hint: "",
    };
  }
  return outcome(run, happened);
}

/**
 * Replays events onto a new run; refused events change nothing, as when they happened.
 *
 * @returns The run, and how many events were refused.
 */
export function replay(start: Run, events: Iterable<RunEvent>): { run: Run; refused: number } {
  let run = start;
  let refused = 0;
  for (const event of events) {
    const next = step(run, event);
    if (next.ok) run = next.run;
    else refused++;
  }
  return { run, refused };
}
