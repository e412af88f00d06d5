/** The boxes of a list as tickets: each with an id made from its words, so that it may move about. */

import { createHash } from "node:crypto";
import { oneLine } from "../base/text.ts";
import { isTicketId, type TicketId } from "../engine/ids.ts";
import type { Ticket } from "../engine/ticket.ts";
import { parseTodo, type TodoItem } from "./todo_queue.ts";

/** Enough to recognise a box in a list, in characters. */
const TITLE_CHARACTERS_MAX = 120;

/** A box with words; one without is no work. */
export interface TodoTicket {
  readonly id: TicketId;
  readonly item: TodoItem;
}

/** The boxes in their order. Of several with the same words the first keeps its id, come what may below. */
export function todoTickets(text: string): readonly TodoTicket[] {
  const seen = new Map<string, number>();
  return parseTodo(text).filter((item) => item.text !== "").map((item) => {
    const ordinal = seen.get(item.text) ?? 0;
    seen.set(item.text, ordinal + 1);
    return { id: todoId(item.text, ordinal), item };
  });
}

function todoId(words: string, ordinal: number): TicketId {
  const hash = createHash("sha256").update(`${words}\0${ordinal}`).digest("hex");
  const id = `todo_${hash.slice(0, 16)}`;
  if (isTicketId(id)) return id;
  throw new TypeError(`${id} is no ticket id`);
}

/** @param agent Who works on all of them. */
export function asTicket({ id, item }: TodoTicket, agent: string): Ticket {
  const number = item.index + 1;
  return {
    id,
    number,
    name: `TODO-${String(number).padStart(3, "0")}`,
    agent,
    done: item.done,
    title: oneLine(item.text, TITLE_CHARACTERS_MAX),
    goal: null,
    model: null,
    reasoning: null,
    profile: null,
    dependsOn: [],
    verify: [],
    limits: { turns: null, minutes: null, tokens: null },
    touches: [],
    mayChange: [],
    context: [],
    review: null,
    fallback: null,
  };
}

/** The box with what stands below it, as markdown. */
export function todoText({ done, text, detail }: TodoItem): string {
  const below = detail === "" ? "" : detail.replace(/^(?=.)/gm, "  ") + "\n";
  return `- [${done ? "x" : " "}] ${text}\n${below}`;
}
