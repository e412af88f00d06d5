/** What an agent tells a person: the message being written, and those that were filed. */

import { CarError } from "../base/errors.ts";
import { type Dispatch, type FiledDispatch, openHandoffs } from "../engine/dispatch.ts";
import { chooseAttachments, listFolder } from "./attachments.ts";
import { parseDispatch, readFiledDispatch } from "./dispatch_text.ts";
import { fileAway, listFiled, type Outbox, readMessage } from "./filing.ts";
import { listReplies } from "./replies.ts";
import type { RunPaths } from "./roots.ts";

const DOCUMENT = "DISPATCH.md";

const outbox = (run: RunPaths): Outbox => ({
  document: run.dispatch,
  files: run.dispatchFiles,
  history: run.dispatchHistory,
});

/** The message that waits to be filed. */
export type FoundDispatch =
  | { readonly type: "none" }
  | { readonly type: "found"; readonly dispatch: Dispatch; readonly refused: readonly string[] }
  /** `message` begins with file and line, and says what to do. */
  | { readonly type: "broken"; readonly message: string };

/** A filed dispatch with what surfaces show besides. */
export interface StoredDispatch extends FiledDispatch {
  /** Absolute; attachments lie in `files/` below it. */
  readonly folder: string;
  /** When it was filed, wall time. */
  readonly atMs: number;
  /** One sentence for each attachment that was left in dispatch/. */
  readonly refused: readonly string[];
}

/** Reads DISPATCH.md; the file stays where it is. */
export async function readDispatch(run: RunPaths): Promise<FoundDispatch> {
  let text: string;
  try {
    text = await readMessage(run.dispatch);
  } catch (thrown) {
    if (!(thrown instanceof CarError) || thrown.code === "unavailable") throw thrown;
    if (thrown.code === "not_found") return { type: "none" };
    return { type: "broken", message: brokenText(1, thrown.message) };
  }
  const reading = parseDispatch(text);
  if (!reading.ok) return { type: "broken", message: brokenText(reading.line, reading.message) };
  const { taken, refused } = chooseAttachments(await listFolder(run.dispatchFiles));
  return { type: "found", dispatch: { ...reading.text, attachments: taken }, refused };
}

const brokenText = (line: number, message: string): string =>
  `${DOCUMENT}:${line}: ${message} The file was left in place; mend it or remove it.`;

/**
 * Files DISPATCH.md and its attachments in the history.
 * @param filing `key` names the effect: carried out twice, it files once and gives the same answer.
 * @returns Null when no message waits.
 * @throws {CarError} `invalid` when the message is broken: it stays in place.
 */
export async function fileDispatch(
  run: RunPaths,
  filing: { readonly key: string; readonly atMs: number },
): Promise<StoredDispatch | null> {
  const number = await fileAway(outbox(run), { ...filing, answers: null }, async () => {
    const waiting = await readDispatch(run);
    if (waiting.type === "broken") throw new CarError("invalid", waiting.message);
  });
  if (number === null) return null;
  const [filed] = await listDispatches(run, number - 1);
  return filed ?? null;
}

/** The filed dispatches after number `after`, oldest first. */
export async function listDispatches(
  run: RunPaths,
  after = 0,
): Promise<readonly StoredDispatch[]> {
  const filed = await listFiled(run.dispatchHistory, DOCUMENT, after);
  return filed.map(({ number, folder, note, text, attachments }) => ({
    ...readFiledDispatch(text),
    number,
    folder,
    attachments,
    atMs: note.atMs,
    refused: note.refused,
  }));
}

/** The newest handoff that nobody has answered; null when there is none. */
export async function unansweredHandoff(run: RunPaths): Promise<StoredDispatch | null> {
  const dispatches = await listDispatches(run);
  const open = openHandoffs(dispatches, await listReplies(run)).at(-1);
  return dispatches.find((dispatch) => dispatch.number === open?.number) ?? null;
}
