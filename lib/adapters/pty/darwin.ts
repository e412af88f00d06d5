/**
 * Terminals on macOS. Written from documentation and reports, never run: no machine was at hand.
 * What differs: posix_spawn does not make the terminal the session's own, so that a small program
 * does (take_terminal.ts); poll is unreliable for terminals, so that select waits.
 */

import { Posix } from "./posix.ts";
import { type PtySystem, type Readiness, SystemError, type Wish } from "./system.ts";
import { throughTaker } from "./take_terminal.ts";

const NUMBERS = {
  library: "/usr/lib/libSystem.B.dylib",
  O_NOCTTY: 0x20000,
  O_NONBLOCK: 4,
  O_CLOEXEC: 0x1000000,
  EAGAIN: 35,
  // O_RDWR and O_NOCTTY: take_terminal.ts makes it the session's own.
  slaveFlags: 0x20002,
  // SETSID 0x400, SETSIGDEF 4, SETSIGMASK 8, CLOEXEC_DEFAULT 0x4000: no file but the terminal.
  spawnFlags: 0x440c,
  // Both are one pointer.
  attributeBytes: 8,
  actionBytes: 8,
  signalSetBytes: 4,
  errnoSymbol: "__error",
} as const;

const TIOCSWINSZ = 0x80087467n;
const F_SETFD = 2;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
/** `fd_set`: 1,024 bits. */
const SET_BYTES = 128;
const FILES_MAX = SET_BYTES * 8;
const EMFILE = 24;

const SYMBOLS = {
  pipe: { parameters: ["buffer"], result: "i32" },
  select: {
    parameters: ["i32", "buffer", "buffer", "pointer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Where arguments of a variadic call go into registers, as those of any other. */
const VARIADIC_IN_REGISTERS = {
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Apple's arm64 passes them on the stack, which begins after eight registers. */
const VARIADIC_ON_STACK = {
  ioctl: {
    parameters: ["i32", "u64", "u64", "u64", "u64", "u64", "u64", "u64", "buffer"],
    result: "i32",
  },
  fcntl: {
    parameters: ["i32", "i32", "u64", "u64", "u64", "u64", "u64", "u64", "i64"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

interface Variadic {
  ioctl(fd: number, request: bigint, value: Uint16Array<ArrayBuffer>): number;
  fcntl(fd: number, command: number, value: number): number;
  close(): void;
}

function variadicCalls(): Variadic {
  if (Deno.build.arch !== "aarch64") {
    const library = Deno.dlopen(NUMBERS.library, VARIADIC_IN_REGISTERS);
    return { ...library.symbols, close: () => library.close() };
  }
  const library = Deno.dlopen(NUMBERS.library, VARIADIC_ON_STACK);
  const { symbols } = library;
  return {
    ioctl: (fd, request, value) => symbols.ioctl(fd, request, 0n, 0n, 0n, 0n, 0n, 0n, value),
    fcntl: (fd, command, value) =>
      symbols.fcntl(fd, command, 0n, 0n, 0n, 0n, 0n, 0n, BigInt(value)),
    close: () => library.close(),
  };
}

/** @throws what the runtime throws when the library is not there or not allowed. */
export function darwinSystem(): PtySystem {
  const posix = new Posix(NUMBERS);
  const variadic = variadicCalls();
  const library = Deno.dlopen(NUMBERS.library, SYMBOLS);
  const { symbols } = library;
  return {
    openMaster() {
      const master = posix.openMaster();
      if (master.fd < FILES_MAX) return master;
      posix.close(master.fd);
      throw new SystemError("select", EMFILE);
    },
    spawn: (call) => posix.spawn(throughTaker(call)),
    setSize: (fd, { cols, rows }) => {
      const size = new Uint16Array([rows, cols, 0, 0]);
      posix.check("TIOCSWINSZ", variadic.ioctl(fd, TIOCSWINSZ, size));
    },
    read: (fd, into) => posix.read(fd, into),
    write: (fd, bytes) => posix.write(fd, bytes),
    close: (fd) => posix.close(fd),
    pipe() {
      const pair = new Int32Array(2);
      posix.check("pipe", symbols.pipe(pair));
      for (const end of pair) {
        variadic.fcntl(end, F_SETFD, FD_CLOEXEC);
        variadic.fcntl(end, F_SETFL, NUMBERS.O_NONBLOCK);
      }
      return [pair[0] ?? -1, pair[1] ?? -1];
    },
    async wait(wishes, ms) {
      const reads = setOf(wishes.filter((it) => it.wantsRead));
      const writes = setOf(wishes.filter((it) => it.wantsWrite));
      const highest = wishes.reduce((high, { fd }) => Math.max(high, fd), -1);
      // `struct timeval`: seconds in 8 bytes, microseconds in 4.
      const time = new BigInt64Array([BigInt(Math.floor(ms / 1000)), BigInt((ms % 1000) * 1000)]);
      const ready = await symbols.select(highest + 1, reads, writes, null, time);
      return ready > 0 ? wishes.map(({ fd }) => readiness(fd, reads, writes)) : [];
    },
    reap: (pid) => posix.reap(pid),
    foreground: (fd) => posix.foreground(fd),
    signal: (pid, signal) => posix.signal(pid, signal),
    unload() {
      library.close();
      variadic.close();
      posix.unload();
    },
  };
}

function setOf(wishes: readonly Wish[]): Uint8Array<ArrayBuffer> {
  const set = new Uint8Array(SET_BYTES);
  for (const { fd } of wishes) {
    set[fd >> 3] = (set[fd >> 3] ?? 0) | (1 << (fd & 7));
  }
  return set;
}

const has = (set: Uint8Array, fd: number): boolean => ((set[fd >> 3] ?? 0) & (1 << (fd & 7))) !== 0;

const readiness = (fd: number, reads: Uint8Array, writes: Uint8Array): Readiness => ({
  read: has(reads, fd),
  write: has(writes, fd),
});
