/** Where a ticket may go in its queue. Pure. */

/** The list with the item at `from` put at `to`. */
export function moved<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const item = items[from];
  if (item === undefined || from === to) return items;
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, item);
}

/**
 * The part of the list that another order changes: what the server is asked to reorder, so that it
 * renames no more files than it must. Null when nothing changes.
 */
export function changedPart<T>(before: readonly T[], after: readonly T[]): readonly T[] | null {
  const first = after.findIndex((it, at) => it !== before[at]);
  if (first === -1) return null;
  const last = after.findLastIndex((it, at) => it !== before[at]);
  return after.slice(first, last + 1);
}

export interface Depending {
  readonly id: string;
  readonly number: number;
  readonly dependsOn: readonly (number | string)[];
}

/** Numbers of the tickets that a ticket waits for, unknown ones left out. */
export function waitsFor(ticket: Depending, all: readonly Depending[]): readonly number[] {
  return ticket.dependsOn.flatMap((given) => {
    const found = all.find((it) =>
      it.id === given || it.number === Number(String(given).replace(/^TICKET-/i, ""))
    );
    return found === undefined ? [] : [found.number];
  });
}
