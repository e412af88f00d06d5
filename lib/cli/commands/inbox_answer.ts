/** car inbox answer: a person's answer to a request of the agent at work. */

import { CarError } from "../../base/errors.ts";
import { loadConfig } from "../../control/config.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import { readAnswer } from "../../engine/answers.ts";
import { sendToOwner } from "../../hub/command_run.ts";
import { readInbox } from "../../hub/inbox.ts";
import { withReading } from "../../hub/reading.ts";
import { actor, refuseAgent } from "../actor.ts";
import { isChatItem } from "../../hub/threads/inbox.ts";
import { answerChat } from "../call_threads.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  refuseAgent(call);
  const id = call.input.argument("id");
  const words = call.input.rest("answer").join(" ");
  if (isChatItem(id)) {
    await answerChat(call, id, words);
    if (call.json) call.output.json({ id, answer: words });
    else call.output.say(`Answered: ${id}`);
    return;
  }
  const { type, paths } = await call.context.either();
  if (type === "repo") return await answerIn(call, paths, id, words);
  const { repoOfItem } = await import("../hub_inbox.ts");
  await answerIn(call, repoPaths(await repoOfItem(call, id)), id, words);
}

async function answerIn(call: Call, paths: RepoPaths, id: string, words: string): Promise<void> {
  const { config } = await loadConfig({ root: paths.root, env: call.io.environment() });
  const timeoutMs = config.approvals.timeout_seconds * 1000;
  const items = await withReading(paths, (reading) => readInbox(reading, timeoutMs));
  const item = items.find((it) => it.id === id);
  if (item?.request === undefined || item.request === null) {
    const open = items.filter((it) => it.request !== null).map((it) => it.id);
    throw new CarError("not_found", `No request ${id} waits for an answer`, {
      hint: item === undefined
        ? open.length === 0 ? "Nothing is open; see `car inbox`." : `Open are: ${open.join(", ")}.`
        : item.next,
    });
  }
  const read = readAnswer(item.request, words);
  if (!read.ok) throw new CarError("usage", read.message, { hint: read.hint });
  const { requestId } = item.request;
  const order = { type: "answer" as const, by: actor(call), requestId, answer: read.answer };
  const taken = await sendToOwner(paths, order, call.io.clock);
  if (taken === "free") {
    throw new CarError("conflict", "The run that asked is no longer at work", {
      hint: "`car resume` goes on; the agent asks again if it still needs to.",
    });
  }
  if (!taken.ok) throw new CarError("conflict", taken.message, { hint: taken.hint });
  if (call.json) call.output.json({ id, answer: read.answer });
  else call.output.say(`Answered: ${item.title}`);
}
