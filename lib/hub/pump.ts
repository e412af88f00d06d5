/** Brings commands that other processes left in the journal to the run's worker, and their answers back. */

import type { Clock } from "../base/clock.ts";
import type { Journal } from "../control/journal.ts";
import { answerCommand, type CommandAnswer, takeCommands } from "../control/mailbox.ts";
import type { Command } from "../engine/events.ts";

/** How often the journal is asked whether another process wrote, in milliseconds. Asking costs microseconds. */
const POLL_MS = 100;

/** Runs until the signal aborts. What comes later stays in the mailbox for the next owner. */
export async function pumpCommands(
  journal: Journal,
  clock: Clock,
  command: (command: Command) => CommandAnswer,
  over: AbortSignal,
): Promise<void> {
  let version = -1;
  while (!over.aborted) {
    const now = journal.dataVersion();
    if (now !== version) {
      version = now;
      for (const it of takeCommands(journal, clock.now())) {
        answerCommand(journal, it.id, command(it.command));
      }
    }
    await clock.sleep(POLL_MS, over).catch(() => {});
  }
}
