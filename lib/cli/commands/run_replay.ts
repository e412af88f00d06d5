/** `car run replay`: puts a run's recorded events through the engine again and compares. */

import { CarError } from "../../base/errors.ts";
import type { Journal } from "../../control/journal.ts";
import { eventWords } from "../../engine/event_words.ts";
import { firstDifference, type Moment, moments } from "../../engine/history.ts";
import type { RunId } from "../../engine/ids.ts";
import { plural } from "../../base/text.ts";
import { askedRun, findRun, stepsOf, withReading } from "../../hub/reading.ts";
import type { Call } from "../command.ts";
import { clockTime, nowOf } from "../moment.ts";

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

export async function run(call: Call): Promise<number> {
  const { input, context } = call;
  const id = askedRun(input.argument("run"));
  return await withReading(await context.repo(), (reading) => {
    findRun(reading, id);
    const journal = reading.past?.journal;
    if (journal === undefined) throw new CarError("not_found", "No run has been started here yet");
    const replayed = replayRun(journal, id);
    tell(call, replayed);
    return replayed.difference === null ? 0 : 1;
  });
}

function tell({ input, output, io, json }: Call, { run, steps, difference }: Replayed): void {
  if (json) {
    const told = steps.map((it) => ({
      seq: it.seq,
      at: new Date(it.event.atMs).toISOString(),
      event: it.event.type,
      status: it.after.status,
      phase: it.after.phase.type,
      words: eventWords(it.event),
    }));
    output.json({
      run,
      same: difference === null,
      difference,
      steps: input.flag("steps") ? told : told.length,
    });
    return;
  }
  const now = nowOf(io);
  for (const { seq, event, after } of input.flag("steps") ? steps : []) {
    const state = `${after.status}/${after.phase.type}`;
    output.line(`${seq}  ${clockTime(event.atMs, now)}  ${state}  ${eventWords(event)}`);
  }
  const count = plural(steps.length, "step");
  if (difference === null) output.line(`${run}: ${count} lead to the same state`);
  else output.line(`${run}: ${count} lead elsewhere than recorded: ${difference}`, "bad");
}
