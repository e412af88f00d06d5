/** car run, once, resume: works the queue in this process, or through the hub that runs, and shows it live. */

import { CarError } from "../../base/errors.ts";
import { lockedError, type LockSight, lookAtLock } from "../../control/lock.ts";
import type { RepoPaths } from "../../control/roots.ts";
import type { Run } from "../../engine/run.ts";
import { commandRun } from "../../hub/command_run.ts";
import { withReading } from "../../hub/reading.ts";
import { startRun } from "../../hub/run_repo.ts";
import { findServingHub, type ServingHub } from "../../hub/serving_hub.ts";
import { openSession } from "../../hub/session.ts";
import { isSafe } from "../../base/permissions.ts";
import { actor } from "../actor.ts";
import type { Call } from "../command.ts";
import { openScreen, type Screen } from "../live_screen.ts";
import { saidFrom } from "../progress.ts";
import { openRunPlace, type RunPlace, tellOutcome } from "../run_place.ts";
import { runSummary } from "../run_summary.ts";
import { workThroughHub } from "../through_hub.ts";
import { listenForSignals, type SignalName } from "../signals.ts";

/** Exit codes of a run that a signal ended: 128 and the signal's number, as shells expect. */
const SIGNAL_EXITS: Readonly<Record<SignalName, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
};

export async function run(call: Call): Promise<number> {
  const here = await call.context.repo();
  const hub = await hubFor(call, here);
  if (hub !== null) return await runThere(call, here, hub);
  const sight = lookAtLock(here.lock);
  if (call.spec.path === "resume" && sight.type === "busy") {
    return await resumeThere(call, here, sight);
  }
  const screen = screenFor(call);
  const remark = (text: string) => screen.listen({ type: "remark", text });
  const place = await openRunPlace(call, remark);
  try {
    return await runIn(call, place, screen);
  } finally {
    screen.close();
    await place.worktree?.close();
  }
}

async function runIn(call: Call, { paths, worktree }: RunPlace, screen: Screen): Promise<number> {
  const session = await openSession(paths.root, {
    clock: call.io.clock,
    environment: call.io.environment(),
    command: `car ${call.spec.path}`,
    say: screen.listen,
    safe: isSafe(call.io.confinement),
    ...(worktree === null ? {} : { approvedAt: worktree.base.root }),
  });
  let signal: SignalName | null = null;
  try {
    const running = await startRun(session, requestOf(call));
    const by = actor(call);
    const signals = listenForSignals(call.io.clock, (name, count) => {
      signal = name;
      running.command({ type: count > 1 ? "kill" : "stop", by });
      running.leave();
    });
    try {
      const rested = await running.rested;
      screen.close();
      if (!call.json) runSummary(call, session.place.journal, rested, worktree?.paths.root);
      if (worktree !== null) await tellOutcome(call, worktree, rested);
      return exitOf(rested, signal);
    } finally {
      signals.close();
    }
  } finally {
    await session.close();
  }
}

/** A worktree of a run's own is no repo of the hub: whoever asks for one works it here. */
async function hubFor(call: Call, { root }: RepoPaths): Promise<ServingHub | null> {
  if (call.spec.path !== "resume" && call.input.text("worktree") !== null) return null;
  return await findServingHub(root, call.io.environment());
}

/** The hub that runs works the queue; what is seen of it is the same. */
async function runThere(call: Call, paths: RepoPaths, hub: ServingHub): Promise<number> {
  const screen = screenFor(call);
  try {
    const request = requestOf(call);
    const { run, signal } = await workThroughHub(call, paths, hub, { request, screen });
    screen.close();
    if (!call.json) {
      await withReading(paths, ({ past }) => {
        if (past !== null) runSummary(call, past.journal, run);
      });
    }
    return exitOf(run, signal);
  } finally {
    screen.close();
  }
}

/** A run that waits at its pause (`car run --wait`) goes on where it is; one at work is another's. */
async function resumeThere(
  call: Call,
  paths: RepoPaths,
  busy: Extract<LockSight, { type: "busy" }>,
): Promise<number> {
  const answer = await commandRun(paths, { type: "resume", by: actor(call), settings: null }, {
    clock: call.io.clock,
    command: "car resume",
    untilRest: false,
    onWaiting: () => {},
  });
  if (!answer.ok) throw lockedError(paths.root, busy);
  if (call.json) call.output.json({ run: answer.run.id, status: answer.run.status });
  else {
    const words = `${answer.run.id} goes on where it waits; follow it with "car log -f".`;
    call.output.say(call.context.said(words));
  }
  return 0;
}

/** The view that fits where stdout goes: live on a terminal, lines in a pipe, JSON when asked. */
export function screenFor(call: Call): Screen {
  const { io } = call;
  const dumb = io.env("TERM") === "dumb";
  const live = io.isTerminal.out && !dumb;
  const screen = openScreen({
    write: (text) => void io.stdout(text),
    clock: io.clock,
    columns: () => io.columns(),
    mode: call.json ? "json" : live ? "terminal" : "lines",
    colour: call.output.colour,
  });
  const listen: Screen["listen"] = (event) =>
    screen.listen(
      event.type === "step" ? { ...event, run: saidFrom(call.context, event.run) } : event,
    );
  return { ...screen, listen };
}

function requestOf(call: Call) {
  const { input } = call;
  const path = call.spec.path;
  const once = path === "once" || (path === "resume" && input.flag("once"));
  return {
    type: path === "resume" ? "resume" as const : "run" as const,
    by: actor(call),
    flags: {
      stopAfterTickets: once ? 1 : path === "run" ? input.number("stop-after-runs") : null,
      agent: input.text("agent"),
      withoutCommits: false,
    },
    allowDirty: path !== "resume" && input.flag("allow-dirty"),
    wait: input.flag("wait"),
  };
}

function exitOf(run: Run, signal: SignalName | null): number {
  if (signal !== null) return SIGNAL_EXITS[signal];
  switch (run.status) {
    case "completed":
    case "stopped":
      return 0;
    case "paused":
      return 3;
    case "failed":
      return 1;
    default:
      throw new CarError("internal", `The run came to rest as ${run.status}`);
  }
}
