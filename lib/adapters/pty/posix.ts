/** The calls that are the same on every POSIX system, and how their answers are read. */

import { cText, cTexts, textFrom } from "./c_memory.ts";
import { type Master, type ReapedEnd, SystemError, type TerminalSpawn } from "./system.ts";

/** Numbers of a system that differ from one to the other. */
export interface PosixNumbers {
  readonly library: string;
  readonly O_NOCTTY: number;
  readonly O_NONBLOCK: number;
  readonly O_CLOEXEC: number;
  readonly EAGAIN: number;
  /** How the program opens its terminal. */
  readonly slaveFlags: number;
  /** Of posix_spawn: own session, signals as at the start of a program, and what else is wanted. */
  readonly spawnFlags: number;
  readonly attributeBytes: number;
  readonly actionBytes: number;
  readonly signalSetBytes: number;
  readonly errnoSymbol: string;
}

const O_RDWR = 2;
const EINTR = 4;
const WNOHANG = 1;
const NAME_BYTES = 128;
const MULTIPLEXER = "/dev/ptmx";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  tcgetpgrp: { parameters: ["i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  sigemptyset: { parameters: ["buffer"], result: "i32" },
  sigfillset: { parameters: ["buffer"], result: "i32" },
  posix_spawn: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_addopen: {
    parameters: ["buffer", "i32", "buffer", "i32", "u32"],
    result: "i32",
  },
  posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  posix_spawn_file_actions_addchdir_np: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawnattr_setsigmask: { parameters: ["buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

export class Posix {
  readonly #numbers: PosixNumbers;
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #errno: Deno.DynamicLibrary<{ at: { parameters: []; result: "pointer"; name: string } }>;
  readonly #status = new Int32Array(1);

  /** @throws what the runtime throws when the library is not there or not allowed. */
  constructor(numbers: PosixNumbers) {
    this.#numbers = numbers;
    this.#library = Deno.dlopen(numbers.library, SYMBOLS);
    this.#errno = Deno.dlopen(numbers.library, {
      at: { name: numbers.errnoSymbol, parameters: [], result: "pointer" },
    });
  }

  /** Of the call before. The runtime may have made calls of its own since: 0 is possible. */
  errno(): number {
    const at = this.#errno.symbols.at();
    return at === null ? 0 : new Deno.UnsafePointerView(at).getInt32();
  }

  /** @throws {SystemError} when the call answered less than 0. */
  check(call: string, answer: number): number {
    if (answer < 0) throw new SystemError(call, this.errno());
    return answer;
  }

  openMaster(): Master {
    const { O_NOCTTY, O_NONBLOCK, O_CLOEXEC } = this.#numbers;
    const { open, grantpt, unlockpt, ptsname_r } = this.#library.symbols;
    const flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    const fd = this.check(`open ${MULTIPLEXER}`, open(cText(MULTIPLEXER), flags));
    try {
      this.check("grantpt", grantpt(fd));
      this.check("unlockpt", unlockpt(fd));
      const name = new Uint8Array(NAME_BYTES);
      refuse("ptsname_r", ptsname_r(fd, name, BigInt(NAME_BYTES)));
      return { fd, slave: textFrom(name) };
    } catch (thrown) {
      this.close(fd);
      throw thrown;
    }
  }

  spawn(call: TerminalSpawn): number {
    const { attributeBytes, actionBytes } = this.#numbers;
    const actions = new Uint8Array(actionBytes);
    const attributes = new Uint8Array(attributeBytes);
    const posix = this.#library.symbols;
    refuse("posix_spawn_file_actions_init", posix.posix_spawn_file_actions_init(actions));
    refuse("posix_spawnattr_init", posix.posix_spawnattr_init(attributes));
    try {
      this.#attributes(attributes);
      this.#actions(actions, call);
      const { path, argv, environment } = call;
      const pid = new Int32Array(1);
      const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const failed = posix.posix_spawn(
        pid,
        cText(path),
        actions,
        attributes,
        cTexts(argv),
        cTexts(variables),
      );
      refuse("posix_spawn", failed);
      return pid[0] ?? 0;
    } finally {
      posix.posix_spawn_file_actions_destroy(actions);
      posix.posix_spawnattr_destroy(attributes);
    }
  }

  /** Deno ignores some signals, SIGPIPE above all; a program shall find all as they are by default. */
  #attributes(attributes: Uint8Array<ArrayBuffer>): void {
    const posix = this.#library.symbols;
    const { signalSetBytes, spawnFlags } = this.#numbers;
    const signals = new Uint8Array(signalSetBytes);
    refuse("setflags", posix.posix_spawnattr_setflags(attributes, spawnFlags));
    posix.sigemptyset(signals);
    refuse("setsigmask", posix.posix_spawnattr_setsigmask(attributes, signals));
    posix.sigfillset(signals);
    refuse("setsigdefault", posix.posix_spawnattr_setsigdefault(attributes, signals));
  }

  #actions(actions: Uint8Array<ArrayBuffer>, { cwd, slave }: TerminalSpawn): void {
    const posix = this.#library.symbols;
    refuse("addchdir", posix.posix_spawn_file_actions_addchdir_np(actions, cText(cwd)));
    refuse(
      "addopen",
      posix.posix_spawn_file_actions_addopen(actions, 0, cText(slave), this.#numbers.slaveFlags, 0),
    );
    for (const fd of [1, 2]) {
      refuse("adddup2", posix.posix_spawn_file_actions_adddup2(actions, 0, fd));
    }
  }

  read(fd: number, into: Uint8Array<ArrayBuffer>): number {
    const count = Number(this.#library.symbols.read(fd, into, BigInt(into.length)));
    return count > 0 ? count : count === 0 ? -1 : this.#retry();
  }

  write(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
    const count = Number(this.#library.symbols.write(fd, bytes, BigInt(bytes.length)));
    return count >= 0 ? count : this.#retry();
  }

  /** 0 for what may go well the next time. */
  #retry(): number {
    return [this.#numbers.EAGAIN, EINTR, 0].includes(this.errno()) ? 0 : -1;
  }

  close(fd: number): void {
    this.#library.symbols.close(fd);
  }

  reap(pid: number): ReapedEnd | null {
    if (this.#library.symbols.waitpid(pid, this.#status, WNOHANG) !== pid) return null;
    return readStatus(this.#status[0] ?? 0);
  }

  foreground(fd: number): number | null {
    const group = this.#library.symbols.tcgetpgrp(fd);
    return group > 1 ? group : null;
  }

  signal(pid: number, signal: number): boolean {
    return this.#library.symbols.kill(pid, signal) === 0;
  }

  unload(): void {
    this.#library.close();
    this.#errno.close();
  }
}

/** Calls that answer with the error itself. @throws {SystemError} unless it is 0. */
function refuse(call: string, error: number): void {
  if (error !== 0) throw new SystemError(call, error);
}

const SIGNAL_BITS = 0x7f;

/** What `waitpid` tells, as shells count it: 128 and the signal's number for one that was ended by it. */
export function readStatus(status: number): ReapedEnd {
  const signal = status & SIGNAL_BITS;
  return signal === 0
    ? { code: (status >> 8) & 0xff, signal: null }
    : { code: 128 + signal, signal };
}
