/** A draft as surfaces show it: held against the file as it is now. */

import { asCarError } from "../../base/errors.ts";
import { etagOf } from "../../control/etag.ts";
import type { LintProblem } from "../../engine/ticket.ts";
import type { RepoDesk } from "../fleet/desk.ts";
import { judgeText } from "../ticket_desk.ts";
import { differenceOf } from "./difference.ts";
import type { Draft, DraftMessage, DraftState, DraftTarget, DraftTexts } from "./draft.ts";
import { lookUp, type TargetFile, type TextNow } from "./targets.ts";

/** A draft in a list. */
export interface FileChatRow {
  readonly id: string;
  readonly target: DraftTarget;
  /** Relative to the repo. */
  readonly path: string;
  readonly state: DraftState;
  readonly agent: string;
  readonly model: string | null;
  /** Lines that applying it would add and remove. */
  readonly added: number;
  readonly removed: number;
  /** Whether the file is another than the one the draft was made from. */
  readonly stale: boolean;
  /** Why the last answer failed or ended early. */
  readonly error: string | null;
  /** What a person should know of how the last answer was given. */
  readonly note: string | null;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** A draft as a whole. */
export interface FileChatView extends FileChatRow {
  readonly messages: readonly DraftMessage[];
  /** Unified; empty when the draft changes nothing. */
  readonly diff: string;
  /** What it was made from. */
  readonly base: TextNow;
  readonly draft: TextNow;
  /** The file as it is now; null when it is gone or cannot be read. */
  readonly current: TextNow | null;
  /** Why there is no `current`. */
  readonly missing: string | null;
  /** What the linter would say of the ticket; for other targets empty. */
  readonly problems: readonly LintProblem[];
}

const now = (text: string): TextNow => ({ text, etag: etagOf(text) });

export async function viewOf(desk: RepoDesk, draft: DraftTexts): Promise<FileChatView> {
  const found = await lookUp(desk, draft.target).catch((thrown) => asCarError(thrown));
  const current = found instanceof Error ? null : found;
  const { diff, ...lines } = differenceOf(draft.path, draft.base, draft.text);
  return {
    ...factsOf(draft, current),
    ...lines,
    messages: draft.messages,
    diff,
    base: now(draft.base),
    draft: now(draft.text),
    current: current === null ? null : { text: current.text, etag: current.etag },
    missing: found instanceof Error ? found.message : null,
    problems: "ticket" in draft.target
      ? (await judgeText(desk, current?.name ?? draft.name, draft.text)).problems
      : [],
    stale: current?.text !== draft.base,
  };
}

const factsOf = (draft: Draft, current: TargetFile | null) => ({
  id: draft.id,
  target: draft.target,
  path: current?.path ?? draft.path,
  state: draft.state,
  agent: draft.agent,
  model: draft.model,
  error: draft.error,
  note: draft.note,
  createdMs: draft.createdMs,
  updatedMs: draft.updatedMs,
});

/** What a list shows of it. */
export function rowOf(view: FileChatView): FileChatRow {
  const { id, target, path, state, agent, model, added, removed, stale, error, note } = view;
  const { createdMs, updatedMs } = view;
  return {
    id,
    target,
    path,
    state,
    agent,
    model,
    added,
    removed,
    stale,
    error,
    note,
    createdMs,
    updatedMs,
  };
}
