/** car chat show: what was said in one thread, from its transcript. */

import { visibleLine } from "../../base/display.ts";
import type { ThreadEvent } from "../../engine/thread_events.ts";
import type { Threads } from "../../hub/threads/threads.ts";
import { namedThread, withThreads } from "../call_threads.ts";
import { chatLines } from "../chat_lines.ts";
import { jsonEvent } from "../chat_screen.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  await withThreads(call, (threads) => {
    const thread = namedThread(threads, call.input.argument("id"));
    if (!call.json) {
      const { title, agent, scope } = thread;
      call.output.say(`${thread.id}  ${visibleLine(title)}`, "strong");
      call.output.say(`${agent} in ${scope.root}, ${thread.status}`, "dim");
    }
    for (const event of eventsOf(threads.desk, thread.id)) {
      if (call.io.closed.aborted) break;
      if (call.json) call.output.jsonLine(jsonEvent(event));
      else print(call, event);
    }
    return Promise.resolve();
  });
}

/** Page by page: a long thread is never whole in memory. */
function* eventsOf(desk: Threads, id: string): Generator<ThreadEvent> {
  let after = 0;
  for (;;) {
    const page = desk.events(id, { after });
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)?.seq ?? after;
  }
}

function print({ output }: Call, event: ThreadEvent): void {
  if (event.type === "text" || event.type === "text_part") return output.line(event.body.text);
  if (event.type === "message" && event.body.text !== undefined) {
    output.line("");
    output.line(`> ${event.body.text.trimEnd().replaceAll("\n", "\n> ")}`, "strong");
  }
  for (const { tone, text } of chatLines(event)) output.line(text, tone);
}
