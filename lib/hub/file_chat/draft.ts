/** What a file chat's draft is, and its form on the disk. */

import * as z from "zod/mini";
import { CONTEXT_KINDS, type ContextKind } from "../../control/contextspace.ts";
import { EDITED_DOCS, type EditedDoc } from "../todo_docs.ts";

/** What a person can have an agent change. */
export type DraftTarget =
  /** By id; by file name where it has none. Askers may give its number. */
  | { readonly ticket: string }
  | { readonly workspace: ContextKind }
  /** A document of the older queue. */
  | { readonly doc: EditedDoc }
  /** Relative to the repo, links followed. */
  | { readonly file: string };

/**
 * `idle`: the agent has answered and the draft is as the file was. `ready`: there is a difference to
 * apply. After `failed` and `interrupted` there may be one as well.
 */
export const DRAFT_STATES = ["idle", "running", "ready", "failed", "interrupted"] as const;
export type DraftState = typeof DRAFT_STATES[number];

/** Longest text of a file that can be worked on, and of its draft, in bytes. */
export const DRAFT_BYTES_MAX = 1024 * 1024;
/** Longest ask, and the part of an answer that is kept, in bytes. */
export const MESSAGE_BYTES_MAX = 64 * 1024;
/** Messages of one draft that are kept, the newest. */
export const MESSAGES_MAX = 200;

const MESSAGE = z.object({
  role: z.enum(["person", "agent"]),
  by: z.string(),
  text: z.string(),
  atMs: z.number(),
});

const DRAFT = z.object({
  version: z.literal(1),
  id: z.string(),
  target: z.union([
    z.object({ ticket: z.string() }),
    z.object({ workspace: z.enum(Object.keys(CONTEXT_KINDS) as ContextKind[]) }),
    z.object({ doc: z.enum(EDITED_DOCS) }),
    z.object({ file: z.string() }),
  ]),
  path: z.string(),
  name: z.string(),
  state: z.enum(DRAFT_STATES),
  agent: z.string(),
  model: z.nullable(z.string()),
  agentThread: z.nullable(z.string()),
  messages: z.array(MESSAGE),
  createdMs: z.number(),
  updatedMs: z.number(),
  error: z.nullable(z.string()),
  note: z.nullable(z.string()),
});

export type DraftMessage = Readonly<z.output<typeof MESSAGE>>;

/** All of a draft but its two texts. */
export interface Draft {
  readonly id: string;
  readonly target: DraftTarget;
  /** Relative to the repo, as it was found last. */
  readonly path: string;
  /** Of the copy: the file's own. */
  readonly name: string;
  readonly state: DraftState;
  readonly agent: string;
  /** Null: as the config says. */
  readonly model: string | null;
  /** The agent's own name of the conversation. */
  readonly agentThread: string | null;
  readonly messages: readonly DraftMessage[];
  readonly createdMs: number;
  readonly updatedMs: number;
  /** Why the last answer failed or ended early, in a sentence. */
  readonly error: string | null;
  /** What a person should know of how the last answer was given. */
  readonly note: string | null;
}

/** A draft with its texts. */
export interface DraftTexts extends Draft {
  /** The file as it was when the draft was made from it. */
  readonly base: string;
  /** As the last turn left it. */
  readonly text: string;
}

export const encodeDraft = (draft: Draft): string => {
  const { id, target, path, name, state, agent, model, agentThread, messages } = draft;
  const { createdMs, updatedMs, error, note } = draft;
  return `${
    JSON.stringify(
      {
        version: 1,
        id,
        target,
        path,
        name,
        state,
        agent,
        model,
        agentThread,
        messages: messages.slice(-MESSAGES_MAX),
        createdMs,
        updatedMs,
        error,
        note,
      },
      null,
      1,
    )
  }\n`;
};

/** Null for anything else than a draft of this version. */
export function decodeDraft(text: string): Draft | null {
  try {
    const { version: _, ...draft } = z.parse(DRAFT, JSON.parse(text));
    return draft;
  } catch {
    return null;
  }
}

const ID = /^fc_[0-9a-f]{16}$/;

/** @param hex 16 hex digits of chance. */
export const draftId = (hex: string): string => `fc_${hex}`;
export const isDraftId = (text: string): boolean => ID.test(text);

export type TargetKind = "ticket" | "workspace" | "doc" | "file";

export function kindOf(target: DraftTarget): TargetKind {
  if ("ticket" in target) return "ticket";
  if ("doc" in target) return "doc";
  return "file" in target ? "file" : "workspace";
}

/** The same for the same thing, e.g. `ticket:tkt_…`, `workspace:spec`, `doc:todo`, `file:src/a.ts`. */
export function targetKey(target: DraftTarget): string {
  if ("ticket" in target) return `ticket:${target.ticket}`;
  if ("doc" in target) return `doc:${target.doc}`;
  return "file" in target ? `file:${target.file}` : `workspace:${target.workspace}`;
}
