/** Has a ticket judged while it is written, a moment after the last key. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LintProblem } from "../lib/engine/ticket.ts";
import { post } from "./api.ts";
import { judgedChange, type ReadTicket, type TicketEdit } from "./ticket_edit.ts";

export interface Judged extends ReadTicket {
  readonly problems: readonly LintProblem[];
}

/** Long enough that a word is written in one go, in milliseconds. */
const PAUSE_MS = 300;

/** What the edited ticket would be. @throws {Problem} e.g. when its keys cannot be changed one by one. */
export const judge = (api: string, name: string, edit: TicketEdit): Promise<Judged> =>
  post<Judged>(`${api}/tickets/lint`, { name, ...judgedChange(edit) });

/** Null before the first answer, and while nothing is edited. */
export function useJudged(
  api: string,
  name: string,
  edit: TicketEdit | null,
): ReadonlySignal<Judged | null> {
  const judged = useSignal<Judged | null>(null);
  useEffect(() => {
    if (edit === null || name === "") {
      judged.value = null;
      return;
    }
    let isWanted = true;
    const timer = setTimeout(() => {
      judge(api, name, edit).then(
        (answer) => {
          if (isWanted) judged.value = answer;
        },
        () => {},
      );
    }, PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [api, name, edit]);
  return judged;
}
