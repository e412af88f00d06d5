/** Each event of a run in one sentence for people, without its time. */

import { duration, plural, thousands } from "../base/text.ts";
import { BY_ITSELF } from "./commands.ts";
import { problemsText } from "./decision.ts";
import type { Checked, QueueRead, RunEvent, RunEventType, TurnEnded } from "./events.ts";
import { passed } from "./gate.ts";
import { ticketLabel } from "./ticket.ts";
import { totalTokens } from "./turn.ts";

type Of<Type extends RunEventType> = Extract<RunEvent, { type: Type }>;

const WORDS: { readonly [Type in RunEventType]: (event: Of<Type>) => string } = {
  start: (it) => `The run was started by ${it.by}`,
  resume: (it) =>
    BY_ITSELF.has(it.by) ? `CAR went on by itself (${it.by})` : `The run was resumed by ${it.by}`,
  pause: (it) => `A pause was asked for by ${it.by}`,
  stop: (it) => `A stop was asked for by ${it.by}`,
  kill: (it) => `The run was killed by ${it.by}`,
  decide: (it) => `${it.by} answered the held verdict: ${it.answer}`,
  queue_read: queueWords,
  thread_opened: (it) => `The agent opened the thread ${it.thread}`,
  turn_ended: turnWords,
  looked: (it) =>
    it.dispatch.type === "found"
      ? `The agent left a dispatch: ${it.dispatch.dispatch.title}`
      : it.dispatch.type === "broken"
      ? `The agent left a dispatch that cannot be read: ${it.dispatch.message}`
      : it.problems.length > 0
      ? `The tickets were found broken: ${problemsText(it.problems)}`
      : it.ticket === null
      ? "The ticket was gone after the turn"
      : `The repo was looked at: ${ticketLabel(it.ticket)} is ${it.ticket.done ? "done" : "open"}`,
  checked: checkedWords,
  settled: (it) =>
    it.problem !== null
      ? `The commit failed: ${it.problem}`
      : it.commit === null
      ? "The verdict was carried out"
      : `The verdict was carried out, commit ${it.commit.slice(0, 8)}`,
  saved: (it) =>
    it.problem !== null
      ? `The checkpoint commit failed: ${it.problem}`
      : it.commit === null
      ? "There was nothing to save"
      : `The turn's work was saved, commit ${it.commit.slice(0, 8)}`,
  published: (it) => `Dispatch ${it.sequence} was filed: ${it.title}`,
  waited: () => "The wait was over",
  interrupted: () => "What CAR was doing was cut short, as asked",
  effect_failed: (it) => `CAR could not carry out ${it.effect}: ${it.message}`,
  recovered: (it) =>
    it.record === null
      ? "CAR had ended without saying so and was back"
      : `CAR had ended without saying so and was back; the agent's record of the prompt: ${it.record.prompt}`,
};

/** What happened, in one sentence without a full stop. */
export function eventWords(event: RunEvent): string {
  const words = WORDS[event.type] as ((event: RunEvent) => string) | undefined;
  // A journal of a newer car may hold events this one does not know.
  return words === undefined ? `Something this car does not know: ${event.type}` : words(event);
}

function queueWords(it: QueueRead): string {
  if (it.problems.length > 0) return `The queue was found broken: ${problemsText(it.problems)}`;
  if (it.choice.type === "drained") {
    if (it.total === 0) return "The queue was empty";
    return it.total === 1 ? "The one ticket was done" : `All ${it.total} tickets were done`;
  }
  const name = ticketLabel(it.choice.ticket);
  const rest = `${it.open} of ${plural(it.total, "ticket")} open`;
  return it.choice.type === "claim"
    ? `${name} was found done without a verdict; ${rest}`
    : `${name} came next; ${rest}`;
}

function turnWords(it: TurnEnded): string {
  const spent = `${thousands(totalTokens(it.usage))} tokens`;
  if (it.limit !== null) return `The turn was ended by a limit: ${it.limit} (${spent})`;
  if (it.error !== null) {
    return `The turn ended: ${it.result}, ${it.error.kind}: ${it.error.message} (${spent})`;
  }
  return `The turn ended: ${it.result} (${spent})`;
}

function checkedWords(it: Checked): string {
  if (!it.configured) return "No check is configured; nothing was checked";
  const failed = it.evidence.filter((one) => !passed(one)).length;
  const took = duration(it.evidence.reduce((sum, one) => sum + one.seconds, 0) * 1000);
  return failed === 0
    ? `${plural(it.evidence.length, "check")} passed (${took})`
    : `${failed} of ${plural(it.evidence.length, "check")} failed (${took})`;
}
