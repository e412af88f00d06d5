/** One repo as a whole: its row, its status, why it is so, what waits for a person. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import { isTicketId } from "../lib/engine/ids.ts";
import { readAnswer } from "../lib/engine/answers.ts";
import { explainGoneTicket, explainRunOf, explainTicketOf } from "../lib/hub/explain.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import type { InboxItem } from "../lib/hub/inbox.ts";
import { isChatItem } from "../lib/hub/threads/inbox.ts";
import { askedRun } from "../lib/hub/reading.ts";
import { ticketNameOf } from "../lib/hub/ticket_desk.ts";
import { moment, segment } from "./fields.ts";
import { HUB_REPO_ROW, shownRow } from "./repo_shapes.ts";
import { type Route, route } from "./route.ts";
import { EXPLANATION, REPO_STATUS } from "./run_shapes.ts";

const tag = "repo";

export const repoRoute = route({
  method: "get",
  path: "/repo",
  scope: "repo",
  tag,
  summary: "show the repo as the list of repos does",
  answer: HUB_REPO_ROW,
  handle: ({ desk }) => shownRow(desk.row()),
});

export const stateRoute = route({
  method: "get",
  path: "/state",
  scope: "repo",
  tag,
  summary: "tell what the run does, why, and since when",
  answer: REPO_STATUS,
  handle: ({ desk }) => desk.status(),
});

export const explainRoute = route({
  method: "get",
  path: "/explain",
  scope: "repo",
  tag,
  summary: "explain a run or a ticket in words, from the journal",
  query: z.strictObject({ run: z.optional(z.string()), ticket: z.optional(z.string()) }),
  answer: EXPLANATION,
  handle: async ({ desk, query }) => {
    const reading = await desk.reading();
    if (query.ticket === undefined) {
      return explainRunOf(reading, query.run === undefined ? undefined : askedRun(query.run));
    }
    return await explainTicket(desk, query.ticket);
  },
});

async function explainTicket(desk: RepoDesk, asked: string) {
  const queue = await desk.queue();
  const reading = await desk.reading();
  const isGone = isTicketId(asked) && queue.tickets.every((it) => it.id !== asked);
  const gone = isGone ? explainGoneTicket(reading, asked) : null;
  if (gone !== null) return gone;
  const name = await ticketNameOf(desk, asked);
  const ticket = queue.tickets.find((it) => it.name === name);
  if (ticket !== undefined) return explainTicketOf(await desk.reading(), queue, ticket);
  throw new CarError("invalid", `${name} cannot be read as a ticket.`, {
    hint: "Mend what the linter names first.",
  });
}

const REQUEST = z.nullable(z.looseObject({ type: z.enum(["approval", "question"]) }));

export const INBOX_ITEM = z.object({
  id: z.string(),
  kind: z.enum(["approval", "question", "handoff", "pause"]),
  title: z.string(),
  detail: z.string(),
  ticket: z.nullable(z.string()),
  sinceMs: moment(),
  /** When it is denied by itself; null when it waits for ever. */
  expiresMs: z.nullable(moment()),
  next: z.string(),
  /** What the agent asked, as it asked it; null for a pause. */
  request: REQUEST,
  /** Of a pause: what it stands on. */
  pause: z.optional(z.object({
    reason: z.string(),
    run: z.string(),
    turn: z.nullable(z.string()),
    dispatch: z.nullable(z.int()),
  })),
  /** Of a chat: its thread. */
  thread: z.optional(z.string()),
});

export const shownItem = (it: InboxItem) => ({
  ...it,
  request: it.request === null ? null : { ...it.request },
});

export const inboxRoute = route({
  method: "get",
  path: "/inbox",
  scope: "repo",
  tag: "inbox",
  summary: "list what waits for a person in this repo, oldest first",
  answer: z.object({ items: z.array(INBOX_ITEM) }),
  handle: async ({ desk, site }) => ({
    items: [...await desk.inbox(), ...await site.threads.inbox(desk.paths.root)].map(shownItem),
  }),
});

export const answerRoute = route({
  method: "post",
  path: "/inbox/{id}/answer",
  scope: "repo",
  tag: "inbox",
  summary: "answer an approval (yes, no, always) or a question (a choice or text)",
  params: z.object({ id: segment() }),
  body: z.strictObject({ answer: z.string().check(z.minLength(1), z.maxLength(100_000)) }),
  answer: z.object({ id: z.string(), taken: z.boolean() }),
  errors: ["conflict", "timeout"],
  handle: async ({ desk, site, params, body, actor }) => {
    if (isChatItem(params.id)) {
      const given = (await site.threads.open()).answer(params.id, body.answer, actor.by);
      if (!given.ok) throw new CarError("conflict", given.message, { hint: given.hint });
      return { id: params.id, taken: true };
    }
    const item = (await desk.inbox()).find((it) => it.id === params.id);
    if (item === undefined || item.request === null) {
      throw new CarError("not_found", `No request ${params.id} waits for an answer.`, {
        hint: item?.next ?? "It may have been answered or have run out meanwhile.",
      });
    }
    const read = readAnswer(item.request, body.answer);
    if (!read.ok) throw new CarError("invalid", read.message, { hint: read.hint });
    const { requestId } = item.request;
    const taken = await desk.order({
      type: "answer",
      by: actor.by,
      requestId,
      answer: read.answer,
    });
    if (taken === "free") {
      throw new CarError("conflict", "The run that asked is no longer at work.", {
        hint: "Resume it; the agent asks again if it still needs to.",
      });
    }
    if (!taken.ok) throw new CarError("conflict", taken.message, { hint: taken.hint });
    return { id: params.id, taken: true };
  },
});

export const REPO_ROUTES = [
  repoRoute,
  stateRoute,
  explainRoute,
  inboxRoute,
  answerRoute,
] as const satisfies readonly Route[];
