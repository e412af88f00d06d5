/**
 * CAR started once more, only to make the terminal it finds at its input the session's own and to
 * become the program that is wanted: where posix_spawn cannot. Needed on macOS; tested on Linux.
 */

import { cText, cTexts } from "./c_memory.ts";
import type { TerminalSpawn } from "./system.ts";

/** The first word by which the compiled program knows what it was started for. */
export const TAKE_TERMINAL = "__take-terminal";

const SYSTEMS = {
  linux: { library: "libc.so.6", TIOCSCTTY: 0x540en, unblockable: [9, 19] },
  darwin: { library: "/usr/lib/libSystem.B.dylib", TIOCSCTTY: 0x20007461n, unblockable: [9, 17] },
} as const;

const SYMBOLS = {
  // The third argument is 0 on both systems, which macOS does not even read.
  ioctl: { parameters: ["i32", "u64", "i32"], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "usize" },
  execv: { parameters: ["buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const SIGNALS_MAX = 31;
const SIG_DFL = 0n;
/** As shells answer: the program was found and could not be started. */
const NOT_STARTED = 126;

/** The same start by way of this program. */
export function throughTaker(call: TerminalSpawn): TerminalSpawn {
  const own = Deno.build.standalone
    ? [TAKE_TERMINAL]
    : ["run", "--quiet", "-A", "--no-lock", import.meta.url];
  const path = Deno.execPath();
  return { ...call, path, argv: [path, ...own, call.path, ...call.argv] };
}

/** Becomes the program. Comes back only when that fails. @param words its path, then all of its argv. */
export function takeTerminal([path = "", ...argv]: readonly string[]): number {
  const system = Deno.build.os === "darwin" ? SYSTEMS.darwin : SYSTEMS.linux;
  const { symbols } = Deno.dlopen(system.library, SYMBOLS);
  if (symbols.ioctl(0, system.TIOCSCTTY, 0) < 0) return NOT_STARTED;
  for (let signal = 1; signal <= SIGNALS_MAX; signal++) {
    if (!system.unblockable.some((it) => it === signal)) symbols.signal(signal, SIG_DFL);
  }
  symbols.execv(cText(path), cTexts(argv));
  return NOT_STARTED;
}

if (import.meta.main && !Deno.build.standalone) Deno.exit(takeTerminal(Deno.args));
