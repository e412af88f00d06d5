/** What waits for what: complaints about `depends_on` across the queue. */

import type { LintProblem } from "../engine/ticket.ts";
import { parseTicketName } from "./ticket_name.ts";
import type { TicketReading } from "./ticket_reading.ts";
import { lintProblem } from "./ticket_rules.ts";

/** Searches for a way round; beyond them a forward reference is told without its circle. */
const SEARCHES_MAX = 100;
/** Names of a circle that are printed. */
const NAMES_MAX = 8;

/** The ticket a `depends_on` means: a number, `003`, `TICKET-003`, a file name or an id. */
export function dependencyFinder(
  readings: readonly TicketReading[],
): (value: number | string) => TicketReading | undefined {
  const byNumber = new Map<number, TicketReading>();
  const byId = new Map<string, TicketReading>();
  for (const reading of readings) {
    if (parseTicketName(reading.name) !== null && !byNumber.has(reading.number)) {
      byNumber.set(reading.number, reading);
    }
    const id = reading.ticket?.id;
    if (id !== undefined && !byId.has(id)) byId.set(id, reading);
  }
  return (value) => {
    if (typeof value === "number") return byNumber.get(value);
    const digits = /^(?:TICKET-)?(\d{1,9})(?:\.md)?$/i.exec(value)?.[1];
    const number = digits === undefined ? parseTicketName(value)?.number : Number(digits);
    return byId.get(value) ?? (number === undefined ? undefined : byNumber.get(number));
  };
}

/** Unknown tickets, references to later ones, and circles with their path. @param readings By number. */
export function dependencyProblems(readings: readonly TicketReading[]): readonly LintProblem[] {
  if (readings.every((reading) => reading.dependsOn.length === 0)) return [];
  const find = dependencyFinder(readings);
  const edges = new Map(readings.map((reading) => [
    reading,
    reading.dependsOn.flatMap(({ value }) => find(value) ?? []),
  ]));
  let searches = 0;
  return readings.flatMap((reading) =>
    reading.dependsOn.flatMap(({ value, line }) => {
      const place = { file: reading.name, line, key: "depends_on" };
      const target = find(value);
      if (target === undefined) {
        const last = readings.at(-1);
        const range = last === undefined ? "" : ` The last one is ${stem(last.name)}.`;
        return [lintProblem("depends_on_unknown", place, String(value), range)];
      }
      // Every circle has an edge that does not lead to an earlier ticket.
      if (target.number < reading.number) return [];
      searches += 1;
      const path = searches > SEARCHES_MAX ? null : wayTo(target, reading, edges);
      return path === null
        ? [lintProblem("depends_on_forward", place, stem(target.name))]
        : [lintProblem("depends_on_cycle", place, pathText([reading, ...path]))];
    })
  );
}

type Edges = ReadonlyMap<TicketReading, readonly TicketReading[]>;

/** The shortest way along the edges, both ends included; null when there is none. */
function wayTo(
  from: TicketReading,
  to: TicketReading,
  edges: Edges,
): readonly TicketReading[] | null {
  const cameFrom = new Map<TicketReading, TicketReading | null>([[from, null]]);
  for (const at of cameFrom.keys()) {
    if (at === to) return wayBack(at, cameFrom);
    for (const next of edges.get(at) ?? []) {
      if (!cameFrom.has(next)) cameFrom.set(next, at);
    }
  }
  return null;
}

function wayBack(
  end: TicketReading,
  cameFrom: ReadonlyMap<TicketReading, TicketReading | null>,
): readonly TicketReading[] {
  const path: TicketReading[] = [];
  for (let at: TicketReading | null = end; at !== null; at = cameFrom.get(at) ?? null) {
    path.unshift(at);
  }
  return path;
}

const stem = (name: string): string => /^TICKET-\d+/i.exec(name)?.[0] ?? name;

function pathText(path: readonly TicketReading[]): string {
  const names = path.map((reading) => stem(reading.name));
  const shown = names.length <= NAMES_MAX ? names : [
    ...names.slice(0, NAMES_MAX - 2),
    `(${names.length - NAMES_MAX + 1} more)`,
    ...names.slice(-1),
  ];
  return shown.join(" -> ");
}
