/** What DISPATCH.md and USER_REPLY.md say: pure reading of their text. */

import { oneLine } from "../base/text.ts";
import { DISPATCH_MODES, type DispatchMode, parseDispatchMode } from "../engine/dispatch.ts";
import { entryOf, type Frontmatter, parseFrontmatter, splitFrontmatter } from "./frontmatter.ts";

export interface DispatchText {
  readonly mode: DispatchMode;
  /** Never empty, one line. */
  readonly title: string;
  readonly body: string;
}

export type DispatchReading =
  | { readonly ok: true; readonly text: DispatchText }
  | { readonly ok: false; readonly line: number; readonly message: string };

const TITLE_CHARACTERS_MAX = 120;

/** Reads a dispatch. Frontmatter is optional; keys besides `mode` and `title` are left alone. */
export function parseDispatch(text: string): DispatchReading {
  if (text.replace(/^\uFEFF/, "").trim() === "") return broken(1, "The dispatch says nothing.");
  if (splitFrontmatter(text).type === "none") return found("notify", "", text);
  const frontmatter = parseFrontmatter(text);
  const problem = frontmatter.problems[0];
  if (problem !== undefined || frontmatter.fences === null) {
    const what = problem?.code.replace(/^frontmatter_|^yaml_/, "").replaceAll("_", " ") ?? "broken";
    const words = problem?.found
      ? `${what}: ${oneLine(problem.found, TITLE_CHARACTERS_MAX)}`
      : what;
    return broken(problem?.line ?? 1, `The frontmatter cannot be read (${words}).`);
  }
  const mode = entryOf(frontmatter, "mode");
  const written = mode?.value.kind === "scalar" ? mode.value.value : mode?.value.kind;
  const known = parseDispatchMode(written);
  if (known === null) {
    const message = `mode: found ${JSON.stringify(written)}; allowed: ${
      DISPATCH_MODES.join(", ")
    }.`;
    return broken(mode?.line ?? 1, message);
  }
  return found(known, titleOf(frontmatter), text.slice(frontmatter.fences.body));
}

const broken = (line: number, message: string): DispatchReading => ({ ok: false, line, message });

function titleOf(frontmatter: Frontmatter): string {
  const node = entryOf(frontmatter, "title")?.value;
  return node?.kind === "scalar" && node.value !== null ? String(node.value) : "";
}

function found(mode: DispatchMode, title: string, text: string): DispatchReading {
  const body = text.replace(/^\uFEFF/, "").trim();
  const named = oneLine(title, TITLE_CHARACTERS_MAX) || firstWords(body) || "Message";
  return { ok: true, text: { mode, title: named, body } };
}

/** The first line that says something, without the marks of a heading or list. */
function firstWords(body: string): string {
  const line = body.split("\n").find((it) => /[\p{L}\p{N}]/u.test(it)) ?? "";
  return oneLine(line.replace(/^[\s#>*-]+/, ""), TITLE_CHARACTERS_MAX);
}

/** The text of a filed dispatch, whatever became of its head since: history is shown, never refused. */
export function readFiledDispatch(text: string): DispatchText {
  const reading = parseDispatch(text);
  if (reading.ok) return reading.text;
  return { mode: "notify", title: firstWords(text) || "Message", body: text.trim() };
}

/** What a person wrote. Frontmatter is optional; of it only a title counts. */
export function parseReply(text: string): string {
  const split = splitFrontmatter(text);
  if (split.type !== "found") return text.replace(/^\uFEFF/, "").trim();
  const frontmatter = parseFrontmatter(text);
  // What looks like frontmatter and is none was meant as text.
  if (frontmatter.problems.length > 0) return text.trim();
  const title = oneLine(titleOf(frontmatter), TITLE_CHARACTERS_MAX);
  const body = text.slice(split.body).trim();
  return title === "" ? body : `${title}\n\n${body}`.trim();
}
