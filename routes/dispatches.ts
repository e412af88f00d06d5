/** What the agents of a run told and asked, and what people answered. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import { writeReply } from "../lib/control/replies.ts";
import { findDispatch, openDispatchBox } from "../lib/hub/dispatch_box.ts";
import { type Bytes, bytes, created } from "./answers.ts";
import { moment, numeral, segment } from "./fields.ts";
import { type Route, route } from "./route.ts";

const tag = "dispatches";
/** As long as a message may be, in characters. */
const REPLY_CHARACTERS_MAX = 1_000_000;
/** Larger files belong into the repo, where the agent finds them. */
const ATTACHMENT_BYTES_MAX = 10 * 1024 * 1024;

const DISPATCH = z.object({
  number: z.int(),
  mode: z.enum(["notify", "pause"]),
  title: z.string(),
  body: z.string(),
  attachments: z.array(z.string()),
  refused: z.array(z.string()),
  atMs: moment(),
  /** It asks, and nobody has answered. */
  isOpen: z.boolean(),
});

const REPLY = z.object({
  number: z.int(),
  answers: z.nullable(z.int()),
  text: z.string(),
  attachments: z.array(z.string()),
  refused: z.array(z.string()),
  atMs: moment(),
});

export const listDispatches = route({
  method: "get",
  path: "/dispatches",
  scope: "repo",
  tag,
  summary: "list what the agents of a run told and asked, and the replies",
  query: z.strictObject({ run: z.optional(z.string()) }),
  answer: z.object({
    run: z.nullable(z.string()),
    dispatches: z.array(DISPATCH),
    replies: z.array(REPLY),
  }),
  handle: async ({ desk, query }) => {
    const { past } = await desk.reading();
    if (query.run === undefined && (past?.journal.lastRun() ?? null) === null) {
      return { run: null, dispatches: [], replies: [] };
    }
    const box = await openDispatchBox(desk.paths, query.run ?? null);
    const open = new Set(box.open);
    return {
      run: box.run,
      dispatches: box.dispatches.map((it) => ({ ...it, isOpen: open.has(it.number) })),
      replies: box.replies,
    };
  },
});

export const replyRoute = route({
  method: "post",
  path: "/dispatches/{number}/reply",
  scope: "repo",
  tag,
  summary: "answer a dispatch; the agent reads it with its next prompt",
  params: z.object({ number: numeral(1) }),
  body: z.strictObject({
    text: z.string().check(z.trim(), z.minLength(1), z.maxLength(REPLY_CHARACTERS_MAX)),
    run: z.optional(z.string()),
    /** Goes on with the run, if it is paused. */
    resume: z.optional(z.boolean()),
  }),
  answer: created(z.object({
    run: z.string(),
    reply: z.int(),
    answers: z.int(),
    resumed: z.boolean(),
    /** Why the run was not resumed although it was asked for; null otherwise. */
    notResumed: z.nullable(z.string()),
  })),
  errors: ["conflict"],
  handle: async ({ desk, params, body, actor, site }) => {
    const box = await openDispatchBox(desk.paths, body.run ?? null);
    const { number } = findDispatch(box, params.number);
    const reply = await writeReply(box.paths, {
      text: body.text,
      attachments: [],
      answers: number,
      atMs: site.clock.now(),
      key: crypto.randomUUID(),
    });
    const filed = { run: box.run, reply, answers: number };
    if (body.resume !== true) return { ...filed, resumed: false, notResumed: null };
    // The reply is filed whatever becomes of the resume: it is told, not undone.
    const answer = await desk.command({ type: "resume", by: actor.by, settings: null })
      .catch((thrown) => {
        if (!(thrown instanceof CarError)) throw thrown;
        return { ok: false as const, message: thrown.message };
      });
    return { ...filed, resumed: answer.ok, notResumed: answer.ok ? null : answer.message };
  },
});

export const attachmentRoute = route({
  method: "get",
  path: "/dispatches/{number}/files/{name}",
  scope: "repo",
  tag,
  summary: "fetch a file that an agent attached",
  params: z.object({ number: numeral(1), name: segment() }),
  query: z.strictObject({ run: z.optional(z.string()) }),
  answer: bytes(),
  handle: async ({ desk, params, query }): Promise<Bytes> => {
    const box = await openDispatchBox(desk.paths, query.run ?? null);
    const dispatch = findDispatch(box, params.number);
    // Only names that were filed: whatever else stands in the folder is nobody's business.
    if (!dispatch.attachments.includes(params.name)) {
      throw new CarError("not_found", `${params.name} is not attached to it.`);
    }
    const path = `${dispatch.folder}/files/${params.name}`;
    const info = await Deno.lstat(path);
    if (!info.isFile || info.size > ATTACHMENT_BYTES_MAX) {
      throw new CarError("invalid", `${params.name} cannot be sent; it lies at ${path}.`);
    }
    return { bytes: await Deno.readFile(path), fileName: params.name };
  },
});

export const DISPATCH_ROUTES = [
  listDispatches,
  replyRoute,
  attachmentRoute,
] as const satisfies readonly Route[];
