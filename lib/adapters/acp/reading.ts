/** Reads what an agent sent without trusting its shape: the field if it is there, else nothing. Pure. */

export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = {};

/** The value as an object; an empty one for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Fields
    : NOTHING;
}

/** A field that is text and not empty, also a number where text is meant. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A field that is a finite number. */
export function numberAt(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A field that is a list, each entry as an object; empty for anything else. */
export function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** Follows names inwards: `inside(x, "a", "b")` is `x.a.b`. */
export function inside(value: unknown, ...path: readonly string[]): Fields {
  return path.reduce((fields: Fields, name) => fieldsOf(fields[name]), fieldsOf(value));
}
