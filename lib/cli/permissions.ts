/** Permissions on the command line: the flags before the command, decided before anything is loaded. */

import { CarError } from "../base/errors.ts";
import { type Granted, isPermissionKind, type PermissionKind } from "../base/permissions.ts";

/** What a person asks CAR to be held to. */
export type Asked =
  | { readonly type: "all" }
  | {
    readonly type: "restricted";
    readonly safe: boolean;
    /** Named one by one; what is not here is denied, or as --safe has it. */
    readonly allow: Readonly<Partial<Record<PermissionKind, Granted>>>;
  };

export interface PermissionArguments {
  readonly asked: Asked;
  /** The command line without the permissions. */
  readonly rest: readonly string[];
}

const ALL = ["--allow-all", "-A"];
const PERMISSION = /^--(?:safe|(allow|deny)-([a-z]+))(?:=(.*))?$/s;

/** What may stand among the permissions: options of every command, and how many words each takes. */
const GLOBAL_WORDS: Readonly<Record<string, number>> = {
  "--json": 1,
  "--color": 1,
  "--no-color": 1,
  "-q": 1,
  "--quiet": 1,
  "--repo": 2,
};

/** Whether a word is a permission, wherever it stands. */
export const isPermission = (word: string): boolean => ALL.includes(word) || PERMISSION.test(word);

/**
 * Takes the permissions off the front of a command line.
 * @throws {CarError} `usage` for what contradicts itself, or what no permission can hold.
 */
export function parsePermissions(argv: readonly string[]): PermissionArguments {
  const flags: string[] = [];
  const rest: string[] = [];
  let at = 0;
  for (let word = argv[at]; word !== undefined; word = argv[at]) {
    if (isPermission(word)) {
      flags.push(word);
      at += 1;
      continue;
    }
    const words = word.startsWith("--repo=") ? 1 : GLOBAL_WORDS[word];
    if (words === undefined) break;
    rest.push(...argv.slice(at, at + words));
    at += words;
  }
  return { asked: askedBy(flags), rest: [...rest, ...argv.slice(at)] };
}

function askedBy(flags: readonly string[]): Asked {
  const all = flags.some((flag) => ALL.includes(flag));
  const single = flags.filter((flag) => !ALL.includes(flag));
  if (all && single[0] !== undefined) {
    throw new CarError("usage", `--allow-all and ${nameOf(single[0])} contradict each other.`, {
      hint: "--allow-all is what CAR does without any flag; leave out one of them.",
    });
  }
  if (single.length === 0) return { type: "all" };
  const allow = new Map<PermissionKind, Granted>();
  for (const flag of single) add(allow, flag);
  return {
    type: "restricted",
    safe: single.some((flag) => nameOf(flag) === "--safe"),
    allow: Object.fromEntries(allow),
  };
}

const nameOf = (flag: string): string => flag.replace(/=.*/s, "");

function add(allow: Map<PermissionKind, Granted>, flag: string): void {
  const [, verb, word = "", list] = PERMISSION.exec(flag) ?? [];
  if (verb === undefined) {
    if (list === undefined) return;
    throw new CarError("usage", "--safe takes no value.", {
      hint: "Widen it with flags beside it, e.g. `car --safe --allow-net=api.example.org status`.",
    });
  }
  const kind = kindOf(verb, word, list);
  const before = allow.get(kind);
  const targets = (list ?? "all").split(",").filter((target) => target !== "");
  if (targets.length === 0) {
    throw new CarError("usage", `--allow-${kind}= names nothing.`, {
      hint: `Name what is allowed, parted by commas, or leave the flag out: without it nothing is.`,
    });
  }
  allow.set(kind, list === undefined || before === "all" ? "all" : [...(before ?? []), ...targets]);
}

/** @throws {CarError} `usage` for a kind there is not, and for what cannot be confined. */
function kindOf(verb: string, word: string, list: string | undefined): PermissionKind {
  if (verb === "deny") {
    throw new CarError("usage", `--deny-${word} cannot be held: CAR takes no list of exceptions.`, {
      hint: "What is not allowed is denied. Name what is allowed with --allow-… instead.",
    });
  }
  if (!isPermissionKind(word)) {
    throw new CarError("usage", `There is no permission --allow-${word}.`, { hint: KINDS_HINT });
  }
  const fault = UNCONFINABLE[word]?.(list);
  if (fault === undefined || fault === null) return word;
  throw new CarError("usage", fault, {
    hint:
      "Ask for less, or for all of it: `car --allow-all …`, which is how CAR runs without flags.",
  });
}

const KINDS_HINT =
  "There are --safe, --allow-all, and --allow-read, -write, -net, -run, -env and -sys, each with =LIST.";

/** Grants beside which no other restriction would hold, or that CAR has no use for. */
const UNCONFINABLE: Readonly<
  Partial<Record<PermissionKind, (list: string | undefined) => string | null>>
> = {
  ffi: () =>
    "--allow-ffi cannot be confined: native code does what it likes, whatever else is denied.",
  run: (list) =>
    list === undefined
      ? "--allow-run without a list cannot be confined: any program does what it likes. Name them."
      : null,
  import: () => "--allow-import is of no use: CAR loads no code from elsewhere.",
};
