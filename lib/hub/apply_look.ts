/** Looks at the repo after a turn: the ticket, its faults, what moved, and what the agent says to a person. */

import { readDispatch } from "../control/dispatches.ts";
import type { Looked, Outcome } from "../engine/events.ts";
import type { TurnId } from "../engine/ids.ts";
import { countCriteriaDone, type Progress } from "../engine/progress.ts";
import type { Run } from "../engine/run.ts";
import type { Ticket } from "../engine/ticket.ts";
import { contextHash } from "./context_hash.ts";
import { putBack } from "./guard.ts";
import { remark } from "./remark.ts";
import type { WorkTree } from "./repo_git.ts";
import type { Workplace } from "./workplace.ts";

export async function applyLook(
  place: Workplace,
  run: Run,
  ticket: Ticket,
  turnId: TurnId | null,
): Promise<Outcome> {
  const restored = turnId === null ? [] : await putBack(place, run, ticket, turnId);
  for (const words of restored) remark(place, run, words);
  const { queue, contentHash } = await place.tickets.look();
  const found = queue.tickets.find((it) => it.id === ticket.id) ?? null;
  const tree = await place.git.look("changed");
  return {
    type: "looked",
    turnId,
    ticket: found,
    problems: queue.problems,
    progress: await progressOf(place, found ?? ticket, tree, contentHash),
    dirty: tree.dirty,
    dispatch: await dispatchOf(place, run),
    jitter: place.chance.share(),
    hex: place.chance.hex(),
  };
}

async function dispatchOf(place: Workplace, run: Run): Promise<Looked["dispatch"]> {
  const found = await readDispatch(place.paths.run(run.id));
  if (found.type === "none") return { type: "none" };
  return found.type === "broken"
    ? { type: "broken", message: found.message }
    : { type: "found", dispatch: found.dispatch };
}

/** The progress vector of the repo as it stands. */
export async function progressOf(
  place: Workplace,
  ticket: Ticket,
  tree: WorkTree,
  ticketsHash: string,
): Promise<Progress> {
  const [context, body] = await Promise.all([
    contextHash(place.paths.contextspace),
    place.tickets.body(ticket),
  ]);
  return {
    treeId: tree.treeId,
    checksPassing: null,
    criteriaDone: countCriteriaDone(body ?? ""),
    ticketsHash,
    contextHash: context,
    newFiles: tree.untracked,
  };
}
