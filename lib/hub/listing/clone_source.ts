/** Where a repo may be cloned from, and what it is called then: pure. */

import { resolve } from "node:path";
import { CarError } from "../../base/errors.ts";

export interface CloneSource {
  /** For git: an absolute path, or an address. */
  readonly url: string;
  /** For people: without a password that stands in it. */
  readonly shown: string;
  /** The folder it makes when none is named. */
  readonly name: string;
}

const SCHEMES = ["https:", "http:", "ssh:", "git:", "file:"] as const;
const ALLOWED = "Allowed: https://, http://, ssh://, git://, file://, user@host:path, or a path.";

/** `user@host:path`, which git takes for ssh. */
const SCP =
  /^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:(?!:).+$|^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+:(?!:).+$/;

/**
 * Judges what a person typed.
 * @param cwd Absolute; where a relative path begins.
 * @throws {CarError} `invalid` for what would be an option, a helper program or no address at all.
 */
export function cloneSource(typed: string, cwd: string): CloneSource {
  const given = typed.trim();
  const refuse = (why: string) => new CarError("invalid", why, { hint: ALLOWED });
  if (given === "") throw refuse("The address to clone from is empty.");
  if (/\p{Cc}/u.test(given)) throw refuse("The address has control characters in it.");
  if (given.startsWith("-")) throw refuse(`"${given}" would be an option to git, no address.`);
  if (/^[A-Za-z0-9+.-]+::/.test(given)) {
    throw refuse(`"${given.split("::")[0]}::" would have git run another program.`);
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(given)) return address(given, refuse);
  if (SCP.test(given)) return { url: given, shown: given, name: nameIn(given) };
  const path = resolve(cwd, given);
  return { url: path, shown: path, name: nameIn(path) };
}

function address(given: string, refuse: (why: string) => CarError): CloneSource {
  const parsed = URL.parse(given);
  // Not shown: a password may stand in it.
  if (parsed === null) throw refuse("The address cannot be read.");
  if (!SCHEMES.some((scheme) => scheme === parsed.protocol)) {
    throw refuse(`${parsed.protocol}// is no way to clone a repo.`);
  }
  if (parsed.hostname.startsWith("-") || parsed.username.startsWith("-")) {
    throw refuse("A host or user that begins with a dash would be an option to ssh.");
  }
  const shown = new URL(parsed);
  if (shown.password !== "") shown.password = "***";
  else if (shown.username !== "" && shown.protocol.startsWith("http")) shown.username = "***";
  return { url: given, shown: shown.href, name: nameIn(decoded(parsed.pathname)) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The last part of a path, as git would name the folder. */
function nameIn(path: string): string {
  const whole = path.replace(/[?#].*$/, "").replace(/\/+$/, "").replace(/\/\.git$/, "");
  return whole.split(/[/:]/).at(-1)?.replace(/\.git$/, "") ?? "";
}

/**
 * The name of the folder a clone goes into.
 * @throws {CarError} `invalid` for one that is no plain, visible name.
 */
export function cloneName(name: string): string {
  const isPlain = name !== "" && !name.startsWith(".") && !name.startsWith("-") &&
    !/[/\\\p{Cc}]/u.test(name);
  if (isPlain) return name;
  throw new CarError("invalid", `"${name}" cannot be the name of a repo's folder.`, {
    hint: "Name one behind the address: a plain name without / that does not begin with a dot.",
  });
}
