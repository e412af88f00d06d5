import assert from "node:assert/strict";
import { repoPaths } from "../control/roots.ts";
import { knownAgents } from "../control/ticket_lint.ts";
import { TicketFolder } from "../control/tickets.ts";
import { TicketQueue } from "./queue.ts";
import type { Ticket } from "../engine/ticket.ts";

const DONE = true;

async function inQueue(
  body: (queue: TicketQueue, folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const paths = repoPaths(root);
    await Deno.mkdir(paths.tickets, { recursive: true });
    const queue = new TicketQueue(new TicketFolder(paths), knownAgents(["codex"]));
    await body(queue, paths.tickets);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const text = (hex: string, body: string) =>
  `---\nticket_id: tkt_${hex.repeat(16)}\nagent: codex\ndone: false\n---\n${body}`;

async function only(queue: TicketQueue, at: number): Promise<Ticket> {
  const found = (await queue.read()).tickets[at];
  assert.ok(found);
  return found;
}

Deno.test("TicketQueue finds a ticket where it was, where it was moved to, and not when it is gone", () =>
  inQueue(async (queue, folder) => {
    await Deno.writeTextFile(`${folder}/TICKET-001.md`, text("a", "One"));
    await Deno.writeTextFile(`${folder}/TICKET-002.md`, text("b", "Two"));
    const one = await only(queue, 0);
    assert.equal(await queue.body(one), "One");
    // Another ticket gets its name meanwhile.
    await Deno.rename(`${folder}/TICKET-001.md`, `${folder}/TICKET-003.md`);
    await Deno.rename(`${folder}/TICKET-002.md`, `${folder}/TICKET-001.md`);
    assert.equal(await queue.body(one), "One");
    await queue.setDone(one, DONE);
    assert.match(await Deno.readTextFile(`${folder}/TICKET-003.md`), /done: true/);
    assert.match(await Deno.readTextFile(`${folder}/TICKET-001.md`), /done: false/);
    await Deno.remove(`${folder}/TICKET-003.md`);
    assert.equal(await queue.text(one), null);
    await queue.setDone(one, DONE);
  }));

Deno.test("TicketQueue finds a ticket that was broken by its name", () =>
  inQueue(async (queue, folder) => {
    await Deno.writeTextFile(`${folder}/TICKET-001.md`, text("a", "One"));
    const one = await only(queue, 0);
    await Deno.writeTextFile(`${folder}/TICKET-001.md`, "---\nagent: codex\n");
    assert.equal(await queue.text(one), "---\nagent: codex\n");
  }));
