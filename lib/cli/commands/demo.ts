/** car demo: makes a scratch repo with four tickets and works them live, from the first claim to the evidence. */

import { CarError } from "../../base/errors.ts";
import { writeReply } from "../../control/replies.ts";
import { repoPaths } from "../../control/roots.ts";
import type { Run } from "../../engine/run.ts";
import { startRun } from "../../hub/run_repo.ts";
import { makeScratchRepo } from "../../hub/scratch_repo.ts";
import { openSession } from "../../hub/session.ts";
import type { Call } from "../command.ts";
import { DEMO_ANSWER, DEMO_TICKETS } from "../demo_tickets.ts";
import { runSummary } from "../run_summary.ts";
import { screenFor } from "./run_queue.ts";

export async function run(call: Call): Promise<number> {
  const { output } = call;
  const root = await makeScratchRepo("car-demo-", DEMO_TICKETS, call.io.clock);
  output.say(`A scratch repo with ${DEMO_TICKETS.length} tickets: ${root}`, "dim");
  output.say(
    'The "shell" agent runs the sh blocks in the tickets; no model and no key are needed.\n',
    "dim",
  );
  const asked = await workQueue(call, root);
  if (asked.status !== "paused") throw unexpected(asked);
  output.say(`\nThe demo answers for you: ${DEMO_ANSWER}\n`, "strong");
  await writeReply(repoPaths(root).run(asked.id), {
    text: DEMO_ANSWER,
    answers: null,
    atMs: call.io.clock.now(),
    key: "demo",
  });
  const finished = await workQueue(call, root);
  if (finished.status !== "completed") throw unexpected(finished);
  for (const line of nextSteps(root)) output.say(line);
  if (call.json) output.json({ root, run: finished.id, status: finished.status });
  return 0;
}

function unexpected(run: Run): CarError {
  return new CarError(
    "internal",
    `The demo's run came to rest as ${run.status}: ${run.pause?.detail ?? run.ended}`,
  );
}

async function workQueue(call: Call, root: string): Promise<Run> {
  const screen = screenFor(call);
  const session = await openSession(root, {
    clock: call.io.clock,
    environment: call.io.environment(),
    command: "car demo",
    say: screen.listen,
  });
  try {
    const running = await startRun(session, {
      type: "run",
      by: "cli:demo",
      flags: { stopAfterTickets: null, agent: null, withoutCommits: false },
      allowDirty: false,
      wait: false,
    });
    const rested = await running.rested;
    screen.close();
    if (rested.status === "completed" && !call.json) {
      runSummary(call, session.place.journal, rested);
    }
    return rested;
  } finally {
    screen.close();
    await session.close();
  }
}

function nextSteps(root: string): readonly string[] {
  return [
    "",
    "Look around:",
    `  cd ${root}`,
    "  git log --stat                        what CAR committed, with ids in the trailers",
    "  car ticket show 2 --evidence          the rejected claim and the accepted one",
    "  car explain                           why the run went as it did",
    "  car log                               every turn, tool and check",
    "",
    "In a repo of your own:",
    "  car init && car ticket new && car run",
  ];
}
