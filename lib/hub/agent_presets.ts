/** The agents CAR knows by name, for surfaces that add one. */

import { PRESETS } from "../adapters/acp/presets.ts";

export interface AgentPreset {
  readonly name: string;
  readonly kind: "acp";
  /** Program and arguments. */
  readonly command: readonly string[];
  /** How to get it: one sentence. */
  readonly install: string;
}

export const AGENT_PRESETS: readonly AgentPreset[] = Object.entries(PRESETS).map((
  [name, { command, install }],
) => ({ name, kind: "acp", command, install }));
