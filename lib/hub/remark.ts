/** CAR's own remarks: kept in the journal and told to whoever looks. */

import type { Run } from "../engine/run.ts";
import type { Workplace } from "./workplace.ts";

/** Keeps and tells one remark, a sentence for people. */
export function remark(
  place: Pick<Workplace, "journal" | "clock" | "say">,
  run: Run,
  text: string,
): void {
  place.journal.note([{
    run: run.id,
    turn: run.work?.turn?.id ?? null,
    ticket: run.work?.ticket.id ?? null,
    type: "car",
    atMs: place.clock.now(),
    body: { text },
  }]);
  place.say({ type: "remark", text });
}
