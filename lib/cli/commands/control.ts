/**
 * car pause, stop, kill, gate accept, gate reject: a command to the run, through its owner when one is
 * at work, else taken in here.
 */

import { CarError } from "../../base/errors.ts";
import { lookAtLock } from "../../control/lock.ts";
import type { Command } from "../../engine/events.ts";
import { commandRun } from "../../hub/command_run.ts";
import { actor, refuseAgent } from "../actor.ts";
import type { Call } from "../command.ts";
import { restLines, saidFrom } from "../progress.ts";

export async function run(call: Call): Promise<number> {
  refuseAgent(call);
  const paths = await call.context.repo();
  const command = commandOf(call);
  const answer = await commandRun(paths, command, {
    clock: call.io.clock,
    command: `car ${call.spec.path}`,
    // Whoever asks for an end wants to know that it has come.
    untilRest: command.type === "stop" || command.type === "kill" || command.type === "pause",
    onWaiting: (words) => call.output.say(words, "dim"),
  });
  if (!answer.ok) {
    throw new CarError("conflict", answer.message, answer.hint === "" ? {} : { hint: answer.hint });
  }
  const { run: now } = answer;
  if (call.json) {
    call.output.json({ run: now.id, status: now.status, pause: now.pause, ended: now.ended });
    return 0;
  }
  const lines = restLines(saidFrom(call.context, now));
  if (lines.length === 0) call.output.say(`${now.id} is ${now.status}`);
  for (const line of lines) call.output.say(line.text, line.tone);
  if (lookAtLock(paths.lock).type === "busy" && now.status !== "running") {
    call.output.say("The process that runs it is ending.", "dim");
  }
  return 0;
}

function commandOf(call: Call): Command {
  const by = actor(call);
  switch (call.spec.path) {
    case "pause":
      return { type: "pause", by };
    case "stop":
      return { type: "stop", by };
    case "kill":
      return { type: "kill", by };
    case "gate accept":
    case "gate reject":
      return { type: "decide", by, answer: call.spec.path === "gate accept" ? "accept" : "reject" };
    default:
      throw new CarError("internal", `car ${call.spec.path} is not a command to a run`);
  }
}
