import assert from "node:assert/strict";
import {
  looked,
  queueRead,
  SETTINGS,
  ticket,
  turnEnded,
} from "../../tests/support/run_fixtures.ts";
import type { Command, Outcome, RunEvent } from "./events.ts";
import { runId } from "./ids.ts";
import type { Run, RunSettings } from "./run.ts";
import { newRun, step } from "./step.ts";
import type { AgentErrorKind } from "./turn.ts";

function take(run: Run, event: Command | Outcome): Run {
  const answer = step(run, { ...event, atMs: 1000 } as RunEvent);
  assert.ok(answer.ok, answer.ok ? "" : answer.message);
  return answer.run;
}

const work = { type: "work", ticket: ticket(1) } as const;

/** A run whose turns fail in these ways; null is a turn that ends well with the ticket open. */
function failing(kinds: readonly (AgentErrorKind | null)[], settings: RunSettings): Run {
  let run = take(newRun(runId(1), settings, 0), { type: "start", by: "cli", settings });
  for (const kind of kinds) {
    if (run.phase.type === "waiting") run = take(run, { type: "waited" });
    run = take(run, queueRead(work));
    const error = kind === null ? null : { kind, message: "words" };
    run = take(run, turnEnded(run, { result: kind === null ? "completed" : "failed", error }));
    run = take(run, looked(run));
  }
  return run;
}

Deno.test("decideTurn() counts failures of one kind apart from failures in a row", () => {
  const table: [kinds: (AgentErrorKind | null)[], status: string][] = [
    [["timeout"], "running"],
    [["timeout", "timeout"], "paused"],
    [["timeout", "crashed"], "running"],
    [["timeout", "crashed", "timeout"], "running"],
    [["timeout", null, "timeout"], "running"],
    [["crashed", "crashed"], "running"],
    [["crashed", "crashed", "crashed"], "paused"],
    [["crashed", "crashed", "network", "crashed"], "running"],
    [["crashed", "silent", "network", "timeout", "protocol"], "running"],
    [["crashed", "silent", "network", "timeout", "protocol", "network"], "paused"],
  ];
  for (const [kinds, status] of table) {
    assert.equal(failing(kinds, SETTINGS).status, status, kinds.join(" "));
  }
});

Deno.test("decideTurn() tries a service's failures as often as the settings say, and no more", () => {
  for (const kind of ["overloaded", "network"] as const) {
    for (const retryAttempts of [0, 1, 5, 9]) {
      const settings = { ...SETTINGS, retryAttempts };
      const tries = Array.from({ length: retryAttempts }, () => kind);
      if (retryAttempts > 0) assert.equal(failing(tries, settings).status, "running", kind);
      const run = failing([...tries, kind], settings);
      assert.equal(run.pause?.reason, "agent_error", `${kind} ${retryAttempts}`);
    }
  }
});
