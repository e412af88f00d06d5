/** Files that an agent has CAR read and write for it, within the reach of the posture. */

import { dirname } from "node:path";
import { CarError } from "../../base/errors.ts";
import { ensureDir, readTextStrict, writeFileAtomic } from "../../control/files.ts";
import type { ClientRow } from "./posture.ts";
import { type Fields, numberAt, textAt } from "./reading.ts";
import { reachablePath } from "./repo_paths.ts";

/** A source file is rarely a hundredth of it, and it goes to the model. */
const FILE_BYTES_MAX = 10 * 1024 * 1024;

function pathIn(params: Fields): string {
  const path = textAt(params, "path");
  if (path === undefined) throw new CarError("invalid", "The request names no `path`.");
  return path;
}

/** Lines from `line` (1 is the first), at most `limit`, with their line ends. */
function window(text: string, line: number | undefined, limit: number | undefined): string {
  if (line === undefined && limit === undefined) return text;
  const lines = text.split(/(?<=\n)/);
  const from = Math.max(0, (line ?? 1) - 1);
  return lines.slice(from, limit === undefined ? undefined : from + limit).join("");
}

/** @throws {CarError} when the posture forbids it, or there is no such text. */
export async function readForAgent(repo: string, row: ClientRow, params: Fields) {
  const path = await reachablePath(repo, pathIn(params), row.reads, "read");
  const { text } = await readTextStrict(path, { maxBytes: FILE_BYTES_MAX });
  return { content: window(text, numberAt(params, "line"), numberAt(params, "limit")) };
}

/** @throws {CarError} when the posture or the system forbids it; the old file is untouched then. */
export async function writeForAgent(repo: string, row: ClientRow, params: Fields) {
  const content = params["content"];
  if (typeof content !== "string") throw new CarError("invalid", "The request has no `content`.");
  const path = await reachablePath(repo, pathIn(params), row.writes, "write");
  await ensureDir(dirname(path));
  await writeFileAtomic(path, content);
  return {};
}
