/** `car context show`: the documents every agent is told. */

import {
  CONTEXT_KINDS,
  type ContextFile,
  isContextKind,
  readContextFile,
} from "../../control/contextspace.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const asked = call.input.optionalArgument("document");
  const repo = await call.context.repo();
  const kinds = Object.keys(CONTEXT_KINDS).filter(isContextKind)
    .filter((kind) => asked === null || kind === asked);
  const files = await Promise.all(kinds.map((kind) => readContextFile(repo, kind)));
  if (call.json) {
    const told = files.map(({ kind, path, text }) => ({ document: kind, path, text }));
    call.output.json(asked === null ? { documents: told } : told[0]);
  } else if (asked === null) showAll(call, files);
  else showOne(call, files);
}

function showAll({ output }: Call, files: readonly ContextFile[]): void {
  for (const { kind, text } of files) {
    output.line(`== ${kind} ==`, "strong");
    if (text.trim() === "") output.line("(empty)", "dim");
    else output.document(text);
    output.line("");
  }
}

function showOne({ output }: Call, [file]: readonly ContextFile[]): void {
  if (file === undefined) return;
  output.document(file.text);
  if (file.text.trim() === "") output.remark(`${file.path} is empty.`);
}
