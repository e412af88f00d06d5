/** `car dispatch show`: one dispatch with the replies to it. */

import { CarError } from "../../base/errors.ts";
import type { StoredDispatch } from "../../control/dispatches.ts";
import type { StoredReply } from "../../control/replies.ts";
import { type DispatchBox, findDispatch, openDispatchBox } from "../../hub/dispatch_box.ts";
import type { Call } from "../command.ts";
import { dispatchNumber } from "../dispatch_number.ts";
import { withIsoTimes } from "../json_times.ts";
import { clockTime, nowOf } from "../moment.ts";

export async function run(call: Call): Promise<void> {
  const box = await openDispatchBox(await call.context.repo(), call.input.text("run"));
  const asked = call.input.optionalArgument("number");
  const dispatch = findDispatch(box, asked === null ? newest(box) : dispatchNumber(asked));
  const replies = box.replies.filter((it) => it.answers === dispatch.number);
  const isOpen = box.open.includes(dispatch.number);
  if (call.json) {
    call.output.json(withIsoTimes({ run: box.run, dispatch: { ...dispatch, isOpen }, replies }));
  } else {
    show(call, dispatch, replies, isOpen);
  }
}

/** The open question, else the last dispatch there is. */
function newest(box: DispatchBox): number {
  const number = box.open.at(-1) ?? box.dispatches.at(-1)?.number;
  if (number !== undefined) return number;
  throw new CarError("not_found", `The agents of ${box.run} have written no dispatch`, {
    hint: "`car log` shows what they did.",
  });
}

function show(
  { output, io }: Call,
  dispatch: StoredDispatch,
  replies: readonly StoredReply[],
  isOpen: boolean,
): void {
  const now = nowOf(io);
  output.line(`${dispatch.number}: ${dispatch.title}`, "strong");
  const state = dispatch.mode === "notify" ? "tells" : isOpen ? "asks, open" : "asks, answered";
  output.line(`${clockTime(dispatch.atMs, now)}, ${state}`, "dim");
  output.line("");
  output.document(dispatch.body);
  attachments(output, dispatch);
  for (const reply of replies) {
    output.line("");
    output.line(`Reply ${reply.number}, ${clockTime(reply.atMs, now)}`, "strong");
    output.document(reply.text);
    attachments(output, reply);
  }
  if (isOpen) output.say('\nAnswer with "car dispatch reply", then "car resume".', "dim");
}

function attachments(
  output: Call["output"],
  { folder, attachments, refused }: StoredDispatch | StoredReply,
): void {
  for (const name of attachments) output.line(`attached: ${folder}/files/${name}`);
  for (const words of refused) output.line(`not attached: ${words}`, "warn");
}
