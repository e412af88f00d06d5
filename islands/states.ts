/** What each state is called and which tone it has: one table for every mark and pill of the page. */

/** The six tones of `static/tokens.css`. */
export type Tone = "running" | "waiting" | "done" | "failed" | "parked" | "idle";

interface Shown {
  readonly label: string;
  readonly tone: Tone;
}

/** Runs, repos, verdicts, turns, messages and requests, by the word the API uses. */
export const STATES = {
  pending: { label: "starting", tone: "running" },
  running: { label: "running", tone: "running" },
  stopping: { label: "stopping", tone: "running" },
  paused: { label: "paused", tone: "waiting" },
  parked: { label: "parked", tone: "parked" },
  stopped: { label: "stopped", tone: "idle" },
  completed: { label: "completed", tone: "done" },
  failed: { label: "failed", tone: "failed" },
  cut_off: { label: "cut off", tone: "failed" },
  none: { label: "no run yet", tone: "idle" },
  UNINITIALIZED: { label: "not set up", tone: "idle" },
  INITIALIZING: { label: "setting up", tone: "running" },
  IDLE: { label: "idle", tone: "idle" },
  RUNNING: { label: "running", tone: "running" },
  PAUSED: { label: "paused", tone: "waiting" },
  ERROR: { label: "error", tone: "failed" },
  LOCKED: { label: "run elsewhere", tone: "running" },
  MISSING: { label: "missing", tone: "failed" },
  INIT_ERROR: { label: "set-up failed", tone: "failed" },
  accepted: { label: "accepted", tone: "done" },
  rejected: { label: "rejected", tone: "failed" },
  held: { label: "held", tone: "waiting" },
  unverified: { label: "unverified", tone: "idle" },
  open: { label: "open", tone: "idle" },
  done: { label: "done", tone: "done" },
  queued: { label: "queued", tone: "idle" },
  interrupted: { label: "interrupted", tone: "waiting" },
  cancelled: { label: "cancelled", tone: "idle" },
  lost: { label: "lost", tone: "failed" },
  ended: { label: "ended", tone: "idle" },
  approval: { label: "approval", tone: "waiting" },
  question: { label: "question", tone: "waiting" },
  handoff: { label: "handoff", tone: "waiting" },
  pause: { label: "paused", tone: "waiting" },
} as const satisfies Record<string, Shown>;

export type StateName = keyof typeof STATES;

const isState = (name: string): name is StateName => Object.hasOwn(STATES, name);

/** A state this page does not know yet is shown by its own name. */
export const shownState = (name: string): Shown =>
  isState(name) ? STATES[name] : { label: name.replaceAll("_", " "), tone: "idle" };
