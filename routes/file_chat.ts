/** File chats: an agent works on a draft of one file; the answer is a difference to apply or discard. */

import * as z from "zod/mini";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import { DRAFT_BYTES_MAX, MESSAGE_BYTES_MAX } from "../lib/hub/file_chat/draft.ts";
import type { FileChatEvent } from "../lib/hub/file_chat/progress.ts";
import { accepted, sse } from "./answers.ts";
import { etagOfEdit } from "./editing.ts";
import { segment } from "./fields.ts";
import {
  askedTarget,
  FILE_CHAT,
  FILE_CHAT_ROW,
  PROGRESS,
  targetOf,
  targetText,
} from "./file_chat_shapes.ts";
import { Problem } from "./problem.ts";
import { type Actor, type Route, route } from "./route.ts";
import type { Site } from "./site.ts";
import { type EventClient, type Frame, frame } from "./sse.ts";

const tag = "file chat";

const message = () => z.string().check(z.trim(), z.minLength(1), z.maxLength(MESSAGE_BYTES_MAX));
const ASK = {
  message: message(),
  /** Without it the ticket's own, or the repo's usual one. */
  agent: z.optional(z.string()),
  model: z.optional(z.string()),
};
const DRAFT = z.object({ draft: segment() });
const INDEX = z.object({ index: segment() });
/** Which draft is meant: by its id, or by what it is of. */
const WHICH = { id: z.optional(segment()), target: z.optional(askedTarget()) };
const APPLIED = z.object({ path: z.string(), etag: z.string() });
const DISCARDED = z.object({ discarded: z.string() });
const APPLY = {
  etag: z.optional(z.string()),
  /** Of both, in place of the draft; then `etag` says which text it was merged with. */
  text: z.optional(z.string().check(z.maxLength(DRAFT_BYTES_MAX))),
};
const APPLY_DETAILS =
  "Writes only while the file is still the text that the draft was made from; else 409 with `current`, `base` " +
  "and `yours`. To write over `current` send its etag, and as `text` what was made of both.";

/** What the handlers of all three kinds of addresses share. */
interface Given {
  readonly site: Site;
  readonly desk: RepoDesk;
  readonly actor: Actor;
  readonly request: Request;
  readonly requestId: string;
}

interface Which {
  readonly id?: string | undefined;
  readonly target?: z.output<ReturnType<typeof askedTarget>> | undefined;
}

async function draftOf({ site, desk }: Given, { id, target }: Which): Promise<string> {
  if (id !== undefined) return id;
  if (target !== undefined) return await site.fileChats.find(desk, targetOf(target));
  throw new Problem(422, "invalid", "The body names neither `id` nor `target`.");
}

const ofTicket = (given: Given, index: string): Promise<string> =>
  given.site.fileChats.find(given.desk, { ticket: index });

async function apply(
  given: Given,
  draft: string,
  edit: Parameters<typeof etagOfEdit>[0] & {
    readonly body: { readonly text?: string | undefined };
  },
): Promise<z.input<typeof APPLIED>> {
  const { site, desk, actor } = given;
  const etag = etagOfEdit(edit) ?? undefined;
  const done = await site.fileChats.apply(desk, draft, {
    etag,
    text: edit.body.text,
    by: actor.by,
  });
  if (done.type === "applied") {
    noteApplied(given, draft, done.path);
    return { path: done.path, etag: done.etag };
  }
  const { current, base, draft: yours } = done;
  const words = current === null ? "The file is no longer there." : "The file has moved on.";
  throw new Problem(409, "conflict", words, {
    hint: "Merge the texts and send the result with the etag of the current one, or ask once more.",
    extra: { current, base, yours },
  });
}

/** The audit log's line of the call itself does not say which file it was. */
function noteApplied(
  { site, actor: { by, from }, request, requestId }: Given,
  draft: string,
  file: string,
): void {
  site.access.audit.write({
    atMs: site.clock.now(),
    requestId,
    by,
    from,
    method: request.method,
    path: new URL(request.url).pathname,
    status: 200,
    note: `wrote ${file} from draft ${draft}`,
  });
}

async function discard({ site, desk, actor }: Given, draft: string) {
  await site.fileChats.discard(desk, draft, actor.by);
  return { discarded: draft };
}

const interrupt = ({ site, desk, actor }: Given, draft: string) =>
  site.fileChats.interrupt(desk, draft, actor.by);

export const askRoute = route({
  method: "post",
  path: "/file-chat",
  scope: "repo",
  tag,
  summary: "ask an agent to work on a draft of a ticket, a document or a file",
  details:
    "Answers while the agent works. A target that has a draft goes on with it, and so does `draft`. The file " +
    "itself is not touched before the draft is applied.",
  body: z.strictObject({
    target: z.optional(askedTarget()),
    /** The id of the draft that goes on. */
    draft: z.optional(segment()),
    ...ASK,
  }),
  answer: accepted(FILE_CHAT),
  errors: ["conflict"],
  handle: ({ site, desk, actor, body }) => {
    const { target, ...wish } = body;
    const about = target === undefined ? {} : { target: targetOf(target) };
    return site.fileChats.ask(desk, { ...wish, ...about, by: actor.by });
  },
});

export const pendingRoute = route({
  method: "get",
  path: "/file-chat/pending",
  scope: "repo",
  tag,
  summary: "list the drafts, or those of one target; the one that changed last comes first",
  query: z.strictObject({ target: z.optional(targetText()) }),
  answer: z.object({ drafts: z.array(FILE_CHAT_ROW) }),
  errors: ["conflict"],
  handle: async ({ site, desk, query }) => {
    const target = query.target === undefined ? undefined : targetOf(query.target);
    return { drafts: await site.fileChats.pending(desk, target) };
  },
});

export const getRoute = route({
  method: "get",
  path: "/file-chat/{draft}",
  scope: "repo",
  tag,
  summary: "read a draft: its texts, its difference, what was said, what the linter says",
  params: DRAFT,
  answer: FILE_CHAT,
  errors: ["not_found"],
  handle: ({ site, desk, params }) => site.fileChats.get(desk, params.draft),
});

export const followRoute = route({
  method: "get",
  path: "/file-chat/{draft}/events",
  scope: "repo",
  tag,
  summary: "follow a draft, and what the agent does on it",
  details:
    "`draft` comes first and whenever it is another; `progress` is kept for the answer in hand, and goes on " +
    "after `Last-Event-ID`. `gone` ends the stream.",
  params: DRAFT,
  query: z.strictObject({ after: z.optional(z.string()) }),
  answer: sse({
    draft: FILE_CHAT_ROW,
    progress: PROGRESS,
    gone: z.object({ how: z.enum(["applied", "discarded"]) }),
  }),
  errors: ["not_found"],
  handle: async ({ site, desk, params }) => {
    // A draft that is not there is an answer of its own, not a stream.
    await site.fileChats.get(desk, params.draft);
    return (client) => follow(site, desk, params.draft, client);
  },
});

function follow(site: Site, desk: RepoDesk, draft: string, client: EventClient): Promise<void> {
  const send = (event: FileChatEvent) => {
    client.send(eventFrame(event, site.redact));
    if (event.type === "gone") client.end();
  };
  return site.fileChats.follow(desk, draft, send, client.signal, client.after);
}

function eventFrame(event: FileChatEvent, clean: (text: string) => string): Frame {
  switch (event.type) {
    case "draft":
      return frame({ event: "draft", data: event.draft }, clean);
    case "progress": {
      const { turn, at } = event.progress;
      return frame({ event: "progress", id: `${turn}:${at}`, data: event.progress }, clean);
    }
    case "gone":
      return frame({ event: "gone", data: { how: event.how } });
  }
}

export const applyRoute = route({
  method: "post",
  path: "/file-chat/{draft}/apply",
  scope: "repo",
  tag,
  summary: "write a draft into its file",
  details: APPLY_DETAILS,
  params: DRAFT,
  body: z.strictObject(APPLY),
  answer: APPLIED,
  errors: ["not_found", "conflict"],
  handle: (call) => apply(call, call.params.draft, call),
});

export const discardRoute = route({
  method: "post",
  path: "/file-chat/{draft}/discard",
  scope: "repo",
  tag,
  summary: "take a draft away, and end what is done on it",
  params: DRAFT,
  answer: DISCARDED,
  errors: ["not_found", "conflict"],
  handle: (call) => discard(call, call.params.draft),
});

export const interruptRoute = route({
  method: "post",
  path: "/file-chat/{draft}/interrupt",
  scope: "repo",
  tag,
  summary: "end the answer that an agent gives; what it has done so far stays in the draft",
  params: DRAFT,
  answer: accepted(FILE_CHAT),
  errors: ["not_found", "conflict"],
  handle: (call) => interrupt(call, call.params.draft),
});

export const applyNamed = route({
  method: "post",
  path: "/file-chat/apply",
  scope: "repo",
  tag,
  summary: "write the draft of a target into its file",
  details: APPLY_DETAILS,
  body: z.strictObject({ ...WHICH, ...APPLY }),
  answer: APPLIED,
  errors: ["not_found", "conflict"],
  handle: async (call) => await apply(call, await draftOf(call, call.body), call),
});

export const discardNamed = route({
  method: "post",
  path: "/file-chat/discard",
  scope: "repo",
  tag,
  summary: "take the draft of a target away",
  body: z.strictObject(WHICH),
  answer: DISCARDED,
  errors: ["not_found", "conflict"],
  handle: async (call) => await discard(call, await draftOf(call, call.body)),
});

export const interruptNamed = route({
  method: "post",
  path: "/file-chat/interrupt",
  scope: "repo",
  tag,
  summary: "end the answer that an agent gives on a target",
  body: z.strictObject(WHICH),
  answer: accepted(FILE_CHAT),
  errors: ["not_found", "conflict"],
  handle: async (call) => await interrupt(call, await draftOf(call, call.body)),
});

export const askOfTicket = route({
  method: "post",
  path: "/tickets/{index}/chat",
  scope: "repo",
  tag,
  summary: "ask an agent to work on a draft of a ticket",
  params: INDEX,
  body: z.strictObject(ASK),
  answer: accepted(FILE_CHAT),
  errors: ["conflict"],
  handle: ({ site, desk, actor, params, body }) =>
    site.fileChats.ask(desk, { ...body, target: { ticket: params.index }, by: actor.by }),
});

export const pendingOfTicket = route({
  method: "get",
  path: "/tickets/{index}/chat/pending",
  scope: "repo",
  tag,
  summary: "read the draft of a ticket, if there is one",
  params: INDEX,
  answer: z.object({ draft: z.nullable(FILE_CHAT) }),
  errors: ["conflict"],
  handle: async ({ site, desk, params }) => {
    const [row] = await site.fileChats.pending(desk, { ticket: params.index });
    return { draft: row === undefined ? null : await site.fileChats.get(desk, row.id) };
  },
});

export const applyOfTicket = route({
  method: "post",
  path: "/tickets/{index}/chat/apply",
  scope: "repo",
  tag,
  summary: "write the draft of a ticket into it",
  details: APPLY_DETAILS,
  params: INDEX,
  body: z.strictObject(APPLY),
  answer: APPLIED,
  errors: ["not_found", "conflict"],
  handle: async (call) => await apply(call, await ofTicket(call, call.params.index), call),
});

export const discardOfTicket = route({
  method: "post",
  path: "/tickets/{index}/chat/discard",
  scope: "repo",
  tag,
  summary: "take the draft of a ticket away",
  params: INDEX,
  answer: DISCARDED,
  errors: ["not_found", "conflict"],
  handle: async (call) => await discard(call, await ofTicket(call, call.params.index)),
});

export const interruptOfTicket = route({
  method: "post",
  path: "/tickets/{index}/chat/interrupt",
  scope: "repo",
  tag,
  summary: "end the answer that an agent gives on a ticket",
  params: INDEX,
  answer: accepted(FILE_CHAT),
  errors: ["not_found", "conflict"],
  handle: async (call) => await interrupt(call, await ofTicket(call, call.params.index)),
});

export const FILE_CHAT_ROUTES = [
  askRoute,
  pendingRoute,
  applyNamed,
  discardNamed,
  interruptNamed,
  getRoute,
  followRoute,
  applyRoute,
  discardRoute,
  interruptRoute,
  askOfTicket,
  pendingOfTicket,
  applyOfTicket,
  discardOfTicket,
  interruptOfTicket,
] as const satisfies readonly Route[];
