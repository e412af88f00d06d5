/** `car dispatch list`: what the agents of a run have told and asked. */

import { openDispatchBox } from "../../hub/dispatch_box.ts";
import type { Call } from "../command.ts";
import { withIsoTimes } from "../json_times.ts";
import { clockTime, nowOf } from "../moment.ts";

export async function run({ input, output, io, context, json }: Call): Promise<void> {
  const box = await openDispatchBox(await context.repo(), input.text("run"));
  const open = new Set(box.open);
  const shown = box.dispatches.filter((it) => !input.flag("open") || open.has(it.number));
  if (json) {
    const dispatches = shown.map((it) => ({ ...it, isOpen: open.has(it.number) }));
    return output.json(withIsoTimes({ run: box.run, dispatches, replies: box.replies }));
  }
  if (shown.length === 0) {
    return output.say(
      input.flag("open") ? "No question is open" : `The agents of ${box.run} have written none`,
    );
  }
  const now = nowOf(io);
  output.table(
    [
      { title: "No.", align: "right" },
      { title: "Time" },
      { title: "Kind" },
      { title: "State" },
      { title: "Files", align: "right" },
      { title: "Title" },
    ],
    shown.map((it) => [
      String(it.number),
      clockTime(it.atMs, now),
      it.mode === "pause" ? "asks" : "tells",
      it.mode === "notify" ? "" : open.has(it.number) ? "open" : "answered",
      String(it.attachments.length),
      it.title,
    ]),
  );
}
