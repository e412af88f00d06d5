/** The files of a message: what a person attached, and the text for agents that work from a file. */

import { CarError } from "../../base/errors.ts";
import { byteSize } from "../../base/text.ts";
import {
  ATTACHMENT_BYTES_MAX,
  attachmentName,
  ATTACHMENTS_MAX,
} from "../../control/attachments.ts";
import { ensureDir, removeFile, writeFileAtomic } from "../../control/files.ts";
import type { MessageFile } from "../../control/message_rows.ts";
import type { OrchestrationPaths } from "../../control/orchestration.ts";
import type { MessageKey, ThreadKey } from "../../engine/thread.ts";

/** A file that comes with a message. */
export interface Upload {
  /** As the sender calls it; made safe before it is a file's name. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Private: what people show an agent is nobody else's business. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export const threadFolder = (paths: OrchestrationPaths, thread: ThreadKey): string =>
  `${paths.threads}/${thread}`;

const messageFolder = (paths: OrchestrationPaths, thread: ThreadKey, message: MessageKey) =>
  `${threadFolder(paths, thread)}/${message}`;

/** @throws {CarError} `invalid` for too many or too large ones: then none is saved. */
export async function saveUploads(
  paths: OrchestrationPaths,
  thread: ThreadKey,
  message: MessageKey,
  uploads: readonly Upload[],
): Promise<readonly MessageFile[]> {
  if (uploads.length === 0) return [];
  refuseTooMuch(uploads);
  const folder = messageFolder(paths, thread, message);
  await ensureDir(folder, FOLDER_MODE);
  const taken = new Set([MESSAGE_FILE]);
  const saved: MessageFile[] = [];
  for (const { name, bytes } of uploads) {
    const safeName = attachmentName(name, taken);
    taken.add(safeName);
    const path = `${folder}/${safeName}`;
    await writeFileAtomic(path, bytes, FILE_MODE);
    saved.push({ name: safeName, path, bytes: bytes.length });
  }
  return saved;
}

function refuseTooMuch(uploads: readonly Upload[]): void {
  if (uploads.length > ATTACHMENTS_MAX) {
    throw new CarError("invalid", `A message takes ${ATTACHMENTS_MAX} files, not more`);
  }
  const large = uploads.find(({ bytes }) => bytes.length > ATTACHMENT_BYTES_MAX);
  if (large === undefined) return;
  throw new CarError(
    "invalid",
    `${large.name} has ${byteSize(large.bytes.length)}; ` +
      `${byteSize(ATTACHMENT_BYTES_MAX)} are allowed for one file`,
    { hint: "Put it where the agent can read it, and name its path." },
  );
}

/** What the agent is sent: the person's words, and where the files lie. */
export function promptOf(text: string, files: readonly MessageFile[]): string {
  if (files.length === 0) return text;
  const lines = files.map(({ path, bytes }) => `- ${path} (${byteSize(bytes)})`);
  return [text, "", "Attached files:", ...lines].join("\n");
}

const MESSAGE_FILE = "message.md";
/** A fence that begins a block of commands. */
const FENCE = /^ {0,3}(?:`{3,}|~{3,})/m;

/**
 * The message as a file, for the agent that runs what stands in one; a bare command line is a block.
 * @returns Its path, and what takes it away again.
 */
export async function writeMessageFile(
  paths: OrchestrationPaths,
  thread: ThreadKey,
  message: MessageKey,
  text: string,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = messageFolder(paths, thread, message);
  await ensureDir(folder, FOLDER_MODE);
  const path = `${folder}/${MESSAGE_FILE}`;
  const body = FENCE.test(text) ? text : `\`\`\`sh\n${text}\n\`\`\``;
  await writeFileAtomic(path, `---\ndone: false\n---\n${body}\n`, FILE_MODE);
  const remove = async () => {
    await removeFile(path);
    // It stays while there are attachments in it.
    await Deno.remove(folder);
  };
  return { path, remove: () => remove().catch(() => {}) };
}
