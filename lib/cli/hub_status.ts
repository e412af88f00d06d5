/** `car status` in a hub's folder: what each of its repos does. */

import { plural } from "../base/text.ts";
import { type CallRepos, readCallRepos } from "./call_hub.ts";
import type { Call } from "./command.ts";
import { countWords, showRepos } from "./repos_view.ts";

/** Between two looks of --watch, in milliseconds: each look reads every repo. */
const WATCH_MS = 2_000;

export async function hubStatus(call: Call): Promise<number> {
  const { io, input } = call;
  let found = await readCallRepos(call);
  show(call, found);
  while (input.flag("watch") && !io.closed.aborted) {
    await io.clock.sleep(WATCH_MS, io.closed).catch(() => {});
    const now = await readCallRepos(call);
    if (JSON.stringify(now) !== JSON.stringify(found)) show(call, now);
    found = now;
  }
  return found.problems.length === 0 ? 0 : 1;
}

function show({ output, json, input }: Call, { rows, problems }: CallRepos): void {
  if (json) {
    const answer = { repos: rows, problems };
    if (input.flag("watch")) output.jsonLine(answer);
    else output.json(answer);
    return;
  }
  showRepos(output, rows);
  output.say(countWords(rows));
  const waiting = rows.reduce((sum, row) => sum + row.attention, 0);
  if (waiting > 0) {
    output.say(
      `${plural(waiting, "thing")} ${waiting === 1 ? "waits" : "wait"} for you: car inbox`,
    );
  }
  for (const problem of problems) output.remark(problem);
}
