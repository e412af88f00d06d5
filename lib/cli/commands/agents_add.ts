/** `car agents add`: one agent more in the config file of this repo or hub. */

import { CarError } from "../../base/errors.ts";
import { writeAgent } from "../../control/config_file.ts";
import { AGENT_PRESETS } from "../../hub/agent_presets.ts";
import { openCallAgents } from "../call_agents.ts";
import type { Call } from "../command.ts";

/** Options that are keys of `agents.NAME`, in the order they are written. */
const KEYS = ["command", "posture", "model"] as const;
/** What speaks a protocol of its own has an adapter of its own. */
const KIND = "acp";

export async function run(call: Call): Promise<void> {
  const { input, output } = call;
  const name = input.argument("agent");
  const { type, paths } = await call.context.either();
  const { config } = await openCallAgents(call);
  if (Object.hasOwn(config.agents, name)) throw isThere(name);
  const kind = input.text("kind") ?? KIND;
  const given = KEYS.flatMap((key) => {
    const value = input.text(key);
    return value === null ? [] : [[key, value] as const];
  });
  const preset = AGENT_PRESETS.find((it) => it.name === name && it.kind === kind);
  const known = preset === undefined ? {} : { command: JSON.stringify(preset.command) };
  const settings: Readonly<Record<string, string>> = {
    kind,
    ...known,
    ...Object.fromEntries(given),
  };
  if (kind === "acp" && settings["command"] === undefined) throw needsCommand(name);
  await writeAgent(paths.config, type, name, settings);
  if (call.json) return output.json({ agent: name, ...settings, file: paths.config });
  output.say(`${name} stands in ${paths.config}.`);
  if (preset !== undefined) output.say(preset.install, "dim");
  output.say(`Try it with "car agents test ${name}".`);
}

function isThere(name: string): CarError {
  return new CarError("conflict", `There is an agent "${name}" already.`, {
    hint: `Change it with \`car config set agents.${name}.command "..."\`, or choose another name.`,
  });
}

function needsCommand(name: string): CarError {
  return new CarError("usage", "An agent of kind acp needs a command.", {
    hint: `Say how it is started, e.g. car agents add ${name} --command "${name} acp". ` +
      `CAR knows that of ${AGENT_PRESETS.map((it) => it.name).join(", ")}.`,
  });
}
