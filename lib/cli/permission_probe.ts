/** Tries what a permission is about, so that a person sees what is refused instead of reading it. */

import { CarError } from "../base/errors.ts";
import {
  flagFor,
  isPermissionKind,
  PERMISSION_KINDS,
  type PermissionKind,
  refusalOf,
} from "../base/permissions.ts";
import { tryToStart } from "../hub/start_trial.ts";
import type { Io } from "./io.ts";

export interface Probe {
  readonly kind: PermissionKind;
  readonly what: string;
}

export interface Probed extends Probe {
  /** Whether the permissions allow it; it may have failed for another reason. */
  readonly allowed: boolean;
  /** What else came of it, in words; "" when it worked. */
  readonly detail: string;
  /** What would allow it; null when it is allowed. */
  readonly flag: string | null;
}

/** An address that does not answer within this was allowed all the same, in milliseconds. */
const CONNECT_MS_MAX = 2_000;

/** `read=/etc/passwd`. @throws {CarError} `usage` for anything else. */
export function readProbe(text: string): Probe {
  const at = text.indexOf("=");
  const [kind, what] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && isPermissionKind(kind) && Object.hasOwn(PROBES, kind) && what !== "") {
    return { kind, what };
  }
  throw new CarError("usage", `--try ${text} is not KIND=WHAT.`, {
    hint: `KIND is one of ${Object.keys(PROBES).join(", ")}; e.g. --try read=/etc/passwd`,
  });
}

/** Tries it. Never throws. */
export async function probe({ kind, what }: Probe, io: Io): Promise<Probed> {
  try {
    await PROBES[kind]?.(what, io);
    return { kind, what, allowed: true, detail: "", flag: null };
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    if (refusal !== null) {
      const { target } = refusal;
      const detail = target === null || target === what ? "" : `it is ${target}`;
      return { kind, what, allowed: false, detail, flag: flagFor(refusal) };
    }
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind, what, allowed: true, detail, flag: null };
  }
}

type Trial = (what: string, io: Io) => Promise<void>;

const PROBES: Readonly<Partial<Record<PermissionKind, Trial>>> = {
  read: tryRead,
  write: tryWrite,
  net: tryConnect,
  run: (program) => tryToStart(program),
  env: (name) => Promise.resolve(void Deno.env.get(name)),
  ffi: (library) => Promise.resolve(Deno.dlopen(library, {}).close()),
} satisfies Partial<Record<keyof typeof PERMISSION_KINDS, Trial>>;

const absolute = (path: string, io: Io): string =>
  path.startsWith("/") ? path : `${io.cwd}/${path}`;

/** As CAR itself reads: links are followed first, so that the target is what must be allowed. */
async function tryRead(path: string, io: Io): Promise<void> {
  const real = await Deno.realPath(absolute(path, io));
  const { isFile } = await Deno.stat(real);
  if (isFile) (await Deno.open(real)).close();
}

/** Opens what is there, or makes the file and takes it away again. */
async function tryWrite(path: string, io: Io): Promise<void> {
  const whole = absolute(path, io);
  const slash = whole.lastIndexOf("/");
  const folder = whole.slice(0, slash) || "/";
  // A folder that may not be looked at may be written in all the same.
  const real = `${await Deno.realPath(folder).catch(() => folder)}${whole.slice(slash)}`;
  try {
    (await Deno.open(real, { append: true, createNew: true })).close();
    await Deno.remove(real);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
    (await Deno.open(await Deno.realPath(real), { append: true })).close();
  }
}

async function tryConnect(address: string): Promise<void> {
  const found = /^\[?(.+?)\]?:(\d+)$/.exec(address);
  const [hostname, port] = [found?.[1] ?? address, Number(found?.[2] ?? 443)];
  const connection = await Deno.connect({
    hostname,
    port,
    signal: AbortSignal.timeout(CONNECT_MS_MAX),
  });
  connection.close();
}
