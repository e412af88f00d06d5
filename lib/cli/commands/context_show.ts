/** `car context show`: the documents every agent is told. */

import { readTextStrict } from "../../control/files.ts";
import { contextspacePaths } from "../../control/roots.ts";
import { CarError } from "../../base/errors.ts";
import type { Call } from "../command.ts";
import { CONTEXT_FILES, type ContextDocument, isContextDocument } from "../context_documents.ts";

/** More than any prompt takes, in bytes. */
const DOCUMENT_BYTES_MAX = 1_048_576;

export async function run(call: Call): Promise<void> {
  const asked = call.input.optionalArgument("document");
  const paths = await contextspacePaths(await call.context.repo());
  const names = Object.keys(CONTEXT_FILES).filter(isContextDocument)
    .filter((name) => asked === null || name === asked);
  const documents: { document: ContextDocument; path: string; text: string | null }[] = [];
  for (const document of names) {
    const path = paths[CONTEXT_FILES[document]];
    documents.push({ document, path, text: await textOf(path) });
  }
  if (call.json) call.output.json(asked === null ? { documents } : documents[0]);
  else show(call, documents, asked !== null);
}

/** Null when there is no such file. */
async function textOf(path: string): Promise<string | null> {
  try {
    return (await readTextStrict(path, { maxBytes: DOCUMENT_BYTES_MAX })).text;
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code === "not_found") return null;
    throw thrown;
  }
}

function show(
  { output }: Call,
  documents: readonly { document: string; path: string; text: string | null }[],
  isAlone: boolean,
): void {
  for (const { document, path, text } of documents) {
    if (!isAlone) output.line(`== ${document} ==`, "strong");
    if (text === null || text.trim() === "") {
      if (isAlone) output.remark(`${path} is empty.`);
      else output.line("(empty)", "dim");
    } else output.document(text);
    if (!isAlone) output.line("");
  }
}
