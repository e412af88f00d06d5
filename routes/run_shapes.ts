/** The shapes of runs, of turns, and of what is told of them. */

import * as z from "zod/mini";
import { moment } from "./fields.ts";
import { TICKET, VERDICT } from "./ticket_shapes.ts";

/** Tokens. `cached` is a part of `input`, `reasoning` a part of `output`. */
export const USAGE = z.object({
  input: z.number(),
  cached: z.number(),
  output: z.number(),
  reasoning: z.number(),
});

export const TURN = z.object({
  turn: z.string(),
  run: z.string(),
  ticket: z.string(),
  ticketName: z.string(),
  agent: z.string(),
  mode: z.string(),
  number: z.int(),
  ordinal: z.int(),
  startedAtMs: moment(),
  endedAtMs: z.nullable(moment()),
  result: z.nullable(z.enum(["completed", "failed", "interrupted", "lost"])),
  errorKind: z.nullable(z.string()),
  error: z.nullable(z.string()),
  usage: USAGE,
  contextWindow: z.nullable(z.number()),
  toolCalls: z.int(),
  filesChanged: z.int(),
});

export const PAUSE = z.object({
  reason: z.string(),
  detail: z.string(),
  next: z.string(),
  atMs: moment(),
  resumesAtMs: z.nullable(moment()),
});

/** A run as lists show it. */
export const RUN_SUMMARY = z.object({
  id: z.string(),
  status: z.string(),
  phase: z.string(),
  pause: z.nullable(PAUSE),
  ended: z.nullable(z.string()),
  ticket: z.nullable(TICKET),
  startedAtMs: moment(),
  sinceMs: moment(),
  turns: z.int(),
  tokens: z.number(),
  done: z.int(),
});

export const EXPLANATION = z.object({
  subject: z.string(),
  headline: z.string(),
  facts: z.array(
    z.object({ atMs: z.nullable(moment()), seq: z.nullable(z.int()), text: z.string() }),
  ),
  next: z.string(),
});

export const RATE_WINDOW = z.object({
  account: z.string(),
  name: z.string(),
  usedPercent: z.number(),
  windowMinutes: z.nullable(z.number()),
  resetsAtMs: z.nullable(moment()),
  atMs: moment(),
});

/** What `car status` tells. */
export const REPO_STATUS = z.object({
  root: z.string(),
  status: z.string(),
  run: z.nullable(z.string()),
  reason: z.string(),
  next: z.string(),
  sinceAtMs: z.nullable(moment()),
  startedAtMs: z.nullable(moment()),
  pause: z.nullable(PAUSE),
  ticket: z.nullable(z.object({ id: z.string(), label: z.string(), agent: z.string() })),
  turn: z.nullable(z.object({
    id: z.string(),
    ordinal: z.int(),
    startedAtMs: moment(),
    tokens: z.number(),
    toolCalls: z.int(),
    filesChanged: z.int(),
  })),
  turns: z.int(),
  tokens: z.number(),
  limits: z.nullable(z.object({
    turns: z.int(),
    tokens: z.nullable(z.number()),
    wallclockMs: z.nullable(z.number()),
    ticketTurns: z.int(),
  })),
  queue: z.nullable(z.object({
    done: z.int(),
    total: z.int(),
    next: z.nullable(z.string()),
    problems: z.int(),
  })),
  verdicts: z.array(VERDICT),
  owner: z.nullable(z.object({
    pid: z.int(),
    command: z.string(),
    startedAt: z.string(),
    url: z.nullable(z.string()),
  })),
  locked: z.boolean(),
  quota: z.array(RATE_WINDOW),
});
