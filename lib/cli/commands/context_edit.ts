/** `car context edit` and `car edit`: a document of the contextspace in the person's editor. */

import { CarError } from "../../base/errors.ts";
import { CONTEXT_KINDS, isContextKind, readContextFile } from "../../control/contextspace.ts";
import { ensureDir } from "../../control/files.ts";
import { contextspacePaths } from "../../control/roots.ts";
import type { Call } from "../command.ts";
import { openEditor } from "../editor.ts";

export async function run(call: Call): Promise<void> {
  const kind = call.input.argument("document");
  if (!isContextKind(kind)) {
    const known = Object.keys(CONTEXT_KINDS).join(", ");
    throw new CarError("usage", `No document is called ${kind}; there are ${known}.`);
  }
  const repo = await call.context.repo();
  await ensureDir((await contextspacePaths(repo)).folder);
  const { path } = await readContextFile(repo, kind);
  await openEditor(call.io, path);
  // What the editor left is read as every prompt reads it: a fault is told while it is fresh.
  await readContextFile(repo, kind);
  if (call.json) call.output.json({ document: kind, path });
  else call.output.say(`Edited ${path}`);
}
