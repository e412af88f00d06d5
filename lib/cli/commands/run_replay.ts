/** `car run replay`: puts a run's recorded events through the engine again and compares. */

import { CarError } from "../../base/errors.ts";
import { eventWords } from "../../engine/event_words.ts";
import { plural } from "../../base/text.ts";
import { askedRun, findRun, withReading } from "../../hub/reading.ts";
import { type Replayed, replayRun } from "../../hub/replay.ts";
import type { Call } from "../command.ts";
import { clockTime, nowOf } from "../moment.ts";

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
