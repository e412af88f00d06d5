/** Puts a run's recorded events through the engine again and compares where they lead. */

import { CarError } from "../base/errors.ts";
import type { Journal } from "../control/journal.ts";
import { firstDifference, type Moment, moments } from "../engine/history.ts";
import type { RunId } from "../engine/ids.ts";
import { stepsOf } from "./reading.ts";

export interface Replayed {
  readonly run: RunId;
  readonly steps: readonly Moment[];
  /** Where the replay leads elsewhere than what was recorded; null when it does not. */
  readonly difference: string | null;
}

/** @throws {CarError} `not_found`, `damaged` when the run's beginning is lost. */
export function replayRun(journal: Journal, id: RunId): Replayed {
  const first = journal.firstState(id);
  const recorded = journal.run(id);
  if (first === null || recorded === null) {
    throw new CarError("damaged", `The journal does not hold the beginning of ${id}`, {
      hint: 'Run "car doctor".',
    });
  }
  const steps = [...moments(first, stepsOf(journal, id))];
  const refused = steps.find((it) => it.refused !== null);
  const last = steps.at(-1)?.after ?? first;
  const difference = refused !== undefined
    ? `event ${refused.seq} (${refused.event.type}) is refused now: ${refused.refused}`
    : firstDifference(JSON.parse(JSON.stringify(last)), recorded);
  return { run: id, steps, difference };
}
