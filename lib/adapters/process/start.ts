/** Starts one program, or says in a person's words why it cannot be started. */

import { CarError, notAllowed } from "../../base/errors.ts";
import type { SpawnSpec } from "./child.ts";
import type { Environment } from "./environment.ts";

/** The kernel picks who dies when memory is out by this score: a child before CAR, 0 to 1000. */
const OOM_SCORE = "500";
/** Runs its arguments with stderr on the same pipe as stdout, so that the order of writing stays. */
const MERGE = ["/bin/sh", "-c", 'exec "$0" "$@" 2>&1'] as const;

/**
 * Puts the program behind it into a session of its own. For `detached` the runtime forks, and a fork
 * copies CAR's page tables while CAR stands still: 3 ms at 150 MB, 6 at 240, five times that on a busy
 * machine. Without it a start takes 1 ms at any size.
 */
const SETSID = "/usr/bin/setsid";

/**
 * Starts it in a session of its own.
 * @throws {CarError} `unavailable`: cwd or program missing, not executable, not allowed.
 */
export function startProcess(spec: SpawnSpec, env: Environment): Deno.ChildProcess {
  checkFolder(spec.cwd);
  const argv = spec.stderr === "merged" ? [...MERGE, ...spec.argv] as const : spec.argv;
  try {
    const options = {
      cwd: spec.cwd,
      clearEnv: true,
      env: { ...env },
      stdin: spec.stdin ?? "null",
      stdout: "piped",
      stderr: "piped",
    } as const;
    // What may fail to start is not left to setsid, which would start all the same.
    const isSafe = spec.purpose === "git" || isBinary(argv[0], env);
    const process = (isSafe ? startQuickly(argv, options) : null) ?? startDetached(argv, options);
    offerToOomKiller(process.pid);
    return process;
  } catch (cause) {
    throw startError(spec.argv[0], cause);
  }
}

export type Argv = readonly [string, ...string[]];

/** How a program is started, its session aside. */
export type StartOptions = Omit<Deno.CommandOptions, "args" | "detached">;

/**
 * Starts a program in a session of its own without a fork. In its first moment it is still in CAR's own
 * group: who signals it then reaches it by its number (`Reach.signalGroup`).
 * @returns Null without `setsid`, or in a posture that does not allow it.
 */
export function startQuickly(argv: Argv, options: StartOptions): Deno.ChildProcess | null {
  try {
    return new Deno.Command(SETSID, { ...options, args: [...argv] }).spawn();
  } catch {
    return null;
  }
}

/** The same with a fork, which every system and posture can. Throws as `Deno.Command` does. */
export function startDetached([program, ...args]: Argv, options: StartOptions): Deno.ChildProcess {
  return new Deno.Command(program, { ...options, args, detached: true }).spawn();
}

/** How a program begins that the kernel runs by itself, without an interpreter that may be missing. */
const ELF = [0x7f, 0x45, 0x4c, 0x46] as const;
const EXECUTABLE = 0o111;

/** Whether it is there and can be run; false also where that may not be looked at. */
function isBinary(program: string, env: Environment): boolean {
  const folders = program.includes("/")
    ? [""]
    : (env["PATH"] ?? "").split(":").map((it) => `${it}/`);
  for (const folder of folders) {
    const found = firstBytes(`${folder}${program}`);
    if (found !== null) return ELF.every((byte, at) => found[at] === byte);
  }
  return false;
}

/** Of a file that may be executed; null for anything else. */
function firstBytes(path: string): Uint8Array | null {
  try {
    using file = Deno.openSync(path);
    const { isFile, mode } = file.statSync();
    if (!isFile || ((mode ?? 0) & EXECUTABLE) === 0) return null;
    const bytes = new Uint8Array(ELF.length);
    file.readSync(bytes);
    return bytes;
  } catch {
    return null;
  }
}

function checkFolder(cwd: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(cwd);
  } catch (cause) {
    // A posture may forbid the look; the spawn itself then tells.
    if (!(cause instanceof Deno.errors.NotFound)) return;
    throw new CarError("unavailable", `The working directory ${cwd} does not exist.`, {
      hint: "Restore the folder, or scan again if the repo was moved.",
      cause,
    });
  }
  if (found.isDirectory) return;
  throw new CarError("unavailable", `The working directory ${cwd} is not a folder.`);
}

function startError(program: string, cause: unknown): CarError {
  const because = (message: string, hint: string) =>
    new CarError("unavailable", message, { hint, cause });
  const refused = notAllowed(cause);
  if (refused !== null) return refused;
  if (cause instanceof Deno.errors.NotFound) return notFound(program, because);
  if (cause instanceof Deno.errors.PermissionDenied) {
    return because(
      `The program "${program}" is not executable.`,
      `Run: chmod +x ${program} (or name the program, not a folder).`,
    );
  }
  const text = cause instanceof Error ? cause.message : String(cause);
  return because(`The program "${program}" could not be started: ${text}`, 'Run "car doctor".');
}

function notFound(
  program: string,
  because: (message: string, hint: string) => CarError,
): CarError {
  if (!program.includes("/")) {
    return because(
      `The program "${program}" was not found on PATH.`,
      "Install it, or write its full path in the configuration.",
    );
  }
  if (exists(program)) {
    return because(
      `The program "${program}" names an interpreter in its first line that does not exist.`,
      "Install the interpreter, or mend the first line.",
    );
  }
  return because(`The program "${program}" does not exist.`, "Mend the path in the configuration.");
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Has the kernel end a child before CAR. Best effort: absent on macOS, forbidden in some postures and containers. */
export function offerToOomKiller(pid: number): void {
  try {
    using score = Deno.openSync(`/proc/${pid}/oom_score_adj`, { write: true });
    score.writeSync(new TextEncoder().encode(OOM_SCORE));
  } catch {
    // The score stays as it is.
  }
}
