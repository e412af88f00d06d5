/** `car hub repos`: the list, and what each repo does. */

import { readCallRepos } from "../call_hub.ts";
import type { Call } from "../command.ts";
import { showRepos } from "../repos_view.ts";

/** Ends with 1 when a part of the manifest cannot be read: the list is not whole then. */
export async function run(call: Call): Promise<number> {
  const { rows, problems } = await readCallRepos(call);
  if (call.json) call.output.json({ repos: rows, problems });
  else {
    showRepos(call.output, rows);
    for (const problem of problems) call.output.remark(problem);
  }
  return problems.length === 0 ? 0 : 1;
}
