/** The ticket folder a command works on, with the agents it may name. */

import { CarError } from "../base/errors.ts";
import { inspectConfig, problemText } from "../control/config.ts";
import type { RepoPaths } from "../control/roots.ts";
import { findTicketName } from "../control/ticket_edit.ts";
import { type KnownAgents, knownAgents } from "../control/ticket_lint.ts";
import { TicketFolder } from "../control/tickets.ts";
import { isTicketId } from "../engine/ids.ts";
import type { Queue } from "../engine/ticket.ts";
import type { Call } from "./command.ts";

export interface CallTickets {
  readonly paths: RepoPaths;
  readonly folder: TicketFolder;
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
  return {
    paths,
    folder: new TicketFolder(paths, io.clock),
    agents: knownAgents(agentNames),
    agentNames,
    defaultAgent: config.runner.default_agent,
  };
}

export const readCallQueue = ({ folder, agents }: CallTickets): Promise<Queue> =>
  folder.read({ agents });

/**
 * The file of the ticket a person means by number, name or id.
 * @throws {CarError} `not_found`, `conflict`, as `findTicketName`.
 */
export async function findCallTicket(tickets: CallTickets, asked: string): Promise<string> {
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

/** 16 hex digits of chance, for a new ticket's id. */
export const newHex = (): string => crypto.getRandomValues(new Uint8Array(8)).toHex();
