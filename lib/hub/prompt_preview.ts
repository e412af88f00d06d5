/** What would be sent to the agent next for a ticket: `car prompt show`. Sends, files and changes nothing. */

import type { RepoConfig } from "../control/config.ts";
import { TicketFolder } from "../control/tickets.ts";
import { listReplies } from "../control/replies.ts";
import { CarError } from "../base/errors.ts";
import { type RunId, runId } from "../engine/ids.ts";
import type { BuiltPrompt } from "../engine/prompt.ts";
import type { Run, RunSettings, TurnMode, Work } from "../engine/run.ts";
import { nextTicket, type Ticket } from "../engine/ticket.ts";
import { assemblePrompt, toldUpTo } from "./prompting.ts";
import { openWorkQueue } from "./open_queue.ts";
import { findRun, type Reading } from "./reading.ts";
import { runSettings } from "./settings.ts";

export interface PromptPreview {
  readonly ticket: Ticket;
  readonly agent: string;
  readonly run: RunId;
  readonly mode: TurnMode;
  readonly prompt: Extract<BuiltPrompt, { ok: true }>;
}

const NO_FLAGS = { stopAfterTickets: null, agent: null, withoutCommits: false } as const;

/**
 * @param name The ticket's file; null for the one in hand, else the next open one.
 * @throws {CarError} `not_found` when no ticket is open, `invalid` as `assemblePrompt`.
 */
export async function previewPrompt(
  reading: Reading,
  config: RepoConfig,
  name: string | null,
): Promise<PromptPreview> {
  const { paths } = reading;
  const tickets = openWorkQueue(paths, config, new TicketFolder(paths));
  const current = currentRun(reading, runSettings(config, NO_FLAGS));
  const ticket = chosen(await tickets.read(), current.work, name);
  const work = current.work?.ticket.id === ticket.id ? current.work : null;
  const mode: TurnMode = work?.fresh
    ? "fresh"
    : work === null || work.thread === null
    ? "first"
    : "next";
  const journal = reading.past?.journal;
  const told = journal === undefined ? 0 : toldUpTo(journal, current.id, null);
  const prompt = await assemblePrompt(
    { root: paths.root, paths, config, tickets },
    current,
    {
      ticket,
      mode,
      continues: mode === "next",
      feedback: work?.feedback ?? null,
      lastText: work?.lastText ?? "",
      replies: await listReplies(paths.run(current.id), told),
    },
  );
  const agent = work?.agent ?? current.settings.agentOverride ?? ticket.agent;
  return { ticket, agent, run: current.id, mode, prompt };
}

/** The run that goes on, or the one that `car run` would begin. */
function currentRun(
  reading: Reading,
  settings: RunSettings,
): Pick<Run, "id" | "settings" | "work"> {
  const last = findRun(reading);
  if (last !== null && last.status !== "completed") return last;
  return { id: runId(reading.past?.journal.nextRunNumber() ?? 1), settings, work: null };
}

function chosen(
  queue: { readonly tickets: readonly Ticket[]; readonly problems: readonly unknown[] },
  work: Work | null,
  name: string | null,
): Ticket {
  const wanted = name === null
    ? queue.tickets.find((it) => it.id === work?.ticket.id) ??
      nextTicket({ tickets: queue.tickets, problems: [] })
    : queue.tickets.find((it) => it.name === name);
  if (wanted !== undefined) return wanted;
  if (name === null) {
    throw new CarError("not_found", "No ticket is open, so nothing would be sent", {
      hint: "Name a ticket to see its prompt all the same, e.g. `car prompt show 3`.",
    });
  }
  throw new CarError("invalid", `${name} is broken, so it has no prompt`, {
    hint: "`car ticket lint` says what is wrong with it.",
  });
}
