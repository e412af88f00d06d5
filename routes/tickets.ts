/** The queue of a repo: its tickets, listed, read, written, moved and taken out. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import type { KeyValue } from "../lib/control/frontmatter_edit.ts";
import { changeTicket, removeTicket, setDone } from "../lib/control/ticket_edit.ts";
import { TICKET_BYTES_MAX } from "../lib/control/ticket_file.ts";
import { fixQueue } from "../lib/control/ticket_fix.ts";
import { moveTicket, reorderTickets } from "../lib/control/ticket_move.ts";
import { TicketFolder } from "../lib/control/tickets.ts";
import { readTickets, readTurns, readVerdicts } from "../lib/control/views_read.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import { notePersonMark } from "../lib/hub/person_mark.ts";
import {
  addTicket,
  judgeText,
  readTicketDoc,
  requireTicketFiles,
  type TicketDoc,
  ticketNameOf,
  usualAgent,
} from "../lib/hub/ticket_desk.ts";
import type { Ticket } from "../lib/engine/ticket.ts";
import { created } from "./answers.ts";
import { etagOf, expectUnmoved } from "./editing.ts";
import { segment } from "./fields.ts";
import { type Route, route } from "./route.ts";
import {
  LINT_PROBLEM,
  LISTED_TICKET,
  RENAMED,
  TICKET,
  TICKET_DOC,
  TICKET_STATE,
  ticketNumber,
  VERDICT,
} from "./ticket_shapes.ts";
import { TURN } from "./run_shapes.ts";
import { bodyOf, editedText, TICKET_CHANGE } from "./ticket_change.ts";

const INDEX = z.object({ index: segment() });
const tag = "tickets";

/** 16 hex digits of chance, for a new ticket's id. */
const newHex = (): string => crypto.getRandomValues(new Uint8Array(8)).toHex();

export const listTickets = route({
  method: "get",
  path: "/tickets",
  scope: "repo",
  tag,
  summary: "list the tickets in the order of the queue, with every complaint of the linter",
  answer: z.object({
    tickets: z.array(LISTED_TICKET),
    problems: z.array(LINT_PROBLEM),
    /** `todo`: the boxes of a list, which are not edited here. */
    kind: z.enum(["tickets", "todo"]),
    /** What a new ticket may name, and most likely wants. */
    agents: z.array(z.string()),
    usualAgent: z.string(),
  }),
  version: ({ desk }) => listVersion(desk),
  handle: async ({ desk }) => {
    const [queue, config, reading] = await Promise.all([
      desk.queue(),
      desk.config(),
      desk.reading(),
    ]);
    const rows = reading.past === null ? [] : readTickets(reading.past.views);
    const verdicts = new Map(rows.map((it) => [it.ticket, it.state]));
    const broken = new Set(queue.problems.map((it) => it.file));
    return {
      tickets: queue.tickets.map((it) => ({
        ...it,
        state: stateOf(it, broken),
        verdict: verdicts.get(it.id) ?? null,
      })),
      problems: queue.problems,
      kind: config.queue,
      agents: [...Object.keys(config.agents), "user"],
      usualAgent: await usualAgent(desk, queue),
    };
  },
});

/** What the list is made of: the files as they were read, and how far the journal has come. */
async function listVersion(desk: RepoDesk): Promise<string> {
  const [queue, config, { past }] = await Promise.all([
    desk.queue(),
    desk.config(),
    desk.reading(),
  ]);
  const journal = past === null ? "-" : `${markOf(past.journal)}.${past.journal.highSeq()}`;
  return `${markOf(queue)} ${markOf(config)} ${journal}`;
}

const marks = new WeakMap<object, number>();
let lastMark = 0;

/** Another number for every object. */
function markOf(it: object): number {
  const mark = marks.get(it) ?? ++lastMark;
  marks.set(it, mark);
  return mark;
}

function stateOf(it: Ticket, broken: ReadonlySet<string>): z.output<typeof TICKET_STATE> {
  if (broken.has(it.name)) return "broken";
  return it.done ? "done" : "open";
}

export const createTicketRoute = route({
  method: "post",
  path: "/tickets",
  scope: "repo",
  tag,
  summary: "write a new ticket; a number that is taken moves the others up",
  body: z.strictObject({
    title: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
    agent: z.optional(z.string()),
    goal: z.optional(z.string()),
    body: z.optional(z.string().check(z.maxLength(TICKET_BYTES_MAX))),
    number: z.optional(ticketNumber()),
    dependsOn: z.optional(z.array(z.union([z.number(), z.string()]))),
    verify: z.optional(z.array(z.string())),
    model: z.optional(z.string()),
    reasoning: z.optional(z.string()),
  }),
  answer: created(TICKET_DOC),
  errors: ["conflict"],
  handle: async ({ desk, body }) => {
    const agent = body.agent ?? await usualAgent(desk, await desk.queue());
    const made = await addTicket(desk, {
      title: body.title,
      agent,
      body: body.body ?? "",
      keys: keysOf(body),
      ...(body.number === undefined ? {} : { number: body.number }),
    }, newHex());
    return await shown(desk, made.name);
  },
});

function keysOf(body: {
  readonly goal?: string | undefined;
  readonly verify?: readonly string[] | undefined;
  readonly dependsOn?: readonly (string | number)[] | undefined;
  readonly model?: string | undefined;
  readonly reasoning?: string | undefined;
}): Readonly<Record<string, KeyValue>> {
  const keys = {
    goal: body.goal,
    verify: body.verify,
    depends_on: body.dependsOn,
    model: body.model,
    reasoning: body.reasoning,
  };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, value]) =>
      value === undefined || value.length === 0 ? [] : [[key, value]]
    ),
  );
}

export const getTicket = route({
  method: "get",
  path: "/tickets/{index}",
  scope: "repo",
  tag,
  summary: "read one ticket, by number, file name or id",
  params: INDEX,
  answer: TICKET_DOC,
  errors: ["conflict"],
  handle: ({ desk, params }) => shown(desk, params.index),
});

export const putTicket = route({
  method: "put",
  path: "/tickets/{index}",
  scope: "repo",
  tag,
  summary: "replace the text of a ticket, or single keys and its body",
  details: "Needs the etag of what it stands on. Complaints of the linter are told, not refused.",
  params: INDEX,
  body: TICKET_CHANGE,
  answer: TICKET_DOC,
  errors: ["conflict"],
  handle: async ({ desk, params, body, request, actor }) => {
    await requireTicketFiles(desk);
    const name = await ticketNameOf(desk, params.index);
    const before = await readTicketDoc(desk, name);
    await changeTicket(desk.paths, name, (now) => {
      const text = editedText(now, body);
      expectUnmoved({ request, body }, { text: now, etag: etagOf(now) }, text);
      return text;
    });
    const after = await freshDoc(desk, name);
    const was = before.ticket?.done ?? false;
    if (after.ticket !== null && after.ticket.done !== was) {
      await mark(desk, after, actor.by);
    }
    return withEtag(after);
  },
});

/** A run at work must not take the person's word for an agent's claim. */
async function mark(desk: RepoDesk, { ticket }: TicketDoc, by: string): Promise<void> {
  if (ticket === null) return;
  const note = { ticketId: ticket.id, done: ticket.done, by };
  await notePersonMark(desk.paths, note, Date.now());
}

export const deleteTicket = route({
  method: "delete",
  path: "/tickets/{index}",
  scope: "repo",
  tag,
  summary: "take a ticket out of the queue; its file is kept in the archive",
  params: INDEX,
  answer: z.object({ name: z.string(), archived: z.string() }),
  errors: ["conflict"],
  handle: async ({ desk, params }) => {
    await requireTicketFiles(desk);
    const name = await ticketNameOf(desk, params.index);
    return { name, archived: await removeTicket(desk.paths, name) };
  },
});

export const markTicketRoute = route({
  method: "post",
  path: "/tickets/{index}/done",
  scope: "repo",
  tag,
  summary: "mark a ticket done, or open again, on a person's word",
  params: INDEX,
  body: z.strictObject({ done: z.boolean() }),
  answer: TICKET_DOC,
  errors: ["conflict"],
  handle: async ({ desk, params, body, actor, site }) => {
    await requireTicketFiles(desk);
    const doc = await readTicketDoc(desk, params.index);
    if (doc.ticket === null) {
      throw new CarError("invalid", `${doc.name} is broken; mend it first.`);
    }
    const note = { ticketId: doc.ticket.id, done: body.done, by: actor.by };
    await notePersonMark(desk.paths, note, site.clock.now());
    await setDone(desk.paths, doc.name, body.done);
    return withEtag(await freshDoc(desk, doc.name));
  },
});

export const moveTicketRoute = route({
  method: "post",
  path: "/tickets/{index}/move",
  scope: "repo",
  tag,
  summary: "give a ticket another number; what names it by number follows",
  params: INDEX,
  body: z.strictObject({ to: ticketNumber() }),
  answer: z.object({ renamed: RENAMED }),
  errors: ["conflict"],
  handle: async ({ desk, params, body }) => {
    await requireTicketFiles(desk);
    const name = await ticketNameOf(desk, params.index);
    return { renamed: await moveTicket(desk.paths, name, body.to) };
  },
});

export const reorderRoute = route({
  method: "post",
  path: "/tickets/reorder",
  scope: "repo",
  tag,
  summary: "give the named tickets this order; they share out the numbers they have",
  body: z.strictObject({
    order: z.array(z.union([z.string(), ticketNumber()])).check(z.maxLength(5000)),
  }),
  answer: z.object({ renamed: RENAMED }),
  errors: ["conflict"],
  handle: async ({ desk, body }) => {
    await requireTicketFiles(desk);
    const names: string[] = [];
    for (const asked of body.order) names.push(await ticketNameOf(desk, String(asked)));
    return { renamed: await reorderTickets(desk.paths, names) };
  },
});

export const bulkRoute = route({
  method: "post",
  path: "/tickets/bulk",
  scope: "repo",
  tag,
  summary: "mark, open again or take out several tickets",
  body: z.strictObject({
    action: z.enum(["done", "open", "delete"]),
    tickets: z.array(z.union([z.string(), ticketNumber()])).check(
      z.minLength(1),
      z.maxLength(5000),
    ),
  }),
  answer: z.object({ changed: z.array(z.string()) }),
  errors: ["conflict"],
  handle: async ({ desk, body, actor, site }) => {
    await requireTicketFiles(desk);
    const docs: TicketDoc[] = [];
    // Found before any is changed: a wrong name changes nothing.
    for (const asked of body.tickets) docs.push(await readTicketDoc(desk, String(asked)));
    for (const { name, ticket } of docs) {
      if (body.action === "delete") await removeTicket(desk.paths, name);
      else if (ticket !== null) {
        const done = body.action === "done";
        const note = { ticketId: ticket.id, done, by: actor.by };
        await notePersonMark(desk.paths, note, site.clock.now());
        await setDone(desk.paths, name, done);
      }
    }
    return { changed: docs.map((it) => it.name) };
  },
});

export const lintRoute = route({
  method: "post",
  path: "/tickets/lint",
  scope: "repo",
  tag,
  summary:
    "judge a ticket's text before it is saved, as it is or with single keys and its body changed",
  body: z.extend(z.omit(TICKET_CHANGE, { etag: true, text: true }), {
    name: z.string(),
    text: z.string().check(z.maxLength(TICKET_BYTES_MAX)),
  }),
  answer: z.object({
    /** The text with the changes in it, and what of it lies below the frontmatter. */
    text: z.string(),
    body: z.string(),
    ticket: z.nullable(TICKET),
    problems: z.array(LINT_PROBLEM),
  }),
  handle: async ({ desk, body: { name, ...change } }) => {
    const text = editedText(change.text, change);
    return { text, body: bodyOf(text), ...await judgeText(desk, name, text) };
  },
});

export const fixRoute = route({
  method: "post",
  path: "/tickets/fix",
  scope: "repo",
  tag,
  summary: "mend what is mechanical in every ticket",
  answer: z.object({ fixed: z.int() }),
  handle: async ({ desk }) => {
    await requireTicketFiles(desk);
    return { fixed: (await fixQueue(new TicketFolder(desk.paths))).length };
  },
});

export const ticketHistory = route({
  method: "get",
  path: "/tickets/{index}/history",
  scope: "repo",
  tag,
  summary: "tell the turns on a ticket and the verdicts with their evidence, oldest first",
  params: INDEX,
  answer: z.object({ turns: z.array(TURN), verdicts: z.array(VERDICT) }),
  errors: ["conflict"],
  handle: async ({ desk, params }) => {
    const { ticket } = await readTicketDoc(desk, params.index);
    const { past } = await desk.reading();
    if (ticket === null || past === null) return { turns: [], verdicts: [] };
    return {
      turns: readTurns(past.views, { ticket: ticket.id }),
      verdicts: readVerdicts(past.views, { ticket: ticket.id }),
    };
  },
});

const withEtag = (doc: TicketDoc) => ({ ...doc, etag: etagOf(doc.text) });

const shown = async (desk: RepoDesk, asked: string) => withEtag(await readTicketDoc(desk, asked));

/** As it stands after a change: read by its own name, since the queue is told of it a moment later. */
const freshDoc = (desk: RepoDesk, name: string): Promise<TicketDoc> => readTicketDoc(desk, name);

export const TICKET_ROUTES = [
  listTickets,
  createTicketRoute,
  getTicket,
  putTicket,
  deleteTicket,
  markTicketRoute,
  moveTicketRoute,
  reorderRoute,
  bulkRoute,
  lintRoute,
  fixRoute,
  ticketHistory,
] as const satisfies readonly Route[];
