/** Whether an agent knows the model it is to be opened with; asked once a session and profile. */

import { closest } from "../base/suggest.ts";
import type { Agent, OpenOptions } from "../engine/ports.ts";
import type { AgentError } from "../engine/turn.ts";

/** Some agents have hundreds of models; these many are named. */
const NAMED_MAX = 20;

export class AgentModels {
  readonly #asked = new Map<string, Promise<readonly string[] | null>>();

  /** The refusal of a model that is not among the agent's; null when it is, or nobody can tell. */
  async refusal(
    name: string,
    agent: Pick<Agent, "models">,
    { model, profile }: Pick<OpenOptions, "model" | "profile">,
  ): Promise<AgentError | null> {
    if (model === null || agent.models === undefined) return null;
    const known = await this.#known(name, agent, profile);
    if (known === null || known.length === 0 || known.includes(model)) return null;
    return { kind: "refused", message: unknownModel(name, model, known) };
  }

  /** Only an answer is kept: an agent that did not give one is asked again. */
  #known(
    name: string,
    agent: Pick<Agent, "models">,
    profile: string | null,
  ): Promise<readonly string[] | null> {
    const key = JSON.stringify([name, profile]);
    const asked = this.#asked.get(key) ?? Promise.try(() => agent.models?.(profile) ?? null);
    this.#asked.set(key, asked);
    return asked.catch(() => {
      this.#asked.delete(key);
      return null;
    });
  }
}

function unknownModel(agent: string, model: string, known: readonly string[]): string {
  const near = closest(model, known);
  const guess = near === undefined ? "" : ` Did you mean "${near}"?`;
  const more = known.length > NAMED_MAX ? `, and ${known.length - NAMED_MAX} more` : "";
  const named = known.slice(0, NAMED_MAX).join(", ");
  return `${agent} has no model "${model}"; it has ${named}${more}.${guess}`;
}
