/** What must hold between config keys: rules that no single key can see. */

import { closest } from "../base/suggest.ts";
import { USER_AGENT } from "../engine/ticket.ts";
import type { RepoSections } from "./config_keys.ts";
import { destinationOf } from "./destination.ts";

/** One rule that is broken, at the key that has to change. */
export interface BrokenRule {
  readonly key: string;
  readonly message: string;
}

type Rule = (sections: RepoSections) => readonly BrokenRule[];

/** Each rule gives what it finds, nothing when all is well. */
const RULES: readonly Rule[] = [
  retryWaits,
  agentNames,
  agentCommands,
  destinations,
  templateAddresses,
  chatLists,
];

export const brokenRules = (sections: RepoSections): readonly BrokenRule[] =>
  RULES.flatMap((rule) => rule(sections));

function retryWaits({ limits }: RepoSections): readonly BrokenRule[] {
  const { retry_backoff_seconds: first, retry_backoff_max_seconds: longest } = limits;
  if (first <= longest) return [];
  return [{
    key: "limits.retry_backoff_seconds",
    message:
      `The first wait (${first} s) is longer than limits.retry_backoff_max_seconds (${longest} s).`,
  }];
}

/** Keys that name an agent. */
function agentNames(sections: RepoSections): readonly BrokenRule[] {
  const names = Object.keys(sections.agents);
  const named = {
    "runner.default_agent": sections.runner.default_agent,
    "gate.review": sections.gate.review,
    "quota.fallback": sections.quota.fallback,
  } as const;
  return Object.entries(named).flatMap(([key, name]) => {
    if (name === null || names.includes(name)) return [];
    if (key === "runner.default_agent" && name === USER_AGENT) return [];
    const near = closest(name, names);
    const meant = near === undefined ? "" : ` Did you mean "${near}"?`;
    const message = `There is no agent "${name}"; configured are ${names.join(", ")}.${meant}`;
    return [{ key, message }];
  });
}

function agentCommands({ agents }: RepoSections): readonly BrokenRule[] {
  return Object.entries(agents).flatMap(([name, agent]) => {
    if (agent.kind !== "acp" || agent.command !== null) return [];
    const message = `An agent of kind acp needs a command; ${name} has none.`;
    return [{ key: `agents.${name}`, message }];
  });
}

function destinations({ destination }: RepoSections): readonly BrokenRule[] {
  const decoded = destinationOf(destination);
  return "problems" in decoded ? decoded.problems : [];
}

function templateAddresses({ templates }: RepoSections): readonly BrokenRule[] {
  return Object.entries(templates.repos).flatMap(([name, repo]) =>
    repo.url === ""
      ? [{ key: `templates.repos.${name}`, message: "The url of the templates is missing." }]
      : []
  );
}

/** A bot that may speak to nobody is a mistake, and one that may speak to all is never meant. */
function chatLists({ telegram, discord }: RepoSections): readonly BrokenRule[] {
  const bots = { telegram, discord } as const;
  return Object.entries(bots).flatMap(([name, bot]) =>
    bot.enabled && bot.allowed_user_ids.length === 0
      ? [{
        key: `${name}.enabled`,
        message: `The bot is on and ${name}.allowed_user_ids is empty: nobody could speak to it.`,
      }]
      : []
  );
}
