/** The shapes of file chats: what they are about, their drafts, and what happens in them. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import { CONTEXT_KINDS, type ContextKind, isContextKind } from "../lib/control/contextspace.ts";
import { DRAFT_STATES, type DraftTarget } from "../lib/hub/file_chat/draft.ts";
import { EDITED_DOCS } from "../lib/hub/todo_docs.ts";
import { moment } from "./fields.ts";
import { LINT_PROBLEM } from "./ticket_shapes.ts";

const KINDS = Object.keys(CONTEXT_KINDS) as ContextKind[];

const DRAFT_TARGET = z.union([
  /** By id, number or file name; told by id. */
  z.object({ ticket: z.string() }),
  z.object({ workspace: z.enum(KINDS) }),
  /** Of the older queue, where that is what the repo works. */
  z.object({ doc: z.enum(EDITED_DOCS) }),
  /** Relative to the repo. */
  z.object({ file: z.string() }),
]);

/** Longest path that is looked at, in characters. */
const PATH_CHARACTERS_MAX = 4_096;

/** A target in one line: `ticket:3`, `contextspace:spec`, `doc:todo`, `file:README.md`. */
export const targetText = () => z.string().check(z.maxLength(PATH_CHARACTERS_MAX));

/** As an object or in one line. */
export const askedTarget = () =>
  z.union([
    z.strictObject({ ticket: z.union([targetText(), z.int()]) }),
    z.strictObject({ workspace: z.enum(KINDS) }),
    z.strictObject({ doc: z.enum(EDITED_DOCS) }),
    z.strictObject({ file: targetText() }),
    targetText(),
  ]);

/** @throws {CarError} `invalid` for a line that names nothing. */
export function targetOf(asked: z.output<ReturnType<typeof askedTarget>>): DraftTarget {
  if (typeof asked !== "string") {
    return "ticket" in asked ? { ticket: String(asked.ticket) } : asked;
  }
  const [kind = "", ...rest] = asked.split(":");
  const name = rest.join(":");
  if (name !== "" && kind === "ticket") return { ticket: name };
  if (name !== "" && kind === "file") return { file: name };
  if ((kind === "contextspace" || kind === "workspace") && isContextKind(name)) {
    return { workspace: name };
  }
  const doc = kind === "doc" ? EDITED_DOCS.find((it) => it === name) : undefined;
  if (doc !== undefined) return { doc };
  throw new CarError("invalid", `"${asked.slice(0, 80)}" is no target of a file chat.`, {
    hint: `Allowed are ticket:NUMBER, file:PATH, contextspace: with one of ${
      KINDS.join(", ")
    }, and doc: with one of ${EDITED_DOCS.join(", ")}.`,
  });
}

const TEXT = z.object({ text: z.string(), etag: z.string() });

export const FILE_CHAT_ROW = z.object({
  id: z.string(),
  target: DRAFT_TARGET,
  path: z.string(),
  state: z.enum(DRAFT_STATES),
  agent: z.string(),
  model: z.nullable(z.string()),
  added: z.int(),
  removed: z.int(),
  /** The file is another than the one the draft was made from. */
  stale: z.boolean(),
  error: z.nullable(z.string()),
  note: z.nullable(z.string()),
  createdMs: moment(),
  updatedMs: moment(),
});

export const FILE_CHAT = z.extend(FILE_CHAT_ROW, {
  messages: z.array(z.object({
    role: z.enum(["person", "agent"]),
    by: z.string(),
    text: z.string(),
    atMs: moment(),
  })),
  /** Unified; empty when nothing would change. */
  diff: z.string(),
  base: TEXT,
  draft: TEXT,
  /** The file as it is now; null when it is gone or cannot be read. */
  current: z.nullable(TEXT),
  missing: z.nullable(z.string()),
  /** Of a ticket's draft. */
  problems: z.array(LINT_PROBLEM),
});

export const PROGRESS = z.object({
  type: z.enum(["delta", "text", "thought", "tool", "output", "tool_ended", "status"]),
  at: z.int(),
  turn: z.string(),
  id: z.string(),
  text: z.string(),
});
