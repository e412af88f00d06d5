/** What a config key is: its kind, default, range and meaning, and how a found value becomes its value. */

export type KeyKind =
  | "bool"
  | "int"
  | "number"
  | "seconds"
  | "string"
  | "path"
  | "url"
  | "enum"
  | "list"
  | "ids"
  | "map"
  | "command"
  | "checks"
  | "hours";

/** A value that was read, or in words what is allowed in its place. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly allowed: string };

/** One row of the table of config keys. */
export interface Key<T> {
  readonly row: "key";
  readonly kind: KeyKind;
  readonly default: T;
  /** `s`, `bytes`, `tokens`, ...; null where there is none. */
  readonly unit: string | null;
  /** What may stand there, in words. */
  readonly allowed: string;
  /** The allowed words of an enum, for completions; null for other kinds. */
  readonly choices: readonly (string | boolean)[] | null;
  /** One sentence. */
  readonly meaning: string;
  /** The release that brought it. */
  readonly since: string;
  /** Shown as `(secret)` by every surface. */
  readonly secret: boolean;
  decode(found: unknown): Decoded<T>;
}

/** A section whose keys are names a person chooses, each with the same keys below it. */
export interface Named<S extends Spec> {
  readonly row: "named";
  readonly spec: S;
  readonly meaning: string;
  /** Names that are there without being configured: values that differ from the keys' defaults. */
  readonly builtIn: Readonly<Record<string, { readonly [K in keyof S]?: ValueOf<S[K]> }>>;
  /** Names that may not be chosen, with the reason. */
  readonly reserved: Readonly<Record<string, string>>;
}

export type SpecNode = Key<unknown> | Named<Spec> | Spec;
export interface Spec {
  readonly [name: string]: SpecNode;
}

/** The type of the values that a key, or a whole section, holds. */
export type ValueOf<N> = N extends { readonly row: "key"; readonly default: infer T } ? T
  : N extends { readonly row: "named"; readonly spec: infer S }
    ? { readonly [name: string]: { readonly [K in keyof S]: ValueOf<S[K]> } }
  : { readonly [K in keyof N]: ValueOf<N[K]> };

export const isKey = (node: SpecNode): node is Key<unknown> => node["row"] === "key";
export const isNamed = (node: SpecNode): node is Named<Spec> => node["row"] === "named";

const FIRST_RELEASE = "0.1.0";

export interface Facts<T> {
  readonly kind: KeyKind;
  readonly default: T;
  readonly allowed: string;
  readonly meaning: string;
  readonly unit?: string;
  readonly choices?: readonly (string | boolean)[];
  readonly decode: (found: unknown) => T | undefined;
}

/** A row from its facts. */
export function key<T>(facts: Facts<T>): Key<T> {
  return {
    row: "key",
    kind: facts.kind,
    default: facts.default,
    unit: facts.unit ?? null,
    allowed: facts.allowed,
    choices: facts.choices ?? null,
    meaning: facts.meaning,
    since: FIRST_RELEASE,
    secret: false,
    decode(found) {
      const value = facts.decode(found);
      return value === undefined ? { ok: false, allowed: facts.allowed } : { ok: true, value };
    },
  };
}

/** The same key where nothing (`null`) may stand too, and does unless configured. */
export function orNone<T>(inner: Key<T>, means = "none"): Key<T | null> {
  const allowed = `${inner.allowed}, or null (${means})`;
  return {
    ...inner,
    default: null,
    allowed,
    decode(found) {
      if (found === null) return { ok: true, value: null };
      const decoded = inner.decode(found);
      return decoded.ok ? decoded : { ok: false, allowed };
    },
  };
}

/** The same key, its value never shown. */
export const secret = <T>(inner: Key<T>): Key<T> => ({ ...inner, secret: true });

/** The key at a path, names of the person's choosing included; undefined when there is none. */
export function keyAt(spec: Spec, path: readonly string[]): Key<unknown> | undefined {
  const [name, ...rest] = path;
  const node = name !== undefined && Object.hasOwn(spec, name) ? spec[name] : undefined;
  if (node === undefined) return undefined;
  if (isKey(node)) return rest.length === 0 ? node : undefined;
  return isNamed(node) ? keyAt(node.spec, rest.slice(1)) : keyAt(node, rest);
}
