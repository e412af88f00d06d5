/** `car context edit` and `car edit`: a document of the contextspace in the person's editor. */

import { CarError } from "../../base/errors.ts";
import { ensureDir } from "../../control/files.ts";
import { contextspacePaths } from "../../control/roots.ts";
import type { Call } from "../command.ts";
import { CONTEXT_FILES, isContextDocument } from "../context_documents.ts";
import { openEditor } from "../editor.ts";

export async function run(call: Call): Promise<void> {
  const document = call.input.argument("document");
  if (!isContextDocument(document)) {
    throw new CarError("usage", `No document is called ${document}.`);
  }
  const paths = await contextspacePaths(await call.context.repo());
  const path = paths[CONTEXT_FILES[document]];
  await ensureDir(paths.folder);
  await openEditor(call.io, path);
  if (call.json) call.output.json({ document, path });
  else call.output.say(`Edited ${path}`);
}
