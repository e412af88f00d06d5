/** The repo's own words to agents. CAR hands them over, since Codex reads them only of repos it trusts. */

import { clipHead } from "../../base/text.ts";
import { CarError } from "../../base/errors.ts";

const FILE = "AGENTS.md";
/** As much as Codex itself would read. */
const BYTES_MAX = 32 * 1024;

/**
 * The text of AGENTS.md at the root of the repo, cut at 32 KiB; null: there is none.
 * @throws {CarError} `invalid` when it is not UTF-8.
 */
export async function readInstructions(repo: string): Promise<string | null> {
  const bytes = await readIfThere(`${repo}/${FILE}`);
  if (bytes === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.trim() === "" ? null : clipHead(text, BYTES_MAX).text;
  } catch (cause) {
    throw new CarError("invalid", `${FILE} is not UTF-8 text`, {
      hint: `Save ${repo}/${FILE} as UTF-8.`,
      cause,
    });
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    // Links are followed first: a restricted CAR may then not read what lies outside.
    const real = await Deno.realPath(path);
    const { isFile } = await Deno.stat(real);
    return isFile ? await Deno.readFile(real) : null;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}
