/**
 * The environment of a child: a short list of harmless names, what its user names, and the markers
 * by which it is found again. Everything else CAR has in its own environment, keys above all, stays
 * out.
 */

/** What programs need to find themselves, the person's files and language. */
const BASE_NAMES: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "TERM",
  "TMPDIR",
  "SHELL",
  "TZ",
]);
const BASE_PREFIXES = ["LC_", "XDG_"] as const;

/** Used when CAR itself was started without PATH, as by some service managers. */
const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

/** The names CAR marks processes with. A process that shall outlive CAR is started with `CAR_OWNER=`. */
export const MARKERS = {
  /** This start of CAR: what the lifeline ends when CAR dies. */
  owner: "CAR_OWNER",
  /** The hub or repo: what the next start of CAR ends when the owner is another. */
  root: "CAR_ROOT",
  run: "CAR_RUN_ID",
  turn: "CAR_TURN_ID",
  /** This very spawn: what `stop` and `kill` end. */
  spawn: "CAR_SPAWN",
} as const satisfies Record<string, string>;

export type Marker = keyof typeof MARKERS;
export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentParts {
  /** Names taken from `own` in addition to the base. */
  readonly inherit: readonly string[];
  readonly extra: Environment;
  readonly markers: Readonly<Partial<Record<Marker, string>>>;
}

/** Whether every child gets the variable of this name. */
export const isHarmless = (name: string): boolean =>
  BASE_NAMES.has(name) || BASE_PREFIXES.some((prefix) => name.startsWith(prefix));

/** The whole environment of a child. @param own CAR's own. The markers cannot be overridden. */
export function childEnvironment(own: Environment, parts: EnvironmentParts): Environment {
  const named = new Set(parts.inherit);
  const inherited = Object.entries(own).filter(([name]) => isHarmless(name) || named.has(name));
  const marks = Object.entries(parts.markers).map((
    [key, value],
  ) => [MARKERS[key as Marker], value]);
  return {
    PATH: PATH_FALLBACK,
    ...Object.fromEntries(inherited),
    ...parts.extra,
    ...Object.fromEntries(marks),
  };
}

/** CAR's own environment; empty where the posture forbids reading it. */
export function ownEnvironment(): Environment {
  try {
    return Deno.env.toObject();
  } catch {
    return {};
  }
}
