/** Chat threads: begun, written to, followed; the same rows at `/api/threads` and `/hub/threads`. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import { asHubConfig, loadConfig } from "../lib/control/config.ts";
import type { ThreadScope } from "../lib/control/thread_rows.ts";
import type { ThreadKey } from "../lib/engine/thread.ts";
import type { Posture } from "../lib/engine/ports.ts";
import type { Upload as SavedUpload } from "../lib/hub/threads/files.ts";
import { MESSAGE_BYTES_MAX, type Threads } from "../lib/hub/threads/threads.ts";
import { accepted, created, empty, sse } from "./answers.ts";
import { numeral, queryFlag, segment } from "./fields.ts";
import { type Route, route } from "./route.ts";
import type { Site } from "./site.ts";
import { type EventClient, frame } from "./sse.ts";
import { MESSAGE, shownMessage, shownThread, THREAD, THREAD_EVENT } from "./thread_shapes.ts";

const tag = "threads";
const ID = z.object({ thread: segment() });
const MESSAGE_ID = z.object({ thread: segment(), message: segment() });
const POSTURES = ["yolo", "safe", "read-only"] as const satisfies readonly Posture[];
const text = () => z.string().check(z.minLength(1), z.maxLength(MESSAGE_BYTES_MAX));

/** Bytes of all files of one message, as they travel in JSON. */
const FILES_CHARACTERS_MAX = 700_000;
const FILE = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  base64: z.string().check(z.maxLength(FILES_CHARACTERS_MAX)),
});

const WISH = z.strictObject({
  text: text(),
  /** The sender's own id: the same twice is one message. */
  clientId: z.optional(z.string().check(z.maxLength(100))),
  files: z.optional(z.array(FILE).check(z.maxLength(10))),
});

const BEGIN = z.strictObject({
  /** A repo or worktree of the hub; absent: the hub itself, in repo mode the repo. */
  repo: z.optional(z.string()),
  agent: z.optional(z.string()),
  model: z.optional(z.string()),
  posture: z.optional(z.enum(POSTURES)),
  title: z.optional(z.string()),
  message: z.optional(WISH),
});

const ONE = z.object({ thread: THREAD });
const SENT = accepted(z.object({ message: MESSAGE }));

function scopeOf({ fleet }: Site, repo: string | undefined): ThreadScope {
  if (fleet.mode === "repo") return { kind: "repo", repo: null, root: fleet.root };
  if (repo === undefined) return { kind: "hub", repo: null, root: fleet.root };
  const { kind, id, root } = fleet.requireDesk(repo).row();
  return { kind: kind === "worktree" ? "worktree" : "repo", repo: id, root };
}

/** The agents one may talk to in a place, the usual one first asked of the config. */
async function agentsOf({ fleet, environment }: Site, repo: string | undefined) {
  const desk = fleet.mode === "repo"
    ? fleet.requireDesk(fleet.repos()[0]?.id ?? "")
    : repo === undefined
    ? null
    : fleet.requireDesk(repo);
  const { agents, runner } = desk === null
    ? asHubConfig(await loadConfig({ root: fleet.root, env: environment }))
    : await desk.config();
  return { agents: Object.keys(agents), usual: runner.default_agent };
}

const uploads = (files: z.output<typeof WISH>["files"]): readonly SavedUpload[] =>
  (files ?? []).map(({ name, base64 }) => ({ name, bytes: fromBase64(name, base64) }));

function fromBase64(name: string, base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    throw new CarError("invalid", `${name} is not sent as base64.`);
  }
}

const send = (threads: Threads, thread: string, wish: z.output<typeof WISH>, by: string) =>
  threads.send(thread, {
    text: wish.text,
    by,
    clientId: wish.clientId ?? null,
    files: uploads(wish.files),
  });

/** Every row about threads below one address. */
function threadRows<const Base extends string, const S extends "site" | "hub">(
  base: Base,
  scope: S,
): readonly Route[] {
  const shared = { scope, tag } as const;
  return [
    route({
      ...shared,
      method: "get",
      path: base,
      summary: "list the threads, newest first",
      query: z.strictObject({
        repo: z.optional(z.string()),
        archived: z.optional(queryFlag()),
        limit: z.optional(numeral(1, 500)),
      }),
      answer: z.object({ threads: z.array(THREAD) }),
      handle: async ({ site, query }) => ({
        threads: (await site.threads.open()).list({
          archived: query.archived ?? false,
          ...(query.repo === undefined ? {} : { repo: query.repo }),
          ...(query.limit === undefined ? {} : { limit: query.limit }),
        }).map(shownThread),
      }),
    }),
    route({
      ...shared,
      method: "post",
      path: base,
      summary: "begin a thread with an agent, and say something in it",
      body: BEGIN,
      answer: created(ONE),
      errors: ["conflict"],
      handle: async ({ site, body, actor }) => {
        const threads = await site.threads.open();
        const { agents, usual } = await agentsOf(site, body.repo);
        const agent = body.agent ?? usual;
        if (!agents.includes(agent)) {
          throw new CarError("not_found", `There is no agent "${agent}".`, {
            hint: `Configured are ${agents.join(", ")}.`,
          });
        }
        const thread = threads.create({
          scope: scopeOf(site, body.repo),
          agent,
          model: body.model ?? null,
          posture: body.posture ?? null,
          title: body.title ?? "",
          by: actor.by,
        });
        if (body.message !== undefined) await send(threads, thread.id, body.message, actor.by);
        return { thread: shownThread(threads.get(thread.id)) };
      },
    }),
    ...oneThreadRows(`${base}/{thread}`, scope),
    ...messageRows(`${base}/{thread}/messages`, scope),
  ];
}

const pageOf = (
  { before, limit }: { before?: number | undefined; limit?: number | undefined },
) => ({
  ...(before === undefined ? {} : { before }),
  ...(limit === undefined ? {} : { limit }),
});

function oneThreadRows(path: string, scope: "site" | "hub"): readonly Route[] {
  const shared = { scope, tag, params: ID } as const;
  return [
    route({
      ...shared,
      method: "get",
      path,
      summary: "show a thread with its newest messages",
      query: z.strictObject({ before: z.optional(numeral()), limit: z.optional(numeral(1, 200)) }),
      answer: z.object({ thread: THREAD, messages: z.array(MESSAGE) }),
      handle: async ({ site, params, query }) => {
        const threads = await site.threads.open();
        return {
          thread: shownThread(threads.get(params.thread)),
          messages: threads.messages(params.thread, pageOf(query)).map(shownMessage),
        };
      },
    }),
    route({
      ...shared,
      method: "patch",
      path,
      summary: "rename a thread, archive it or bring it back, or keep what one has begun to write",
      body: z.strictObject({
        title: z.optional(z.string()),
        archived: z.optional(z.boolean()),
        draft: z.optional(z.string().check(z.maxLength(MESSAGE_BYTES_MAX))),
      }),
      answer: ONE,
      errors: ["conflict"],
      handle: async ({ site, params, body, actor }) => {
        const threads = await site.threads.open();
        const { thread: id } = params;
        if (body.title !== undefined) threads.rename(id, body.title, actor.by);
        if (body.archived === true) threads.archive(id, actor.by);
        if (body.archived === false) threads.unarchive(id, actor.by);
        if (body.draft !== undefined) threads.saveDraft(id, body.draft);
        return { thread: shownThread(threads.get(id)) };
      },
    }),
    route({
      ...shared,
      method: "post",
      path: `${path}/interrupt`,
      summary: "end the answer that is being given; what waits goes on",
      answer: SENT,
      errors: ["conflict"],
      handle: async ({ site, params, actor }) => ({
        message: shownMessage((await site.threads.open()).interrupt(params.thread, actor.by)),
      }),
    }),
    route({
      ...shared,
      method: "post",
      path: `${path}/fork`,
      summary: "begin a thread whose agent knows all that was said in this one",
      body: z.strictObject({ title: z.optional(z.string()) }),
      answer: created(ONE),
      errors: ["conflict", "unavailable"],
      handle: async ({ site, params, body, actor }) => {
        const threads = await site.threads.open();
        const forked = await threads.fork(params.thread, actor.by, body.title);
        return { thread: shownThread(forked) };
      },
    }),
    ...followRows(path, scope),
  ];
}

function followRows(path: string, scope: "site" | "hub"): readonly Route[] {
  const shared = { scope, tag, params: ID } as const;
  return [
    route({
      ...shared,
      method: "get",
      path: `${path}/events`,
      summary: "read the transcript of a thread, a page at a time",
      query: z.strictObject({ after: z.optional(numeral()) }),
      answer: z.object({ events: z.array(THREAD_EVENT) }),
      handle: async ({ site, params, query }) => {
        const page = query.after === undefined ? {} : { after: query.after };
        return { events: [...(await site.threads.open()).events(params.thread, page)] };
      },
    }),
    route({
      ...shared,
      method: "get",
      path: `${path}/live`,
      summary: "follow a thread: its transcript from where one is, and what is being said",
      query: z.strictObject({ after: z.optional(z.string()) }),
      answer: sse({
        event: THREAD_EVENT,
        delta: z.looseObject({ message: z.string() }),
        output: z.looseObject({ message: z.string() }),
      }),
      handle: async ({ site, params }) => {
        const threads = await site.threads.open();
        const { id } = threads.get(params.thread);
        return (client) => follow(threads, id, client, site.redact);
      },
    }),
  ];
}

async function follow(
  threads: Threads,
  thread: ThreadKey,
  client: EventClient,
  clean: (text: string) => string,
): Promise<void> {
  const asked = Number(client.after ?? "0");
  const after = Number.isSafeInteger(asked) && asked >= 0 ? asked : 0;
  for await (const update of threads.follow(thread, { after, signal: client.signal })) {
    if (update.type === "event") {
      client.send(frame({ event: "event", id: update.event.seq, data: update.event }, clean));
      // A long transcript is read as fast as its reader takes it.
      if (!await client.room()) return;
    } else client.send(frame({ event: update.type, data: update }, clean));
  }
}

function messageRows(path: string, scope: "site" | "hub"): readonly Route[] {
  const shared = { scope, tag } as const;
  const moves = [
    ["cancel", "take back a message that waits"],
    ["retry", "send what failed or was interrupted once more"],
  ] as const;
  return [
    route({
      ...shared,
      method: "post",
      path,
      summary: "say something in a thread; it waits while an answer is being given",
      params: ID,
      body: WISH,
      answer: SENT,
      errors: ["conflict"],
      handle: async ({ site, params, body, actor }) => {
        const threads = await site.threads.open();
        return { message: shownMessage(await send(threads, params.thread, body, actor.by)) };
      },
    }),
    route({
      ...shared,
      method: "put",
      path: `${path}/{message}`,
      summary: "change the text of a message that waits",
      params: MESSAGE_ID,
      body: z.strictObject({ text: text() }),
      answer: SENT,
      errors: ["conflict"],
      handle: async ({ site, params, body, actor }) => {
        const threads = await site.threads.open();
        const edited = threads.edit(params.thread, params.message, body.text, actor.by);
        return { message: shownMessage(edited) };
      },
    }),
    ...moves.map(([move, summary]) =>
      route({
        ...shared,
        method: "post",
        path: `${path}/{message}/${move}`,
        summary,
        params: MESSAGE_ID,
        answer: SENT,
        errors: ["conflict"],
        handle: async ({ site, params, actor }) => {
          const threads = await site.threads.open();
          return { message: shownMessage(threads[move](params.thread, params.message, actor.by)) };
        },
      })
    ),
  ];
}

const agentsRow = route({
  method: "get",
  path: "/api/thread-agents",
  scope: "site",
  tag,
  summary: "tell which agents one may talk to in a place",
  query: z.strictObject({ repo: z.optional(z.string()) }),
  answer: z.object({ agents: z.array(z.string()), usual: z.string() }),
  handle: ({ site, query }) => agentsOf(site, query.repo),
});

const answerRow = route({
  method: "post",
  path: "/api/thread-inbox/{id}/answer",
  scope: "site",
  tag,
  summary: "answer what an agent asks in a chat",
  params: z.object({ id: segment() }),
  body: z.strictObject({ answer: text() }),
  answer: empty(),
  errors: ["conflict"],
  handle: async ({ site, params, body, actor }) => {
    const given = (await site.threads.open()).answer(params.id, body.answer, actor.by);
    if (!given.ok) throw new CarError("conflict", given.message, { hint: given.hint });
  },
});

/** One address for a person in a repo: say something, in a thread or a new one. */
const chatRow = route({
  method: "post",
  path: "/chat",
  scope: "repo",
  tag,
  summary: "say something to an agent in this repo, in a thread or a new one",
  body: z.strictObject({
    message: text(),
    thread: z.optional(z.string()),
    agent: z.optional(z.string()),
    model: z.optional(z.string()),
  }),
  answer: accepted(z.object({ thread: THREAD, message: MESSAGE })),
  errors: ["conflict"],
  handle: async ({ site, desk, body, actor }) => {
    const threads = await site.threads.open();
    const repo = site.fleet.mode === "hub" ? desk.id : undefined;
    const { usual } = await agentsOf(site, repo);
    const id = body.thread ?? threads.create({
      scope: scopeOf(site, repo),
      agent: body.agent ?? usual,
      model: body.model ?? null,
      by: actor.by,
    }).id;
    const message = await send(threads, id, { text: body.message }, actor.by);
    return { thread: shownThread(threads.get(id)), message: shownMessage(message) };
  },
});

export const THREAD_ROUTES = [
  ...threadRows("/api/threads", "site"),
  ...threadRows("/hub/threads", "hub"),
  agentsRow,
  answerRow,
  chatRow,
] as const satisfies readonly Route[];
