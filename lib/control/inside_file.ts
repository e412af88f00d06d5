/** A text file of a repo as a whole: never outside of its root, also after links, never without an end. */

import { byteSize } from "../base/text.ts";
import { asCarError } from "../base/errors.ts";
import { readTextStrict, systemCode } from "./files.ts";
import { isInside } from "./ticket_file.ts";

export type InsideFile =
  | {
    readonly type: "text";
    /** Whole, with its byte order mark. */
    readonly text: string;
    /** Absolute, links followed. */
    readonly path: string;
    /** The same, relative to the root. */
    readonly relative: string;
  }
  | { readonly type: "missing" }
  /** A sentence without the file's name, e.g. "it is a folder". */
  | { readonly type: "refused"; readonly why: string };

const BYTE_ORDER_MARK = "\uFEFF";

const refused = (why: string): InsideFile => ({ type: "refused", why });

/**
 * @param root Absolute: the file must lie below it.
 * @param path Relative to `root`.
 */
export async function readInside(
  root: string,
  path: string,
  bytesMax: number,
): Promise<InsideFile> {
  if (path === "" || path.startsWith("/") || path.includes("\0")) {
    return refused("its path does not start in the repo");
  }
  try {
    const [top, real] = [Deno.realPathSync(root), Deno.realPathSync(`${root}/${path}`)];
    if (!isInside(top, real)) return refused("it lies outside the repo");
    const info = Deno.lstatSync(real);
    if (info.isDirectory) return refused("it is a folder");
    if (!info.isFile) return refused("it is no file");
    if (info.size > bytesMax) {
      return refused(`it has ${byteSize(info.size)}, and ${byteSize(bytesMax)} are allowed`);
    }
    const { text, bom } = await readTextStrict(real, { maxBytes: bytesMax });
    const relative = real.slice(top === "/" ? 1 : top.length + 1);
    return { type: "text", text: bom ? BYTE_ORDER_MARK + text : text, path: real, relative };
  } catch (thrown) {
    return failed(thrown);
  }
}

function failed(thrown: unknown): InsideFile {
  const code = systemCode(thrown);
  const known = asCarError(thrown).code;
  if (code === "ENOENT" || code === "ENOTDIR" || known === "not_found") return { type: "missing" };
  if (code === "ELOOP") return refused("its links lead in a circle");
  if (known === "invalid") return refused("it is not UTF-8 text");
  return refused(`it cannot be read (${code === "" ? asCarError(thrown).message : code})`);
}
