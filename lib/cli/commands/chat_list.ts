/** car chat list: the threads of a repo or hub, newest first. */

import { duration, oneLine } from "../../base/text.ts";
import { withThreads } from "../call_threads.ts";
import type { Call } from "../command.ts";

/** Enough to recognise a thread. */
const TITLE_CHARACTERS_MAX = 60;

export async function run(call: Call): Promise<void> {
  const { input, output, io } = call;
  const threads = await withThreads(call, ({ desk, home }) => {
    const everywhere = home.scope.kind === "hub" || input.flag("all");
    const where = everywhere ? {} : { root: home.scope.root };
    return Promise.resolve(desk.list({ ...where, archived: input.flag("archived") }));
  });
  if (call.json) {
    output.json(threads.map(({ createdMs, updatedMs, archivedMs, ...thread }) => ({
      ...thread,
      created: new Date(createdMs).toISOString(),
      updated: new Date(updatedMs).toISOString(),
      archived: archivedMs === null ? null : new Date(archivedMs).toISOString(),
    })));
    return;
  }
  if (threads.length === 0) return output.say('No threads here; begin one with "car chat".');
  const now = io.clock.now();
  output.table(
    [{ title: "ID" }, { title: "Agent" }, { title: "State" }, { title: "Age" }, { title: "Title" }],
    threads.map((it) => [
      it.id,
      it.agent,
      it.queued === 0 ? it.status : `${it.status}, ${it.queued} wait`,
      duration(now - it.updatedMs),
      oneLine(it.title, TITLE_CHARACTERS_MAX),
    ]),
  );
}
