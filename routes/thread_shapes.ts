/** The shapes of chat threads, their messages and what is told in them. */

import * as z from "zod/mini";
import type { Message } from "../lib/control/message_rows.ts";
import type { Thread } from "../lib/control/thread_rows.ts";
import { MESSAGE_STATES } from "../lib/engine/thread.ts";
import { moment } from "./fields.ts";
import { USAGE } from "./run_shapes.ts";

export const THREAD = z.object({
  id: z.string(),
  scope: z.object({
    kind: z.enum(["hub", "repo", "worktree"]),
    repo: z.nullable(z.string()),
    root: z.string(),
  }),
  agent: z.string(),
  model: z.nullable(z.string()),
  posture: z.nullable(z.string()),
  title: z.string(),
  forkOf: z.nullable(z.string()),
  draft: z.string(),
  createdMs: moment(),
  updatedMs: moment(),
  archivedMs: z.nullable(moment()),
  lastSeq: z.int(),
  status: z.string(),
  queued: z.int(),
});

export const MESSAGE = z.object({
  id: z.string(),
  number: z.int(),
  role: z.enum(["user", "system"]),
  by: z.string(),
  text: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.int() })),
  state: z.enum(MESSAGE_STATES),
  posture: z.nullable(z.string()),
  answer: z.string(),
  usage: USAGE,
  error: z.nullable(z.string()),
  queuedMs: moment(),
  startedMs: z.nullable(moment()),
  endedMs: z.nullable(moment()),
});

export const THREAD_EVENT = z.object({
  seq: z.int(),
  type: z.string(),
  message: z.nullable(z.string()),
  atMs: moment(),
  body: z.unknown(),
});

export const shownThread = (it: Thread) => ({
  id: it.id,
  scope: it.scope,
  agent: it.agent,
  model: it.model,
  posture: it.posture,
  title: it.title,
  forkOf: it.forkOf,
  draft: it.draft,
  createdMs: it.createdMs,
  updatedMs: it.updatedMs,
  archivedMs: it.archivedMs,
  lastSeq: it.lastSeq,
  status: it.status,
  queued: it.queued,
});

export const shownMessage = (it: Message) => ({
  id: it.id,
  number: it.number,
  role: it.role,
  by: it.by,
  text: it.text,
  files: it.files.map(({ name, bytes }) => ({ name, bytes })),
  state: it.state,
  posture: it.posture,
  answer: it.answer,
  usage: it.usage,
  error: it.error,
  queuedMs: it.queuedMs,
  startedMs: it.startedMs,
  endedMs: it.endedMs,
});
