/** Messages between agent and person: dispatches one way, replies the other. Their files are control's. */

/** `notify` tells; `pause` asks and makes the run wait: a handoff. */
export const DISPATCH_MODES = ["notify", "pause"] as const;
export type DispatchMode = (typeof DISPATCH_MODES)[number];

/** What an agent wrote, before it is filed. */
export interface Dispatch {
  readonly mode: DispatchMode;
  readonly title: string;
  readonly body: string;
  /** File names in the dispatch folder. */
  readonly attachments: readonly string[];
}

/** A dispatch in the history of its run. */
export interface FiledDispatch extends Dispatch {
  /** From 1, in the order of filing. */
  readonly number: number;
}

export interface Reply {
  /** From 1, in the order of filing. */
  readonly number: number;
  /** The newest dispatch when it was filed; null when there was none. It answers that one and all before. */
  readonly answers: number | null;
  readonly text: string;
  readonly attachments: readonly string[];
}

/** The mode named by `word`; nothing written means `notify`; null when the word is none. */
export function parseDispatchMode(word: unknown): DispatchMode | null {
  if (word === undefined || word === null || word === "") return "notify";
  if (typeof word !== "string") return null;
  const mode = word.trim().toLowerCase();
  return DISPATCH_MODES.find((it) => it === mode) ?? null;
}

/** Folder of number `n` in a history: `0001`. */
export const historyName = (n: number): string => String(n).padStart(4, "0");

/** The number of a history folder; null for any other name. */
export function parseHistoryName(name: string): number | null {
  const number = /^\d{4,9}$/.test(name) ? Number(name) : 0;
  return number > 0 ? number : null;
}

/** The number after the highest; gaps are not filled, so that a number means one thing for ever. */
export function nextHistoryNumber(names: Iterable<string>): number {
  let highest = 0;
  for (const name of names) highest = Math.max(highest, parseHistoryName(name) ?? 0);
  return highest + 1;
}

/** Replies the agent has not been told yet, oldest first, each once. */
export function newReplies(replies: readonly Reply[], lastTold: number): readonly Reply[] {
  const byNumber = new Map(
    replies.filter((reply) => reply.number > lastTold).map((reply) => [reply.number, reply]),
  );
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** Handoffs nobody has answered, oldest first. */
export function openHandoffs(
  dispatches: readonly FiledDispatch[],
  replies: readonly Reply[],
): readonly FiledDispatch[] {
  const answered = replies.reduce((newest, reply) => Math.max(newest, reply.answers ?? 0), 0);
  return dispatches
    .filter((dispatch) => dispatch.mode === "pause" && dispatch.number > answered)
    .sort((a, b) => a.number - b.number);
}
