/** What a person answers an agent: given by a surface, or written by hand as USER_REPLY.md. */

import { CarError } from "../base/errors.ts";
import { byteLength, byteSize } from "../base/text.ts";
import type { Reply } from "../engine/dispatch.ts";
import { ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX } from "./attachments.ts";
import { parseReply } from "./dispatch_text.ts";
import {
  fileAway,
  fileGiven,
  listFiled,
  MESSAGE_BYTES_MAX,
  type Outbox,
  readMessage,
} from "./filing.ts";
import type { RunPaths } from "./roots.ts";

const DOCUMENT = "USER_REPLY.md";

const outbox = (run: RunPaths): Outbox => ({
  document: run.reply,
  files: run.replyFiles,
  history: run.replyHistory,
});

export interface StoredReply extends Reply {
  /** Absolute; attachments lie in `files/` below it. */
  readonly folder: string;
  /** When it was filed, wall time. */
  readonly atMs: number;
  /** One sentence for each attachment that was left in reply/. */
  readonly refused: readonly string[];
}

export interface GivenReply {
  readonly text: string;
  /** Names may be anything; they are made safe. */
  readonly attachments?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** The dispatch it answers; null answers all there are. */
  readonly answers: number | null;
  readonly atMs: number;
  /** A reply given twice with the same key is filed once. */
  readonly key: string;
}

/**
 * Files a person's reply. When this returns, the reply survives a crash.
 * @returns Its number.
 * @throws {CarError} `invalid` for an empty or too long reply, too many or too large attachments.
 */
export async function writeReply(run: RunPaths, reply: GivenReply): Promise<number> {
  const attachments = reply.attachments ?? [];
  const fault = faultOf(reply.text, attachments);
  if (fault !== null) throw new CarError("invalid", fault);
  const answers = reply.answers ?? await newestDispatch(run);
  return await fileGiven(run.replyHistory, DOCUMENT, {
    text: reply.text.endsWith("\n") ? reply.text : `${reply.text}\n`,
    attachments,
    note: { key: reply.key, atMs: reply.atMs, answers, refused: [] },
  });
}

function faultOf(
  text: string,
  attachments: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): string | null {
  if (text.trim() === "" && attachments.length === 0) return "The reply is empty.";
  const bytes = byteLength(text);
  if (bytes > MESSAGE_BYTES_MAX) {
    return `The reply has ${byteSize(bytes)}; ${byteSize(MESSAGE_BYTES_MAX)} are allowed.`;
  }
  if (attachments.length > ATTACHMENTS_MAX) {
    return `The reply has ${attachments.length} attachments; ${ATTACHMENTS_MAX} are allowed.`;
  }
  const large = attachments.find((it) => it.bytes.length > ATTACHMENT_BYTES_MAX);
  if (large === undefined) return null;
  const allowed = byteSize(ATTACHMENT_BYTES_MAX);
  return `${large.name} has ${byteSize(large.bytes.length)}; ${allowed} are allowed.`;
}

async function newestDispatch(run: RunPaths): Promise<number | null> {
  const filed = await listFiled(run.dispatchHistory, "DISPATCH.md");
  return filed.at(-1)?.number ?? null;
}

/** The filed replies after number `after`, oldest first. */
export async function listReplies(run: RunPaths, after = 0): Promise<readonly StoredReply[]> {
  const filed = await listFiled(run.replyHistory, DOCUMENT, after);
  return filed.map(({ number, folder, note, text, attachments }) => ({
    number,
    answers: note.answers,
    text: parseReply(text),
    attachments,
    folder,
    atMs: note.atMs,
    refused: note.refused,
  }));
}

/**
 * Files a USER_REPLY.md written by hand, then gives the replies after number `after`. For the owner
 * of the repo only.
 * @throws {CarError} `invalid` when USER_REPLY.md is no readable text: it stays in place.
 */
export async function takeReplies(
  run: RunPaths,
  after: number,
  atMs: number,
): Promise<readonly StoredReply[]> {
  const note = { key: `hand-${crypto.randomUUID()}`, atMs, answers: await newestDispatch(run) };
  await fileAway(outbox(run), note, () => readMessage(run.reply));
  return await listReplies(run, after);
}
