/** `car ticket import`: tickets written elsewhere, put behind the last one. All of them or none. */

import { CarError } from "../../base/errors.ts";
import { plural } from "../../base/text.ts";
import { ensureDir, readTextStrict, writeFileAtomic } from "../../control/files.ts";
import { setItems } from "../../control/frontmatter_edit.ts";
import { digitsOf, numberOf, ticketNames } from "../../control/ticket_edit.ts";
import { TICKET_BYTES_MAX } from "../../control/ticket_file.ts";
import { renumbered } from "../../control/ticket_move.ts";
import { parseTicketName, ticketName } from "../../control/ticket_name.ts";
import { readTicketText } from "../../control/ticket_reading.ts";
import { openCallTickets } from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { refuseBrokenTickets, type TicketDraft } from "../new_tickets.ts";

export async function run(call: Call): Promise<void> {
  const tickets = await openCallTickets(call);
  const asked = call.input.argument("path");
  const from = asked.startsWith("/") ? asked : `${call.io.cwd}/${asked}`;
  const found = await readSources(from);
  const drafts = placed(found, await ticketNames(tickets.paths));
  await refuseBrokenTickets(tickets, drafts.map(({ draft }) => draft));
  await ensureDir(tickets.paths.tickets);
  for (const { draft } of drafts) {
    await writeFileAtomic(`${tickets.paths.tickets}/${draft.name}`, draft.text);
  }
  const imported = drafts.map(({ source, draft }) => ({ from: source, to: draft.name }));
  if (call.json) call.output.json({ imported });
  else {
    for (const each of imported) call.output.say(`${each.from} -> ${each.to}`);
    call.output.say(`Imported ${plural(imported.length, "ticket")}.`);
  }
}

/** In their own order. @throws {CarError} `not_found`, and as `readTextStrict`. */
async function readSources(from: string): Promise<readonly TicketDraft[]> {
  const sources: TicketDraft[] = [];
  for (const path of await pathsOf(from)) {
    const { text, bom } = await readTextStrict(path, { maxBytes: TICKET_BYTES_MAX });
    const name = path.slice(path.lastIndexOf("/") + 1);
    sources.push({ name, text: (bom ? "\uFEFF" : "") + text });
  }
  return sources.sort((a, b) => numberOf(a.name) - numberOf(b.name));
}

async function pathsOf(from: string): Promise<readonly string[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(from);
  } catch (thrown) {
    throw new CarError("not_found", `${from} does not exist.`, { cause: thrown });
  }
  if (!info.isDirectory) {
    if (parseTicketName(from.slice(from.lastIndexOf("/") + 1)) !== null) return [from];
    throw new CarError("invalid", `${from} is not named like a ticket.`, {
      hint: "Name it TICKET-001.md; to make a ticket of a text, use `car ticket new --body -`.",
    });
  }
  const names: string[] = [];
  for await (const { name } of Deno.readDir(from)) {
    if (parseTicketName(name) !== null) names.push(name);
  }
  if (names.length > 0) return names.map((name) => `${from}/${name}`);
  throw new CarError("not_found", `${from} has no tickets.`, {
    hint: "A ticket is a file named TICKET-001.md or TICKET-001-some-words.md.",
  });
}

/** New numbers behind the last, what they say of each other included. */
function placed(
  sources: readonly TicketDraft[],
  names: readonly string[],
): readonly { readonly source: string; readonly draft: TicketDraft }[] {
  const first = numberOf(names.at(-1) ?? "") + 1;
  const plan = new Map(sources.map(({ name }, index) => [numberOf(name), first + index]));
  if (plan.size !== sources.length) {
    throw new CarError("invalid", "Two of the tickets have the same number.", {
      hint: "Rename one of them. Nothing was written.",
    });
  }
  const digits = digitsOf([...names, ...sources.map(({ name }) => name)]);
  return sources.map(({ name, text }, index) => {
    const suffix = parseTicketName(name)?.suffix ?? "";
    const { dependsOn } = readTicketText(name, text);
    const moves = dependsOn.some(({ value }) => renumbered(value, plan) !== undefined);
    const draft = {
      name: ticketName(first + index, suffix, digits),
      text: moves ? setItems(text, "depends_on", (item) => renumbered(item, plan)) : text,
    };
    return { source: name, draft };
  });
}
