/** Carries tickets between a repo's queue and the copy of it that a worktree's run works. */

import { ensureDir, writeFileAtomic } from "../../control/files.ts";
import { setKey } from "../../control/frontmatter_edit.ts";
import { type QueueCopy, readQueueCopy, writeQueueCopy } from "../../control/queue_copies.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { numberOf, removeTicket, ticketNames } from "../../control/ticket_edit.ts";
import { readTicket } from "../../control/ticket_file.ts";
import { readTicketText } from "../../control/ticket_reading.ts";
import { ensureTicketIds, TicketFolder } from "../../control/tickets.ts";
import type { TicketId } from "../../engine/ids.ts";
import { planIn, planOut, type QueuePlan, type Returning } from "./queue_plan.ts";

/** In a ticket of the repo: the branch on which it is done. */
const BRANCH_KEY = "branch";

/** Both queues, and the worktree they belong to. Only while nobody else works in the worktree. */
export interface Queues {
  readonly base: RepoPaths;
  readonly copy: RepoPaths;
  readonly id: string;
  readonly branch: string;
  readonly newHex: () => string;
}

/**
 * Brings what is new or changed in the repo's queue into the worktree. Both know a ticket by its id,
 * so tickets of the repo get one where they have none.
 * @returns Remarks for people.
 */
export async function bringIn(queues: Queues): Promise<readonly string[]> {
  const { base, copy, id, newHex } = queues;
  await ensureTicketIds(new TicketFolder(base), newHex);
  const known = await readQueueCopy(base, id);
  const plan = planIn(await textsIn(base), await textsIn(copy), known);
  return await carryOut(queues, copy, plan, known);
}

/**
 * Brings settled tickets back into the repo's queue, with the branch that their work is on.
 * @param settled Those whose `done` has a verdict or a person's word.
 * @returns Remarks for people.
 */
export async function bringOut(
  queues: Queues,
  settled: ReadonlySet<TicketId>,
): Promise<readonly string[]> {
  const { base, copy, id, branch } = queues;
  const known = await readQueueCopy(base, id);
  const returning = [...await textsIn(copy)].map(([name, text]): Returning => {
    const ticket = readTicketText(name, text).ticket;
    const isSettled = ticket !== null && ticket.done && settled.has(ticket.id);
    return { name, text, isSettled, marked: isSettled ? setKey(text, BRANCH_KEY, branch) : text };
  });
  const plan = planOut(await textsIn(base), returning, known, numberOf);
  return await carryOut(queues, base, plan, known);
}

/** The files first: a crash before the note makes the same plan again, which finds them the same. */
async function carryOut(
  { base, id }: Queues,
  into: RepoPaths,
  plan: QueuePlan,
  known: QueueCopy,
): Promise<readonly string[]> {
  for (const step of plan.steps) {
    if (step.type === "remove") await removeTicket(into, step.name);
    else {
      await ensureDir(into.tickets);
      await writeFileAtomic(`${into.tickets}/${step.name}`, step.text);
    }
  }
  if (JSON.stringify(plan.copy) !== JSON.stringify(known)) {
    await writeQueueCopy(base, id, plan.copy);
  }
  return plan.remarks;
}

/** What cannot be read is left to the linter of its side. */
async function textsIn(paths: RepoPaths): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const root = await Deno.realPath(paths.root);
  for (const name of await ticketNames(paths)) {
    const read = readTicket(root, paths.tickets, name);
    if (read.type === "text") texts.set(name, read.text);
  }
  return texts;
}
