/** Path patterns: `*` and `?` within a name, `**` across folders, `{a,b}` for alternatives. */

/** More alternatives than this come from a slip or from malice; the pattern then matches nothing. */
const ALTERNATIVES_MAX = 256;

/** A pattern made ready to match. */
export type Glob = readonly (readonly string[])[];

/**
 * Parses a pattern, relative to the repo's root. A leading `./` or `/` is dropped; a pattern that
 * ends in `/` means everything below that folder. There is no escape character: every other
 * character stands for itself. Matching is case-sensitive; its time is bounded by the length of the
 * path times that of the pattern, whatever the pattern.
 */
export function parseGlob(pattern: string): Glob {
  const trimmed = pattern.trim().replace(/^(?:\.?\/)+/, "");
  if (trimmed === "") return [];
  const whole = trimmed.endsWith("/") ? `${trimmed}**` : trimmed;
  return alternatives(whole).map((one) => one.split("/").filter((part) => part !== ""));
}

/** Whether `path`, relative to the repo's root with `/` between names, matches. */
export function matchesGlob(glob: Glob, path: string): boolean {
  const names = path.split("/");
  return glob.some((parts) => matchesParts(parts, names));
}

/** Whether `path` matches any of the patterns. */
export function matchesAny(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) => matchesGlob(parseGlob(pattern), path));
}

/** Every way to choose from the braces; braces that do not pair stand for themselves. */
function alternatives(pattern: string): readonly string[] {
  let ready: string[] = [""];
  let rest = pattern;
  for (;;) {
    const braces = /\{([^{}]*)\}/.exec(rest);
    if (braces === null) return ready.map((head) => head + rest);
    const before = rest.slice(0, braces.index);
    const choices = (braces[1] ?? "").split(",");
    if (ready.length * choices.length > ALTERNATIVES_MAX) return [];
    ready = ready.flatMap((head) => choices.map((choice) => head + before + choice));
    rest = rest.slice(braces.index + braces[0].length);
  }
}

/** Both matchers below remember only the last star: to go back further can never help. */
function matchesParts(parts: readonly string[], names: readonly string[]): boolean {
  return matchesSequence(
    parts.length,
    names.length,
    (part) => parts[part] === "**",
    (part, name) => matchesName(parts[part] ?? "", names[name] ?? ""),
  );
}

function matchesName(part: string, name: string): boolean {
  const marks = [...part.replaceAll(/\*+/g, "*")];
  const letters = [...name];
  return matchesSequence(
    marks.length,
    letters.length,
    (mark) => marks[mark] === "*",
    (mark, letter) => marks[mark] === "?" || marks[mark] === letters[letter],
  );
}

function matchesSequence(
  wantedLength: number,
  givenLength: number,
  isStar: (wanted: number) => boolean,
  fits: (wanted: number, given: number) => boolean,
): boolean {
  let wanted = 0;
  let given = 0;
  let star = -1;
  let starTook = 0;
  while (given < givenLength) {
    if (wanted < wantedLength && isStar(wanted)) {
      star = wanted++;
      starTook = given;
    } else if (wanted < wantedLength && fits(wanted, given)) {
      wanted++;
      given++;
    } else if (star >= 0) {
      wanted = star + 1;
      given = ++starTook;
    } else {
      return false;
    }
  }
  while (wanted < wantedLength && isStar(wanted)) wanted++;
  return wanted === wantedLength;
}
