/** The shapes of tickets and of what the linter says of them. */

import * as z from "zod/mini";
import { moment } from "./fields.ts";

/** A place in the queue, from the file's name. */
export const ticketNumber = () => z.int().check(z.gte(0), z.lte(999_999_999));

export const LINT_PROBLEM = z.object({
  code: z.string(),
  /** File name in the ticket folder; `.` for the folder itself. */
  file: z.string(),
  line: z.int(),
  key: z.nullable(z.string()),
  message: z.string(),
  fixable: z.boolean(),
});

export const TICKET = z.object({
  id: z.string(),
  number: z.int(),
  name: z.string(),
  agent: z.string(),
  done: z.boolean(),
  title: z.nullable(z.string()),
  goal: z.nullable(z.string()),
  model: z.nullable(z.string()),
  reasoning: z.nullable(z.string()),
  profile: z.nullable(z.string()),
  dependsOn: z.array(z.union([z.number(), z.string()])),
  verify: z.array(z.object({ run: z.string(), timeoutSeconds: z.nullable(z.number()) })),
  limits: z.object({
    turns: z.nullable(z.number()),
    minutes: z.nullable(z.number()),
    tokens: z.nullable(z.number()),
  }),
  touches: z.array(z.string()),
  mayChange: z.array(z.string()),
  context: z.array(z.object({
    path: z.string(),
    maxBytes: z.nullable(z.number()),
    required: z.boolean(),
  })),
  review: z.nullable(z.string()),
  fallback: z.nullable(z.string()),
});

/** `broken`: the linter must be heard before it can be worked on. */
export const TICKET_STATE = z.enum(["open", "done", "broken"]);

export const LISTED_TICKET = z.extend(TICKET, {
  state: TICKET_STATE,
  /** What the last run made of it; null when none has. */
  verdict: z.nullable(z.string()),
});

export const TICKET_DOC = z.object({
  name: z.string(),
  number: z.int(),
  path: z.string(),
  text: z.string(),
  body: z.string(),
  etag: z.string(),
  ticket: z.nullable(TICKET),
  problems: z.array(LINT_PROBLEM),
  previous: z.nullable(z.int()),
  next: z.nullable(z.int()),
});

export const RENAMED = z.array(z.object({ from: z.string(), to: z.string() }));

export const EVIDENCE = z.object({
  command: z.string(),
  exitCode: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  timedOut: z.boolean(),
  seconds: z.number(),
  outputSha256: z.string(),
  outputTail: z.string(),
  treeId: z.nullable(z.string()),
  atMs: moment(),
});

export const VERDICT = z.object({
  seq: z.int(),
  run: z.string(),
  turn: z.nullable(z.string()),
  ticket: z.string(),
  ticketName: z.string(),
  ticketTitle: z.nullable(z.string()),
  atMs: moment(),
  type: z.string(),
  by: z.enum(["gate", "person"]),
  reasons: z.array(z.string()),
  evidence: z.array(EVIDENCE),
  treeId: z.nullable(z.string()),
  commit: z.nullable(z.string()),
});
