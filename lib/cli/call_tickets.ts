/** The queue a command works on, with the agents its tickets may name. */

import { CarError } from "../base/errors.ts";
import { type Config, inspectConfig, problemText, type RepoConfig } from "../control/config.ts";
import type { RepoPaths } from "../control/roots.ts";
import { findTicketName } from "../control/ticket_edit.ts";
import { type KnownAgents, knownAgents } from "../control/ticket_lint.ts";
import { TicketFolder } from "../control/tickets.ts";
import { isTicketId } from "../engine/ids.ts";
import type { QueueKind } from "../engine/prompt_rules.ts";
import type { Queue } from "../engine/ticket.ts";
import { openWorkQueue } from "../hub/open_queue.ts";
import type { WorkQueue } from "../hub/work_queue.ts";
import type { Call } from "./command.ts";

export interface CallTickets {
  readonly paths: RepoPaths;
  readonly folder: TicketFolder;
  /** The folder's tickets, or the boxes of a list: what a run would work. */
  readonly queue: WorkQueue;
  readonly kind: QueueKind;
  readonly agents: KnownAgents;
  readonly agentNames: readonly string[];
  /** runner.default_agent */
  readonly defaultAgent: string;
}

/** A config with mistakes is no obstacle here: they are told, and the rest of it holds. */
export async function openCallTickets({ context, io, output }: Call): Promise<CallTickets> {
  const paths = await context.repo();
  const { config, problems } = await inspectConfig({ root: paths.root, env: io.environment() });
  for (const problem of problems) output.remark(problemText(problem));
  const agentNames = Object.keys(config.agents);
  const folder = new TicketFolder(paths, io.clock);
  return {
    paths,
    folder,
    queue: openWorkQueue(paths, asRepo(config), folder),
    kind: config.queue,
    agents: knownAgents(agentNames),
    agentNames,
    defaultAgent: config.runner.default_agent,
  };
}

/** A hub's config has no queue of its own to look at: its repos have. */
const asRepo = (config: Config): RepoConfig => ({ ...config, mode: "repo" });

/** For commands that act on ticket files. @throws {CarError} `conflict` where the queue is a list. */
export async function openTicketFiles(call: Call): Promise<CallTickets> {
  const tickets = await openCallTickets(call);
  if (tickets.kind === "tickets") return tickets;
  const list = tickets.queue.place;
  throw new CarError("conflict", `The queue here is a list of boxes: ${list}.`, {
    hint: "Edit the list, or `car config set queue tickets` to work ticket files again.",
  });
}

export const readCallQueue = ({ queue }: CallTickets): Promise<Queue> => queue.read();

/**
 * The name of the ticket a person means by number, name or id.
 * @throws {CarError} `not_found`, `conflict`, as `findTicketName`.
 */
export async function findCallTicket(tickets: CallTickets, asked: string): Promise<string> {
  if (tickets.kind === "todo") return await findBox(tickets, asked);
  try {
    return await findTicketName(tickets.paths, asked);
  } catch (thrown) {
    const isMissing = thrown instanceof CarError && thrown.code === "not_found";
    if (!isMissing || !isTicketId(asked)) throw thrown;
    const { tickets: all } = await readCallQueue(tickets);
    const named = all.find((ticket) => ticket.id === asked);
    if (named === undefined) throw thrown;
    return named.name;
  }
}

async function findBox(tickets: CallTickets, asked: string): Promise<string> {
  const { tickets: all } = await readCallQueue(tickets);
  const found = all.find(({ id, name, number }) =>
    id === asked || name === asked.toUpperCase() || String(number) === asked.replace(/^0+/, "")
  );
  if (found !== undefined) return found.name;
  throw new CarError("not_found", `There is no box "${asked}" in the list.`, {
    hint: "`car ticket list` shows them with their numbers.",
  });
}

/** 16 hex digits of chance, for a new ticket's id. */
export const newHex = (): string => crypto.getRandomValues(new Uint8Array(8)).toHex();
