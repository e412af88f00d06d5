/** Finds the program of a terminal, and says in a person's words why it cannot be started. */

import { CarError } from "../../base/errors.ts";
import { SystemError } from "./system.ts";

const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

/** The system's numbers, the same on Linux and macOS. */
const ERRNO = { ENOENT: 2, ENOEXEC: 8, EACCES: 13, EMFILE: 24, E2BIG: 7 } as const;

/**
 * The absolute path of a program named by path or found on PATH.
 * @param path the PATH of the program to be. @throws {CarError} `unavailable`.
 */
export function programPath(program: string, cwd: string, path = PATH_FALLBACK): string {
  const named = program.includes("/");
  const folders = named ? [""] : path.split(":").filter((it) => it.startsWith("/"));
  for (const folder of folders) {
    const candidate = named ? absolute(program, cwd) : `${folder}/${program}`;
    if (isExecutable(candidate)) return candidate;
  }
  throw new CarError(
    "unavailable",
    named
      ? `There is no program "${program}" that may be started.`
      : `The program "${program}" was not found on PATH.`,
    { hint: "Install it, or mend the command in the section `terminal` of the configuration." },
  );
}

const absolute = (path: string, cwd: string): string =>
  path.startsWith("/") ? path : `${cwd}/${path}`;

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0o111) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** @throws {CarError} `unavailable` unless it is a folder. */
export function checkFolder(cwd: string): void {
  try {
    if (Deno.statSync(cwd).isDirectory) return;
  } catch {
    // The sentence below is true of it.
  }
  throw new CarError("unavailable", `The terminal's folder ${cwd} does not exist.`, {
    hint: "Restore the folder, or open the terminal in another one.",
  });
}

/** A failure of the system as a sentence about the terminal. */
export function startError(program: string, thrown: unknown): CarError {
  if (thrown instanceof CarError) return thrown;
  const errno = thrown instanceof SystemError ? thrown.errno : 0;
  const because = (message: string, hint: string) =>
    new CarError("unavailable", message, { hint, cause: thrown });
  switch (errno) {
    case ERRNO.ENOENT:
      return because(
        `The program "${program}" names an interpreter in its first line that does not exist.`,
        "Install the interpreter, or mend the first line.",
      );
    case ERRNO.ENOEXEC:
    case ERRNO.EACCES:
      return because(`The program "${program}" cannot be executed.`, "Name another program.");
    case ERRNO.EMFILE:
      return because("Too many files or terminals are open.", "End a terminal, then try again.");
    case ERRNO.E2BIG:
      return because("The environment of the terminal is too big.", "Pass on fewer variables.");
    default:
      return because(
        `No terminal could be opened for "${program}": ${String(thrown)}.`,
        'Run "car doctor".',
      );
  }
}
