/** What a person may do to a run in the state it is in, and how it is asked of the server. */

import { post } from "./api.ts";
import type { IconName } from "./parts/icon.tsx";
import { type Place, repoApi } from "./place.ts";

export type RunActionName = "start" | "once" | "resume" | "pause" | "stop" | "kill";

export interface RunAction {
  readonly name: RunActionName;
  readonly label: string;
  readonly icon: IconName;
  /** What it does, for the tooltip. */
  readonly does: string;
  readonly danger: boolean;
}

const ACTIONS: Readonly<Record<RunActionName, RunAction>> = {
  start: row("start", "Run", "run", "Work the queue until it is empty"),
  once: row("once", "One ticket", "once", "Work one ticket, then stop"),
  resume: row("resume", "Resume", "run", "Go on with the run"),
  pause: row("pause", "Pause", "pause", "Pause once the turn in hand has ended"),
  stop: row("stop", "Stop", "stop", "End the turn in hand politely, then stop"),
  kill: { ...row("kill", "Kill", "kill", "End every process of the run at once"), danger: true },
};

function row(name: RunActionName, label: string, icon: IconName, does: string): RunAction {
  return { name, label, icon, does, danger: false };
}

/** By the status of a repo in the list or of a run; the first is what one most likely wants. */
const OFFERED: Readonly<Record<string, readonly RunActionName[]>> = {
  none: ["start", "once"],
  IDLE: ["start", "once"],
  stopped: ["start", "once"],
  completed: ["start", "once"],
  failed: ["start", "stop"],
  cut_off: ["resume", "stop"],
  ERROR: ["start", "stop"],
  paused: ["resume", "stop"],
  PAUSED: ["resume", "stop"],
  pending: ["stop", "kill"],
  running: ["pause", "stop", "kill"],
  RUNNING: ["pause", "stop", "kill"],
  LOCKED: [],
  stopping: ["kill"],
};

export const actionsFor = (status: string): readonly RunAction[] =>
  (OFFERED[status] ?? []).map((name) => ACTIONS[name]);

/** @throws {Problem} with the reason the server gives. */
export const act = (place: Place, repo: string, name: RunActionName): Promise<unknown> =>
  post(`${repoApi(place, repo)}/run/${name}`);
