/** Terminals on Linux with glibc: x86_64 and aarch64 have the same numbers. */

import { Posix } from "./posix.ts";
import type { PtySystem, Readiness, Wish } from "./system.ts";

/** Exported for tests. */
export const LINUX_NUMBERS = {
  library: "libc.so.6",
  O_NOCTTY: 0x100,
  O_NONBLOCK: 0x800,
  O_CLOEXEC: 0x80000,
  EAGAIN: 11,
  // O_RDWR: the leader of a session gets the first terminal it opens as its own.
  slaveFlags: 2,
  // SETSID 0x80, SETSIGDEF 4, SETSIGMASK 8.
  spawnFlags: 0x8c,
  attributeBytes: 336,
  actionBytes: 80,
  signalSetBytes: 128,
  errnoSymbol: "__errno_location",
} as const;

const TIOCSWINSZ = 0x5414n;
const POLLIN = 1;
const POLLOUT = 4;
/** POLLERR, POLLHUP and POLLNVAL: a read tells what it is. */
const POLLOVER = 0x38;
/** `struct pollfd`: an int, and two shorts for what is asked and what is answered. */
const ENTRY_BYTES = 8;

const SYMBOLS = {
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  // On a thread of its own. One call serves all terminals: the runtime has 32 such threads.
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** @throws what the runtime throws when the library is not there or not allowed. */
export function linuxSystem(): PtySystem {
  const posix = new Posix(LINUX_NUMBERS);
  const library = Deno.dlopen(LINUX_NUMBERS.library, SYMBOLS);
  const { symbols } = library;
  return {
    openMaster: () => posix.openMaster(),
    spawn: (call) => posix.spawn(call),
    setSize: (fd, { cols, rows }) => {
      posix.check("TIOCSWINSZ", symbols.ioctl(fd, TIOCSWINSZ, new Uint16Array([rows, cols, 0, 0])));
    },
    read: (fd, into) => posix.read(fd, into),
    write: (fd, bytes) => posix.write(fd, bytes),
    close: (fd) => posix.close(fd),
    pipe() {
      const ends = new Int32Array(2);
      posix.check("pipe2", symbols.pipe2(ends, LINUX_NUMBERS.O_CLOEXEC | LINUX_NUMBERS.O_NONBLOCK));
      return [ends[0] ?? -1, ends[1] ?? -1];
    },
    async wait(wishes, ms) {
      const entries = pollEntries(wishes);
      const ready = await symbols.poll(entries, BigInt(wishes.length), ms);
      return readEntries(entries, ready > 0 ? wishes.length : 0);
    },
    reap: (pid) => posix.reap(pid),
    foreground: (fd) => posix.foreground(fd),
    signal: (pid, signal) => posix.signal(pid, signal),
    unload() {
      library.close();
      posix.unload();
    },
  };
}

function pollEntries(wishes: readonly Wish[]): Uint8Array<ArrayBuffer> {
  const entries = new Uint8Array(wishes.length * ENTRY_BYTES);
  const view = new DataView(entries.buffer);
  wishes.forEach(({ fd, wantsRead, wantsWrite }, index) => {
    view.setInt32(index * ENTRY_BYTES, fd, LITTLE);
    const asked = (wantsRead ? POLLIN : 0) | (wantsWrite ? POLLOUT : 0);
    view.setInt16(index * ENTRY_BYTES + 4, asked, LITTLE);
  });
  return entries;
}

/** Both processors are. */
const LITTLE = true;

function readEntries(entries: Uint8Array<ArrayBuffer>, count: number): readonly Readiness[] {
  const view = new DataView(entries.buffer);
  return Array.from({ length: count }, (_, index) => {
    const answered = view.getInt16(index * ENTRY_BYTES + 6, LITTLE);
    return {
      read: (answered & (POLLIN | POLLOVER)) !== 0,
      write: (answered & (POLLOUT | POLLOVER)) !== 0,
    };
  });
}
