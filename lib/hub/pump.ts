/** Brings commands that other processes left in the journal to the run's worker, and their answers back. */

import { asCarError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import type { Journal } from "../control/journal.ts";
import { answerCommand, type CommandAnswer, type Order, takeCommands } from "../control/mailbox.ts";

/** How often the journal is asked whether another process wrote, in milliseconds. Asking costs microseconds. */
const POLL_MS = 100;

/** Runs until the signal aborts. What comes later stays in the mailbox for the next owner. */
export async function pumpCommands(
  journal: Journal,
  clock: Clock,
  take: (order: Order) => CommandAnswer,
  over: AbortSignal,
): Promise<void> {
  let version = -1;
  while (!over.aborted) {
    const now = journal.dataVersion();
    if (now !== version && takeAll(journal, clock, take)) version = now;
    await clock.sleep(POLL_MS, over).catch(() => {});
  }
}

/** @returns False when the journal could not be written: what waits there is tried again. */
function takeAll(
  journal: Journal,
  clock: Clock,
  take: (order: Order) => CommandAnswer,
): boolean {
  try {
    for (const it of takeCommands(journal, clock.now())) {
      answerCommand(journal, it.id, take(it.command));
    }
    return true;
  } catch (thrown) {
    if (asCarError(thrown).code === "unavailable") return false;
    throw thrown;
  }
}
