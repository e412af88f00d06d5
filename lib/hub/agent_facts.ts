/** What is known of each configured agent without a turn. */

import type { Clock } from "../base/clock.ts";
import { asCarError } from "../base/errors.ts";
import type { Agent, AgentFacts, Posture } from "../engine/ports.ts";
import { AgentPool, type AgentSurroundings } from "./agents.ts";
import { withRepoRoom } from "./repo_room.ts";

export interface NamedFacts {
  readonly name: string;
  readonly kind: string;
  readonly posture: Posture;
  /** What each posture means for this agent, in its own words; null when its adapter does not say. */
  readonly postures: Readonly<Record<Posture, string>> | null;
  /** Whose quota it uses up; null: nobody's. */
  readonly account: string | null;
  readonly facts: AgentFacts;
}

export interface FactsPlace extends Pick<AgentSurroundings, "root" | "config" | "environment"> {
  readonly safe: boolean;
  readonly clock: Clock;
}

/**
 * As `readAgentFacts`, with a process room of its own, where the config has agents run: needs no run
 * and no lock.
 * @throws {CarError} `unavailable` when containers are wanted and cannot be had.
 */
export async function lookAtAgents(place: FactsPlace): Promise<readonly NamedFacts[]> {
  return await withRepoRoom(place, (room, box) => {
    const container = box?.destination ?? null;
    return readAgentFacts({ ...place, room, container, log: () => {}, remark: () => {} });
  });
}

/** Asks all agents at once, and closes what was opened for it. Never fails because of one of them. */
export async function readAgentFacts(given: AgentSurroundings): Promise<readonly NamedFacts[]> {
  const pool = new AgentPool(given);
  try {
    return await Promise.all(pool.names.map(async (name) => ({
      name,
      kind: given.config.agents[name]?.kind ?? name,
      posture: pool.posture(name),
      account: pool.account(name),
      ...await lookedAt(pool, name),
    })));
  } finally {
    await pool.closeAll();
  }
}

type Looked = Pick<NamedFacts, "postures" | "facts">;

async function lookedAt(pool: AgentPool, name: string): Promise<Looked> {
  let agent: Agent;
  try {
    agent = pool.get(name);
  } catch (thrown) {
    return { postures: null, facts: unknownFacts(thrown) };
  }
  return { postures: agent.postures ?? null, facts: await agent.facts().catch(unknownFacts) };
}

function unknownFacts(thrown: unknown): AgentFacts {
  const { message, hint } = asCarError(thrown);
  const words = hint === undefined ? message : `${message.replace(/\.?$/, ".")} ${hint}`;
  return { found: false, path: null, version: null, login: "unknown", hint: words };
}
