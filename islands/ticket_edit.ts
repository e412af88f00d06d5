/** A ticket while it is edited: as a form over its file, or as the whole file. Pure. */

import type { Ticket } from "../lib/engine/ticket.ts";
import { changedKeys, formOf, type KeyChanges, type TicketForm } from "./ticket_form.ts";

export type TicketEdit = FormEdit | FileEdit;

export interface FormEdit {
  readonly mode: "form";
  /** The file that the changed keys and the body are put into. */
  readonly source: string;
  /** What that file says. */
  readonly before: TicketForm;
  readonly bodyBefore: string;
  readonly form: TicketForm;
  /** Below the frontmatter and the empty line behind it. */
  readonly body: string;
  /** That empty line, which nobody wants to edit; empty where there is none. */
  readonly gap: string;
}

export interface FileEdit {
  readonly mode: "file";
  readonly source: string;
}

/** A file with what CAR reads in it. */
export interface ReadTicket {
  readonly text: string;
  readonly body: string;
  /** Null when the file is too broken to be a ticket: then there is only its text. */
  readonly ticket: Ticket | null;
}

/** What is sent to have it saved or judged. */
export interface TicketChange {
  readonly text?: string;
  readonly keys?: KeyChanges;
  readonly body?: string;
}

/** Nothing changed yet. */
export const beginForm = ({ text, body, ticket }: ReadTicket): TicketEdit => {
  if (ticket === null) return { mode: "file", source: text };
  const form = formOf(ticket);
  const gap = /^\r?\n/.exec(body)?.[0] ?? "";
  const shown = body.slice(gap.length);
  return { mode: "form", source: text, before: form, bodyBefore: shown, form, body: shown, gap };
};

/** The change against the file as it stands; null when there is none. */
export function changeOf(edit: TicketEdit, standing: string): TicketChange | null {
  const inSource = edit.source === standing ? {} : { text: edit.source };
  const change = { ...inSource, ...inForm(edit) };
  return Object.keys(change).length === 0 ? null : change;
}

/** The change with all of its text, for the linter: it needs no file. */
export const judgedChange = (edit: TicketEdit): TicketChange & { readonly text: string } => ({
  text: edit.source,
  ...inForm(edit),
});

function inForm(edit: TicketEdit): TicketChange {
  if (edit.mode === "file") return {};
  const keys = changedKeys(edit.before, edit.form);
  return {
    ...(Object.keys(keys).length === 0 ? {} : { keys }),
    ...(edit.body === edit.bodyBefore ? {} : { body: edit.gap + edit.body }),
  };
}

/** What was typed while a save was on its way, over the file as it was saved. */
export function onto(edit: TicketEdit, saved: ReadTicket): TicketEdit {
  const begun = beginForm(saved);
  if (edit.mode === "file" || begun.mode === "file") return edit;
  return { ...begun, form: edit.form, body: edit.body };
}

/** Whether something that was kept is still an edit this page understands. */
export function isTicketEdit(value: unknown): value is TicketEdit {
  if (typeof value !== "object" || value === null) return false;
  const field = (name: string): unknown => Reflect.get(value, name);
  if (typeof field("source") !== "string") return false;
  if (field("mode") === "file") return true;
  return field("mode") === "form" && typeof field("body") === "string" &&
    typeof field("bodyBefore") === "string" && typeof field("gap") === "string" &&
    isForm(field("form")) && isForm(field("before"));
}

const EXAMPLE: TicketForm = {
  title: "",
  agent: "",
  goal: "",
  model: "",
  reasoning: "",
  dependsOn: "",
  verify: [],
  turns: "",
  minutes: "",
  tokens: "",
  done: false,
  profile: "",
  review: "",
  fallback: "",
  touches: "",
  mayChange: "",
};

function isForm(value: unknown): value is TicketForm {
  return typeof value === "object" && value !== null &&
    Object.entries(EXAMPLE).every(([name, like]) => {
      const found: unknown = Reflect.get(value, name);
      return Array.isArray(like) ? Array.isArray(found) : typeof found === typeof like;
    });
}
