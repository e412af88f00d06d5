/** Puts a text together that comes in pieces, some twice and some late: for whoever shows a chat live. */

/** A piece of a text, with how many of its characters (UTF-16) came before it. */
export interface TextPiece {
  readonly id: string;
  readonly at: number;
  readonly text: string;
}

/** How much of each text, by its id, was shown. */
export type ShownTexts = ReadonlyMap<string, number>;

/**
 * What of a piece is new. A piece behind a gap is left: the stored parts, or the whole text, bring what
 * is missing.
 */
export function foldPiece(
  shown: ShownTexts,
  { id, at, text }: TextPiece,
): { readonly shown: ShownTexts; readonly fresh: string } {
  const had = shown.get(id) ?? 0;
  if (at > had || at + text.length <= had) return { shown, fresh: "" };
  return { shown: new Map(shown).set(id, at + text.length), fresh: text.slice(had - at) };
}
