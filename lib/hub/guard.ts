/**
 * The tamper guard around a ticket. How things stood before each turn is noted in the journal; after
 * the turn the ticket's own checks, its criteria and CAR's config are put back, and at a done claim
 * what the agent did to tests, CI and lint is judged. What a person changed between turns is theirs.
 */

import { CarError } from "../base/errors.ts";
import { writeFileAtomic } from "../control/files.ts";
import { splitFrontmatter } from "../control/frontmatter.ts";
import { setKey } from "../control/frontmatter_edit.ts";
import { readTicketText } from "../control/ticket_reading.ts";
import type { RunId, TicketId, TurnId } from "../engine/ids.ts";
import { type NoteBodies, readNote } from "../engine/notes.ts";
import type { Run } from "../engine/run.ts";
import { findTampering, isProtected } from "../engine/tamper.ts";
import type { TamperFinding } from "../engine/tamper_finding.ts";
import type { Ticket } from "../engine/ticket.ts";
import { compareTicket } from "../engine/ticket_guard.ts";
import type { Workplace } from "./workplace.ts";

/** Files in the tree no agent may change at all: they say how CAR works and checks. */
const PROTECT = ["codex-autorunner.yml", "codex-autorunner.override.yml"];

type Base = NoteBodies["turn_base"];

/** Notes how things stand before a turn. @param treeId The work tree. */
export async function noteBase(
  place: Workplace,
  run: Run,
  ticket: Ticket,
  turn: TurnId,
  treeId: string,
): Promise<void> {
  const body: Base = {
    treeId,
    ticketText: await place.tickets.text(ticket) ?? "",
    configHash: await place.configCopy.keep(),
  };
  writeBase(place, run, ticket, turn, body);
}

function writeBase(place: Workplace, run: Run, ticket: Ticket, turn: TurnId, body: Base): void {
  const atMs = place.clock.now();
  place.journal.note([{ run: run.id, turn, ticket: ticket.id, type: "turn_base", atMs, body }]);
}

/**
 * Puts back what a turn may not change: the ticket's guarded keys and criteria, CAR's config.
 *
 * @returns What was put back, in words for people and agent.
 * @throws {CarError} `conflict` when the config cannot be: a person has to look at it, and then it stands.
 */
export async function putBack(
  place: Workplace,
  run: Run,
  ticket: Ticket,
  turn: TurnId,
): Promise<readonly string[]> {
  const base = basesOf(place, run.id, ticket.id).find((it) => it.turn === turn)?.body;
  if (base === undefined || place.config.gate.tamper_guard === "off") return [];
  return [
    ...await putConfigBack(place, base, () => {
      const body = { ...base, configHash: null, configText: null };
      writeBase(place, run, ticket, turn, body);
    }),
    ...await putTicketBack(place, ticket, base),
  ];
}

/** @param forget Writes down that the config is not to be put back any more. */
async function putConfigBack(
  place: Workplace,
  base: Base,
  forget: () => void,
): Promise<readonly string[]> {
  const done = await configBack(place, base);
  if (done === "same") return [];
  if (done === "restored") return ["The agent changed CAR's config; CAR put it back"];
  forget();
  throw new CarError(
    "conflict",
    "CAR's config was changed during a turn, and so was the copy it could be put back from: " +
      `${place.paths.config} is not what it was before the turn`,
    { hint: "Look at it and mend it; as it stands when you go on, it counts." },
  );
}

async function configBack(place: Workplace, base: Base): Promise<"same" | "restored" | "lost"> {
  if (typeof base.configHash === "string") return await place.configCopy.putBack(base.configHash);
  // A turn that an older CAR began.
  const { config } = place.paths;
  const now = await Deno.readTextFile(config).catch(() => null);
  if (typeof base.configText !== "string" || now === base.configText) return "same";
  await writeFileAtomic(config, base.configText);
  return "restored";
}

async function putTicketBack(
  place: Workplace,
  ticket: Ticket,
  base: Base,
): Promise<readonly string[]> {
  const text = await place.tickets.text(ticket);
  if (text === null) return [];
  const before = parsed(base.ticketText);
  const after = parsed(text);
  if (before === null || after === null) return [];
  const change = compareTicket(before, after);
  if (change.putBack.length === 0 && change.lostCriteria.length === 0) return [];
  const restored = restore(
    base.ticketText,
    text,
    change.lostCriteria.length > 0,
    after.ticket.done,
  );
  await place.tickets.replace(ticket, () => restored);
  const words = change.putBack.map((key) =>
    `The agent changed "${key}" in its ticket; CAR put it back`
  );
  return change.lostCriteria.length === 0
    ? words
    : [...words, "The agent removed criteria from its ticket; CAR put the text back"];
}

function parsed(text: string): { ticket: Ticket; body: string } | null {
  const { ticket } = readTicketText("TICKET-000.md", text);
  const split = splitFrontmatter(text);
  if (ticket === null || split.type !== "found") return null;
  return { ticket, body: text.slice(split.body) };
}

/** The old frontmatter, `done` as it is now; the body too where criteria were lost. */
function restore(before: string, after: string, wholeBody: boolean, done: boolean): string {
  const [old, now] = [splitFrontmatter(before), splitFrontmatter(after)];
  if (old.type !== "found" || now.type !== "found") return after;
  const body = wholeBody ? before.slice(old.body) : after.slice(now.body);
  return setKey(before.slice(0, old.body) + body, "done", done);
}

/** What the agent did, over all its turns on this ticket, to the things that judge its work. */
export async function guardFindings(
  place: Workplace,
  run: Run,
  ticket: Ticket,
): Promise<readonly TamperFinding[]> {
  if (place.config.gate.tamper_guard === "off") return [];
  const findings: TamperFinding[] = [];
  for (const [from, to] of await turnTrees(place, run, ticket.id)) {
    const changes = await place.git.changes(from, to, (path) => isProtected(path, PROTECT));
    findings.push(...findTampering(changes, { mayChange: ticket.mayChange, protect: PROTECT }));
  }
  return findings;
}

/** The tree before and after each turn; turns that follow each other without a person between are one. */
async function turnTrees(
  place: Workplace,
  run: Run,
  ticket: TicketId,
): Promise<readonly (readonly [string, string])[]> {
  const looks = place.journal.events({ run: run.id, ticket, kinds: ["step"], types: ["looked"] });
  const after = new Map(looks.map((it) => [it.turn, treeOf(it.body)]));
  const pairs: [string, string][] = [];
  for (const { turn, body } of basesOf(place, run.id, ticket)) {
    const to = after.get(turn) ?? await place.git.treeId();
    if (body.treeId === null) continue;
    const last = pairs.at(-1);
    if (last !== undefined && last[1] === body.treeId) last[1] = to;
    else pairs.push([body.treeId, to]);
  }
  return pairs;
}

/** The tree before the ticket's first turn of this run; null when that is not known. */
export function firstBaseTree(
  place: Pick<Workplace, "journal">,
  run: RunId,
  ticket: TicketId,
): string | null {
  return basesOf(place, run, ticket).at(0)?.body.treeId ?? null;
}

function treeOf(body: unknown): string | null {
  const progress = (body as { progress?: { treeId?: unknown } }).progress;
  return typeof progress?.treeId === "string" ? progress.treeId : null;
}

/** Of each turn the newest, in the order of the turns. */
function basesOf({ journal }: Pick<Workplace, "journal">, run: RunId, ticket: TicketId) {
  const bases = new Map<TurnId | null, { turn: TurnId | null; body: Base }>();
  for (const event of journal.events({ run, ticket, types: ["turn_base"] })) {
    const note = readNote(event.type, event.body);
    if (note?.type === "turn_base") bases.set(event.turn, { turn: event.turn, body: note.body });
  }
  return [...bases.values()];
}
