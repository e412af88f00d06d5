/** The runtime's permissions: their kinds, what is granted of each, and what a refusal means. */

/** Every kind the runtime knows, with what it lets a program do. */
export const PERMISSION_KINDS = {
  read: { may: "read", unit: "files and folders" },
  write: { may: "write", unit: "files and folders" },
  net: { may: "connect to or listen on", unit: "addresses" },
  run: { may: "start", unit: "programs" },
  env: { may: "see the variable", unit: "variables" },
  sys: { may: "ask the system for", unit: "facts of the system" },
  ffi: { may: "load", unit: "native libraries" },
  import: { may: "load code from", unit: "hosts" },
} as const satisfies Record<string, { may: string; unit: string }>;

export type PermissionKind = keyof typeof PERMISSION_KINDS;

export const isPermissionKind = (word: string): word is PermissionKind =>
  Object.hasOwn(PERMISSION_KINDS, word);

/** What is granted of one kind: all of it, or a list, which may be empty. */
export type Granted = "all" | readonly string[];

export type Grants = Readonly<Record<PermissionKind, Granted>>;

/** Grants of `more` on top of those of `base`. */
export function widened(
  base: Grants,
  more: Readonly<Partial<Grants>>,
): Grants {
  const entries = Object.entries(base).map(([kind, granted]) => {
    const added = more[kind as PermissionKind] ?? [];
    const all = granted === "all" || added === "all";
    return [kind, all ? "all" : [...new Set([...granted, ...added])]];
  });
  return Object.fromEntries(entries);
}

/** How this process was started. */
export type Confinement =
  | { readonly type: "none" }
  /** `safe`: with --safe, so that agents get the safe posture; else only with single permissions. */
  | { readonly type: "grants"; readonly safe: boolean; readonly grants: Grants };

/** Whether it was started with --safe. */
export const isSafe = (confinement: Confinement): boolean =>
  confinement.type === "grants" && confinement.safe;

export const UNCONFINED: Confinement = { type: "none" };

/** What the runtime refused. */
export interface Refusal {
  /** Null: it wants everything to be allowed, as for the system's own files. */
  readonly kind: PermissionKind | null;
  /** The path, address, program or name; null: all of its kind. */
  readonly target: string | null;
}

const REFUSAL = /^Requires (\w+) access(?: to (?:"(.*?)"|(<\w+>)))?,/;

/** What was refused, when that is what was thrown; else null. */
export function refusalOf(thrown: unknown): Refusal | null {
  if (!(thrown instanceof Error)) return null;
  const found = REFUSAL.exec(thrown.message);
  if (found === null) return thrown.name === "NotCapable" ? { kind: null, target: null } : null;
  const [, word = "", quoted, placeholder] = found;
  const target = quoted ?? placeholder ?? null;
  return { kind: isPermissionKind(word) ? word : null, target };
}

/** The flag that would allow it, as it is written before the command. */
export function flagFor({ kind, target }: Refusal): string {
  // Native code and the system's own files are beyond what single permissions can hold.
  if (kind === null || kind === "ffi") return "--allow-all";
  if (target === null) return kind === "run" ? "--allow-all" : `--allow-${kind}`;
  return `--allow-${kind}=${/^[\w./:@*+-]+$/.test(target) ? target : `'${target}'`}`;
}

/** A refusal in a person's words: what was refused, and what would allow it. */
export function refusalWords(
  refusal: Refusal,
): { readonly message: string; readonly hint: string } {
  const { kind, target } = refusal;
  const flag = flagFor(refusal);
  const what = kind === null
    ? "do what needs every permission"
    : `${PERMISSION_KINDS[kind].may} ${target ?? `all ${PERMISSION_KINDS[kind].unit}`}`;
  return {
    message: `CAR was started without the permission to ${what}.`,
    hint: `${flag} before the command would allow it; \`car permissions\` shows what is granted.`,
  };
}
