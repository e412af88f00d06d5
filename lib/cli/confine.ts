/**
 * Holds a command to its permissions: it runs in a thread of its own that has exactly these, and
 * this thread gives up its own before the command begins. Loaded only when a restriction is asked for.
 */

import { CarError } from "../base/errors.ts";
import {
  type Grants,
  PERMISSION_KINDS,
  type PermissionKind,
  widened,
} from "../base/permissions.ts";
import { processIdentity } from "../control/process_identity.ts";
import type { FoundRoot } from "../control/roots.ts";
import type { Begin } from "./confined_messages.ts";
import { followThread } from "./confined_thread.ts";
import type { Io } from "./io.ts";
import type { Asked } from "./permissions.ts";

/** What the command is, as far as its permissions depend on it. */
export interface ConfinedCall {
  readonly asked: Extract<Asked, { type: "restricted" }>;
  /** The command line without the permissions. */
  readonly argv: readonly string[];
  /** The folder a person stands in or named, absolute. */
  readonly from: string;
  readonly found: FoundRoot;
  readonly approves: boolean;
  /** The address named on the command line, where the command serves. */
  readonly listens: { readonly host: string | null; readonly port: number | null };
}

const NOTHING: Grants = {
  read: [],
  write: [],
  net: [],
  run: [],
  env: [],
  sys: [],
  ffi: [],
  import: [],
};

const KINDS = Object.keys(PERMISSION_KINDS) as PermissionKind[];

/** CAR's own modules and files, which its code is read from. */
const OWN_FILES = Deno.build.standalone
  ? import.meta.dirname ?? ""
  : new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Runs the command. @returns Its exit code. @throws {CarError} `usage` for what cannot be confined. */
export async function runConfined(call: ConfinedCall, io: Io): Promise<number> {
  const { asked, argv } = call;
  const environment = io.environment();
  const base = asked.safe ? await neededBy(call, environment) : NOTHING;
  const grants = resolved(widened(base, asked.allow), io.cwd);
  refuseReplaceable(grants);
  const self = processIdentity(Deno.pid) ?? { pid: Deno.pid, start: "", boot: "" };
  const names = grants.env === "all" ? Object.keys(environment) : grants.env;
  return await runInThread(grants, {
    argv,
    cwd: io.cwd,
    confinement: { type: "grants", safe: asked.safe, grants },
    names,
    self,
  }, io);
}

/** Needs the config, so it is loaded for --safe alone. */
async function neededBy(
  call: ConfinedCall,
  environment: Readonly<Record<string, string>>,
): Promise<Grants> {
  const { safeGrants } = await import("../hub/safe_grants.ts");
  return await safeGrants({ ...call, environment });
}

/** Paths as the runtime compares them, so that what is shown is what is granted. */
function resolved(grants: Grants, cwd: string): Grants {
  const absolute = (path: string) => {
    const whole = path.startsWith("/") ? path : `${cwd}/${path}`;
    return new URL(`file://${encodeURI(whole).replaceAll("?", "%3F").replaceAll("#", "%23")}`);
  };
  const paths = (granted: Grants["read"]) =>
    granted === "all"
      ? granted
      : granted.map((path) => decodeURIComponent(absolute(path).pathname).replace(/(?<=.)\/$/, ""));
  const programs = grants.run === "all"
    ? grants.run
    : grants.run.map((it) => it.includes("/") ? paths([it])[0] ?? it : it);
  return { ...grants, read: paths(grants.read), write: paths(grants.write), run: programs };
}

/** A program that may be overwritten may become any other: such a list holds nothing. */
function refuseReplaceable({ run, write }: Grants): void {
  if (run === "all" || run.length === 0) return;
  const folders = write === "all" ? ["/"] : write;
  for (const program of run) {
    const folder = folders.find((it) =>
      it === "/" || program === it || realOf(program).startsWith(`${realOf(it)}/`)
    );
    if (folder === undefined) continue;
    throw new CarError("usage", `${program} may be started, and ${folder} may be written.`, {
      hint:
        "A program that can be overwritten confines nothing. Keep programs out of what may be " +
        "written, or use --allow-all.",
    });
  }
}

function realOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** As the runtime wants it; CAR's own files are added, since its code lies there. */
function workerPermissions(grants: Grants): Deno.PermissionOptions {
  const entries = KINDS.map((kind) => {
    const granted = grants[kind];
    if (granted === "all") return [kind, true];
    const list = kind === "read" ? [...granted, OWN_FILES] : installed(kind, granted);
    return [kind, list.length === 0 ? false : list];
  });
  return Object.fromEntries(entries);
}

/** A name that is not on PATH would keep the thread from starting. */
function installed(kind: PermissionKind, granted: readonly string[]): readonly string[] {
  if (kind !== "run") return granted;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return granted.filter((program) =>
    program.includes("/") || folders.some((folder) => isThere(`${folder}/${program}`))
  );
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Two literal names: the build finds the one, the compiled program the other. */
const entry = (): URL =>
  Deno.build.standalone
    ? new URL("./confined.js", import.meta.url)
    : new URL("./confined_worker.ts", import.meta.url);

async function runInThread(grants: Grants, begin: Begin, io: Io): Promise<number> {
  const worker = new Worker(entry(), {
    type: "module",
    name: "car",
    deno: { permissions: workerPermissions(grants) },
  });
  return await followThread(worker, begin, { giveUp: giveUpEverything, tell: io.stderr });
}

/** From here on this thread may do no more than wait. */
function giveUpEverything(): void {
  for (const name of KINDS) Deno.permissions.revokeSync({ name });
}
