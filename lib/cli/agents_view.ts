/** The agents as a table and as lines for people. */

import type { Column } from "../base/display.ts";
import type { AccountWindow } from "../control/views_read.ts";
import type { NamedFacts } from "../hub/agent_facts.ts";
import { clockTime, labelled, type Now } from "./moment.ts";

export interface AgentView extends NamedFacts {
  /** The windows of its account's allowance, as they were last told. */
  readonly quota: readonly AccountWindow[];
}

export const AGENT_COLUMNS: readonly Column[] = [
  { title: "agent" },
  { title: "found" },
  { title: "version" },
  { title: "protocol" },
  { title: "login" },
  { title: "posture" },
  { title: "quota used" },
  { title: "where" },
];

export function agentRows(agents: readonly AgentView[]): readonly (readonly string[])[] {
  return agents.map(({ name, posture, quota, facts }) => [
    name,
    facts.found ? "yes" : "no",
    facts.version ?? "-",
    facts.protocol ?? "-",
    facts.login,
    posture,
    quota.map((it) => `${it.name} ${Math.round(it.usedPercent)} %`).join(", ") || "-",
    facts.path ?? "-",
  ]);
}

/** What does not fit a row: where the program is, what its posture means, when its quota is back. */
export function agentDetails(agents: readonly AgentView[], now: Now): readonly string[] {
  return agents.filter(({ facts }) => facts.found).flatMap((agent) => [
    "",
    ...labelled([
      [agent.name, agent.facts.path ?? "no program of its own"],
      ["", postureWords(agent)],
      ...agent.quota.map((it) => ["", quotaWords(it, now)] as const),
    ]),
  ]);
}

const postureWords = ({ posture, postures }: AgentView): string =>
  postures === null ? `posture ${posture}` : `posture ${posture}: ${postures[posture]}`;

function quotaWords(it: AccountWindow, now: Now): string {
  const resets = it.resetsAtMs === null ? "" : `, resets at ${clockTime(it.resetsAtMs, now)}`;
  const told = `told at ${clockTime(it.atMs, now)}`;
  return `account ${it.account}, ${it.name}: ${
    Math.round(it.usedPercent)
  } % used${resets}, ${told}`;
}
