/** `car agents test`: one harmless turn of an agent, live, and what it says of the agent. */

import { CarError } from "../../base/errors.ts";
import { closest } from "../../base/suggest.ts";
import { duration } from "../../base/text.ts";
import { TRIAL_SECONDS, tryAgent } from "../../hub/agent_trial.ts";
import { isSafe } from "../../base/permissions.ts";
import { repoPaths } from "../../control/roots.ts";
import { openCallAgents } from "../call_agents.ts";
import type { Call } from "../command.ts";
import { listenForSignals } from "../signals.ts";
import { trialScreen } from "../trial_screen.ts";

export async function run(call: Call): Promise<number> {
  const { io, input, output } = call;
  const { root, config } = await openCallAgents(call);
  const agent = input.argument("agent");
  refuseUnknown(agent, Object.keys(config.agents));
  const seconds = input.number("seconds") ?? TRIAL_SECONDS;
  const stop = new AbortController();
  const signals = listenForSignals(io.clock, () => stop.abort());
  try {
    const trial = await tryAgent({
      agent,
      root,
      config,
      safe: isSafe(io.confinement),
      // What CAR may write to when it is restricted is its own folder, where there is one.
      scratchIn: io.confinement.type === "none" ? null : repoPaths(root).state,
      environment: io.environment(),
      clock: io.clock,
      seconds,
      opened: (posture) =>
        output.say(`${agent}, posture ${posture}, at most ${duration(seconds * 1000)}`, "dim"),
      remark: (text) => output.remark(text),
      sink: trialScreen(call),
      signal: stop.signal,
    });
    if (call.json) output.jsonLine({ type: "verdict", ...trial });
    else {
      output.line(trial.verdict, trial.works ? "good" : "bad");
      if (trial.next !== null) output.line(trial.next);
    }
    return trial.works ? 0 : 1;
  } finally {
    signals.close();
  }
}

function refuseUnknown(agent: string, names: readonly string[]): void {
  if (names.includes(agent)) return;
  const near = closest(agent, names);
  const meant = near === undefined ? "" : `Did you mean "${near}"? `;
  throw new CarError("not_found", `There is no agent "${agent}".`, {
    hint: `${meant}Configured are ${names.join(", ")}; "car agents add" adds another.`,
  });
}
