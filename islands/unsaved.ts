/** What was typed and not saved, kept for the life of the tab: a reload brings it back. */

/** The text an edit stands on. */
export interface Base {
  readonly text: string;
  readonly etag: string;
}

export interface Unsaved<E> {
  readonly base: Base;
  readonly edit: E;
}

/** Of `sessionStorage`, what is needed here. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const keyOf = (path: string): string => `car-unsaved ${path}`;

/** @param path The document's address. A full store keeps nothing: the page still has it. */
export function keepUnsaved<E>(store: Store, path: string, unsaved: Unsaved<E>): void {
  try {
    store.setItem(keyOf(path), JSON.stringify(unsaved));
  } catch {
    store.removeItem(keyOf(path));
  }
}

export const forgetUnsaved = (store: Store, path: string): void => store.removeItem(keyOf(path));

/** Null when nothing was kept, or nothing that this page understands. */
export function readUnsaved<E>(
  store: Store,
  path: string,
  isEdit: (value: unknown) => value is E,
): Unsaved<E> | null {
  const kept = parsed(store.getItem(keyOf(path)));
  const base = field(kept, "base");
  const [text, etag, edit] = [field(base, "text"), field(base, "etag"), field(kept, "edit")];
  if (typeof text !== "string" || typeof etag !== "string" || !isEdit(edit)) return null;
  return { base: { text, etag }, edit };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const field = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
