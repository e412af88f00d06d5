/** One ticket's text as data: what it says, and what is wrong with it by itself. */

import { newTicketId } from "../engine/ids.ts";
import type { LintProblem, Ticket } from "../engine/ticket.ts";
import { FRONTMATTER_BYTES_MAX, type FrontmatterProblem, parseFrontmatter } from "./frontmatter.ts";
import {
  type DependsOn,
  Fields,
  readContext,
  readDependsOn,
  readDone,
  readId,
  readLimits,
  readText,
  readTexts,
  readVerify,
} from "./ticket_fields.ts";
import { parseTicketName } from "./ticket_name.ts";
import { quoteBrokenLines } from "./ticket_quotes.ts";
import { lintProblem } from "./ticket_rules.ts";

/** A key that names an agent, as written. */
interface AgentName {
  readonly key: "agent" | "review" | "fallback";
  readonly name: string | null;
  readonly line: number;
}

/** One ticket file, judged by itself. What depends on the configuration or on other tickets is not in it. */
export interface TicketReading {
  readonly name: string;
  readonly number: number;
  /** Null when the queue cannot work with it: no agent, no `done`, or frontmatter that cannot be read. */
  readonly ticket: Ticket | null;
  readonly problems: readonly LintProblem[];
  /** False: `ticket.id` is a stand-in made from the number, until CAR writes one. */
  readonly hasId: boolean;
  readonly idLine: number;
  readonly agents: readonly AgentName[];
  readonly dependsOn: readonly DependsOn[];
  /** The context files with their lines. */
  readonly context: readonly { readonly path: string; readonly line: number }[];
}

/** The reading of a file that is no ticket, or none that can be read. */
export function brokenReading(name: string, problems: readonly LintProblem[]): TicketReading {
  return {
    name,
    number: parseTicketName(name)?.number ?? 0,
    ticket: null,
    problems,
    hasId: false,
    idLine: 1,
    agents: [],
    dependsOn: [],
    context: [],
  };
}

/** Reads one ticket's text. Pure; never throws. @param name The file's name in the ticket folder. */
export function readTicketText(name: string, text: string): TicketReading {
  const parsed = parseTicketName(name);
  if (parsed === null) {
    return brokenReading(name, [lintProblem("name", { file: name, line: 1, key: null }, name)]);
  }
  const frontmatter = parseFrontmatter(text);
  if (frontmatter.problems.length === 0) {
    return readFields(name, parsed.number, new Fields(name, frontmatter.entries));
  }
  // What the broken lines would say with quotes around them may have more faults worth telling at once.
  const quoted = quoteBrokenLines(text, frontmatter);
  const mended = quoted.frontmatter;
  const reading = readFields(name, parsed.number, new Fields(name, mended.entries));
  return {
    ...(mended.problems.length === 0 ? reading : brokenReading(name, [])),
    ticket: null,
    problems: [
      ...quoted.lines.map(({ key, line, quoted: value, code }) =>
        lintProblem(code, { file: name, line, key }, value)
      ),
      ...mended.problems.map((problem) => frontmatterProblem(name, problem)),
      ...(mended.problems.length === 0 ? reading.problems : []),
    ],
  };
}

function frontmatterProblem(file: string, problem: FrontmatterProblem): LintProblem {
  const { code, line, key, found } = problem;
  return lintProblem(code, { file, line, key }, found, String(FRONTMATTER_BYTES_MAX));
}

function readFields(name: string, number: number, fields: Fields): TicketReading {
  const done = readDone(fields);
  const id = readId(fields);
  const agents = (["agent", "review", "fallback"] as const).map((key): AgentName => ({
    key,
    name: readText(fields, key),
    line: fields.line(key),
  }));
  const [agent, review, fallback] = agents.map((it) => it.name);
  const dependsOn = readDependsOn(fields);
  const context = readContext(fields);
  const ticket: Omit<Ticket, "agent" | "done"> = {
    id: id ?? newTicketId(`auto_${String(number).padStart(3, "0")}`),
    number,
    name,
    title: readText(fields, "title"),
    goal: readText(fields, "goal"),
    model: readText(fields, "model"),
    reasoning: readText(fields, "reasoning"),
    profile: readText(fields, "profile"),
    dependsOn: dependsOn.map((it) => it.value),
    verify: readVerify(fields),
    limits: readLimits(fields),
    touches: readTexts(fields, "touches"),
    mayChange: readTexts(fields, "may_change"),
    context: context.map(({ path, maxBytes, required }) => ({ path, maxBytes, required })),
    review: review ?? null,
    fallback: fallback ?? null,
  };
  return {
    name,
    number,
    ticket: agent && done !== null ? { ...ticket, agent, done } : null,
    problems: fields.problems,
    hasId: id !== null,
    idLine: fields.line("ticket_id"),
    agents,
    dependsOn,
    context,
  };
}
