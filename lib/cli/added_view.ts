/** What came of a repo that was to be listed. */

import type { Added } from "../hub/listing/roster.ts";
import { tellServed } from "./call_hub.ts";
import type { Call } from "./command.ts";

/** @returns The exit code: 1 when CAR could not be set up in it. */
export async function tellAdded(call: Call, added: Added & { from?: string }): Promise<number> {
  const { repo, isNew, isOutside, initError, from } = added;
  const { output } = call;
  if (call.json) {
    const { id, path, root, kind, worktreeOf, branch } = repo;
    const clone = from === undefined ? {} : { from };
    output.json({
      id,
      path,
      root,
      kind,
      worktreeOf,
      branch,
      isNew,
      isOutside,
      initError,
      ...clone,
    });
  } else {
    const origin = from === undefined ? "" : `, cloned from ${from}`;
    output.say(`${repo.id} is listed${isNew ? "" : " already"}: ${repo.root}${origin}`, "good");
    if (isOutside) {
      output.say("It lies outside of the hub's folder, so it is listed by its full path.");
    }
    if (isNew) await tellServed(call);
  }
  if (initError === null) return 0;
  output.remark(`CAR could not be set up in it: ${initError}`);
  return 1;
}
