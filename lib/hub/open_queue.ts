/** The queue the config asks for. */

import type { RepoConfig } from "../control/config.ts";
import type { RepoPaths } from "../control/roots.ts";
import { knownAgents } from "../control/ticket_lint.ts";
import type { TicketFolder } from "../control/tickets.ts";
import { TicketQueue } from "./queue.ts";
import { TodoQueue } from "./todo_source.ts";
import type { WorkQueue } from "./work_queue.ts";

/** @param folder Kept by whoever reads again and again: it remembers what did not change. */
export function openWorkQueue(
  paths: Pick<RepoPaths, "root">,
  config: RepoConfig,
  folder: TicketFolder,
): WorkQueue {
  return config.queue === "todo"
    ? new TodoQueue(paths, config)
    : new TicketQueue(folder, knownAgents(Object.keys(config.agents)));
}
