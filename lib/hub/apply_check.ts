/** Carries out the gate's checks: runs each command, keeps the evidence, gathers what else the verdict needs. */

import type { Checked, Outcome } from "../engine/events.ts";
import { type Evidence, passed } from "../engine/gate.ts";
import type { TurnId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import type { Ticket, VerifyCommand } from "../engine/ticket.ts";
import type { AtRun } from "./at_run.ts";
import { requireApproved } from "./approvals.ts";
import { guardFindings } from "./guard.ts";
import { opinionOn } from "./review.ts";

/** Runs the ticket's checks, then the config's. All of them: the agent gets the whole list at once. */
export async function applyCheck(
  place: AtRun,
  run: Run,
  ticket: Ticket,
  turnId: TurnId | null,
  signal: AbortSignal,
): Promise<Outcome> {
  const tamper = await guardFindings(place, run, ticket);
  await requireApproved(place, run.work?.agent ?? ticket.agent, ticket);
  const commands: readonly VerifyCommand[] = [...ticket.verify, ...place.config.gate.verify];
  const evidence: Evidence[] = [];
  for (const command of commands) {
    const one = await runCheck(place, run, ticket, turnId, command, signal);
    if (one === null) return { type: "interrupted" };
    evidence.push(one);
  }
  const tree = await place.git.look("changed");
  const { treeId } = tree;
  const dirty = run.settings.requireCommit && tree.dirty;
  // Only what would be accepted else is worth a second opinion.
  const sound = evidence.every(passed) && tamper.length === 0 && !dirty;
  const checks = evidence.map((it) => it.command);
  const review = sound ? await opinionOn(place, run, { ticket, treeId, checks }, signal) : null;
  if (signal.aborted) return { type: "interrupted" };
  const checked: Checked = {
    type: "checked",
    ticketId: ticket.id,
    evidence: evidence.map((it) => ({ ...it, treeId })),
    configured: commands.length > 0,
    treeId,
    dirty: tree.dirty,
    tamper,
    review,
  };
  return checked;
}

/** One check. Null: broken off because the run is asked to end. */
async function runCheck(
  place: AtRun,
  run: Run,
  ticket: Ticket,
  turnId: TurnId | null,
  command: VerifyCommand,
  signal: AbortSignal,
): Promise<Evidence | null> {
  place.say({ type: "check_started", command: command.run });
  const seconds = command.timeoutSeconds ?? place.config.gate.timeout_seconds;
  const finished = await place.room.run({
    argv: ["/bin/sh", "-c", command.run],
    cwd: place.root,
    env: {
      CAR_TICKET: place.tickets.path(ticket),
      CAR_RUN_DIR: place.paths.run(run.id).folder,
      CI: "true",
    },
    stderr: "merged",
    purpose: "check",
    runId: run.id,
    turnId: turnId ?? undefined,
  }, { timeoutMs: seconds * 1000, bytesMax: place.config.gate.output_bytes, signal });
  if (finished.aborted) return null;
  const byItself = finished.exit.signal === null;
  const evidence: Evidence = {
    command: command.run,
    exitCode: byItself ? finished.exit.code : null,
    signal: finished.exit.signal,
    timedOut: finished.timedOut,
    seconds: finished.seconds,
    outputSha256: finished.sha256,
    outputTail: place.agents.keepable(new TextDecoder().decode(finished.stdout)),
    treeId: null,
    atMs: place.clock.now(),
  };
  place.say({ type: "check_ended", evidence });
  return evidence;
}
