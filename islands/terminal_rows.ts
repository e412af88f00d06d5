/** Which terminals the page shows: those of the list, and those it had open and whose CAR is gone. Pure. */

import type { TerminalRow } from "./terminal_types.ts";

/**
 * Known ones keep their place, also when the list has lost them: their last words can still be read.
 * @param forgotten Taken off the list, here or elsewhere.
 */
export function mergeRows(
  known: readonly TerminalRow[],
  listed: readonly TerminalRow[],
  forgotten: ReadonlySet<string>,
): readonly TerminalRow[] {
  const now = new Map(listed.map((it) => [it.id, it]));
  const old = known.map((it) => now.get(it.id) ?? it);
  const fresh = listed.filter(({ id }) => !known.some((it) => it.id === id));
  return [...old, ...fresh].filter(({ id }) => !forgotten.has(id));
}

/** What the page has heard of a terminal beside its row. */
export interface Heard {
  /** As its program calls itself; null before it does. */
  readonly title: string | null;
  /** It rang since something was last typed into it. */
  readonly rang: "yes" | "no";
  /** Its program ended, or its CAR did. */
  readonly isOver: "yes" | "no";
}

export const NOTHING_HEARD: Heard = { title: null, rang: "no", isOver: "no" };

/** A title is one line of a program's choosing. */
const TITLE_MAX = 60;

/** What stands on the tab. */
export function titleOf(row: Pick<TerminalRow, "title">, { title }: Heard): string {
  const own = (title ?? "").trim();
  const shown = [...(own === "" ? row.title : own)];
  return shown.length > TITLE_MAX ? `${shown.slice(0, TITLE_MAX - 1).join("")}…` : shown.join("");
}
