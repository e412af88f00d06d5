/** The one linter: judges single tickets and the queue, for every surface with the same words. */

import { closest } from "../base/suggest.ts";
import { type LintProblem, type Queue, type Ticket, USER_AGENT } from "../engine/ticket.ts";
import { dependencyProblems } from "./ticket_graph.ts";
import { parseTicketName } from "./ticket_name.ts";
import { readTicketText, type TicketReading } from "./ticket_reading.ts";
import { type LintCode, lintProblem } from "./ticket_rules.ts";

/** Names that may stand for a configured agent, by their spelling in small letters. */
export type KnownAgents = ReadonlyMap<string, string>;

/** @param configured The agents' names in the configuration. */
export const knownAgents = (configured: Iterable<string>): KnownAgents =>
  new Map([...configured, USER_AGENT].map((name) => [name.toLowerCase(), name]));

/** Complaints about the agents a ticket names. Only `agent` may be a person. */
function agentProblems(reading: TicketReading, known: KnownAgents): readonly LintProblem[] {
  return reading.agents.flatMap(({ key, name, line }) => {
    const spelled = name === null ? undefined : known.get(name.toLowerCase());
    // A thousand tickets name agents that are there.
    if (spelled !== undefined && (key === "agent" || spelled !== USER_AGENT)) return [];
    if (name === null && key !== "agent") return [];
    const allowed = [...known.values()].filter((it) => key === "agent" || it !== USER_AGENT);
    const say = (code: LintCode, found: string, words: string) => [
      lintProblem(code, { file: reading.name, line, key }, found, words),
    ];
    if (name === null) {
      // An agent that is no text has its complaint already.
      const told = reading.problems.some((it) => it.key === key);
      return told ? [] : say("agent_missing", "", allowed.join(", "));
    }
    const near = closest(name, allowed);
    const hint = near === undefined ? "" : ` Did you mean ${near}?`;
    return say("agent_unknown", name, `${allowed.join(", ")}.${hint}`);
  });
}

/** The ticket with its agents spelled as they are configured. */
function withAgents(ticket: Ticket, known: KnownAgents): Ticket {
  const spelled = (name: string) => known.get(name.toLowerCase()) ?? name;
  const agent = spelled(ticket.agent);
  const review = ticket.review === null ? null : spelled(ticket.review);
  const fallback = ticket.fallback === null ? null : spelled(ticket.fallback);
  const same = agent === ticket.agent && review === ticket.review && fallback === ticket.fallback;
  return same ? ticket : { ...ticket, agent, review, fallback };
}

/** Every complaint about one ticket's text, the rest of the queue aside. */
export function lintTicket(
  name: string,
  text: string,
  known: KnownAgents,
): { readonly ticket: Ticket | null; readonly problems: readonly LintProblem[] } {
  const reading = readTicketText(name, text);
  return {
    ticket: reading.ticket === null ? null : withAgents(reading.ticket, known),
    problems: inOrder([...reading.problems, ...agentProblems(reading, known)]),
  };
}

/** The queue of these readings, ordered by number, with every complaint. */
export function lintQueue(readings: readonly TicketReading[], known: KnownAgents): Queue {
  const ordered = [...readings].sort((a, b) => a.number - b.number || compare(a.name, b.name));
  const tickets = ordered.flatMap((it) => it.ticket === null ? [] : [withAgents(it.ticket, known)]);
  const problems = [
    ...ordered.flatMap((it) => [...it.problems, ...agentProblems(it, known)]),
    ...twins(ordered, "number_twice", (it) => parseTicketName(it.name)?.number, () => 1),
    ...twins(ordered, "id_twice", (it) => it.hasId ? it.ticket?.id : undefined, (it) => it.idLine),
    ...dependencyProblems(ordered),
  ];
  return { tickets, problems: inOrder(problems) };
}

const TWIN_KEYS = { number_twice: null, id_twice: "ticket_id" } as const;

/** Complaints about tickets that share what must be unique; each names the first that has it. */
function twins(
  readings: readonly TicketReading[],
  code: keyof typeof TWIN_KEYS,
  valueOf: (reading: TicketReading) => string | number | undefined,
  lineOf: (reading: TicketReading) => number,
): readonly LintProblem[] {
  const first = new Map<string | number, string>();
  return readings.flatMap((reading) => {
    const value = valueOf(reading);
    if (value === undefined) return [];
    const before = first.get(value);
    if (before === undefined) {
      first.set(value, reading.name);
      return [];
    }
    return [
      lintProblem(
        code,
        { file: reading.name, line: lineOf(reading), key: TWIN_KEYS[code] },
        before,
      ),
    ];
  });
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;

/** By file, then by line: the order in which a person mends them. */
const inOrder = (problems: readonly LintProblem[]): readonly LintProblem[] =>
  problems.length < 2
    ? problems
    : [...problems].sort((a, b) => compare(a.file, b.file) || a.line - b.line);
