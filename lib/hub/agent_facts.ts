/** What is known of each configured agent without a turn. */

import { asCarError } from "../base/errors.ts";
import type { AgentFacts } from "../engine/ports.ts";
import { AgentPool, type AgentSurroundings } from "./agents.ts";

export interface NamedFacts {
  readonly name: string;
  readonly kind: string;
  readonly facts: AgentFacts;
}

/** Asks all agents at once, and closes what was opened for it. Never fails because of one of them. */
export async function readAgentFacts(given: AgentSurroundings): Promise<readonly NamedFacts[]> {
  const pool = new AgentPool(given);
  try {
    return await Promise.all(pool.names.map(async (name) => ({
      name,
      kind: given.config.agents[name]?.kind ?? name,
      facts: await factsOf(pool, name),
    })));
  } finally {
    await pool.closeAll();
  }
}

async function factsOf(pool: AgentPool, name: string): Promise<AgentFacts> {
  try {
    return await pool.get(name).facts();
  } catch (thrown) {
    const { message, hint } = asCarError(thrown);
    const words = hint === undefined ? message : `${message.replace(/\.?$/, ".")} ${hint}`;
    return { found: false, path: null, version: null, login: "unknown", hint: words };
  }
}
