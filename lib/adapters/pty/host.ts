/**
 * What all terminals of this process share: the system's library, loaded with the first of them and
 * given back after the last, and the one wait for all of them. A wait for each would use up the
 * runtime's threads, and with them every file and name look-up.
 */

import { CarError, notAllowed } from "../../base/errors.ts";
import type { PtySystem, Wish } from "./system.ts";

/** A terminal as the wait sees it; asked and told in turn, so that each call must be short. */
export interface Watched {
  readonly fd: number;
  wantsRead(): boolean;
  wantsWrite(): boolean;
  onReadable(): void;
  onWritable(): void;
  /** Some child of CAR has ended, perhaps this one. */
  onChildEnded(): void;
}

/** Nothing depends on it: the wait is ended by what happens. It mends a signal that was lost. */
const TICK_MS = 5_000;

/** One that is not waited for any more. */
interface Leaver {
  readonly fd: number;
  readonly left: () => void;
}

export class PtyHost {
  readonly system: PtySystem;
  readonly #onIdle: () => void;
  readonly #watched = new Set<Watched>();
  #leavers: Leaver[] = [];
  /** What is written to its second end ends the wait; null while there is none. */
  #wakePipe: readonly [number, number] | null = null;
  #woken = false;

  constructor(system: PtySystem, onIdle: () => void) {
    this.system = system;
    this.#onIdle = onIdle;
  }

  /** @throws {SystemError} */
  watch(it: Watched): void {
    const running = this.#wakePipe !== null;
    this.#wakePipe ??= this.system.pipe();
    this.#watched.add(it);
    if (running) this.wake();
    else void this.#run(this.#wakePipe);
  }

  /** Forgets it and closes its file: a file must stay as it is while it is waited for. */
  async leave(it: Watched): Promise<void> {
    if (!this.#watched.delete(it)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#leavers.push({ fd: it.fd, left: resolve });
    this.wake();
    await promise;
  }

  /** Has the wishes be asked again. */
  wake(): void {
    if (this.#woken || this.#wakePipe === null) return;
    this.#woken = true;
    this.system.write(this.#wakePipe[1], new Uint8Array(1));
  }

  /** For when a start failed and no other terminal is there. */
  releaseIfIdle(): void {
    if (this.#wakePipe === null) this.#onIdle();
  }

  async #run(pipe: readonly [number, number]): Promise<void> {
    const onChild = () => this.#childEnded();
    Deno.addSignalListener("SIGCHLD", onChild);
    while (this.#watched.size > 0) await this.#turn(pipe[0]);
    Deno.removeSignalListener("SIGCHLD", onChild);
    // The last may have left between two waits.
    this.#closeLeft();
    for (const end of pipe) this.system.close(end);
    this.#wakePipe = null;
    this.#woken = false;
    this.#onIdle();
  }

  async #turn(wakeEnd: number): Promise<void> {
    const asked: Watched[] = [];
    const wishes: Wish[] = [{ fd: wakeEnd, wantsRead: true, wantsWrite: false }];
    for (const it of this.#watched) {
      const wish = { fd: it.fd, wantsRead: it.wantsRead(), wantsWrite: it.wantsWrite() };
      // What asks for nothing is left out: its hang-up would end each wait at once.
      if (!wish.wantsRead && !wish.wantsWrite) continue;
      asked.push(it);
      wishes.push(wish);
    }
    const [woken, ...ready] = await this.system.wait(wishes, TICK_MS);
    if (woken?.read === true) this.#sleepAgain(wakeEnd);
    this.#closeLeft();
    asked.forEach((it, index) => {
      if (ready[index]?.write === true && this.#watched.has(it)) it.onWritable();
      if (ready[index]?.read === true && this.#watched.has(it)) it.onReadable();
    });
    this.#childEnded();
  }

  #sleepAgain(wakeEnd: number): void {
    this.#woken = false;
    this.system.read(wakeEnd, new Uint8Array(1));
  }

  #childEnded(): void {
    for (const it of [...this.#watched]) it.onChildEnded();
  }

  #closeLeft(): void {
    for (const { fd, left } of this.#leavers.splice(0)) {
      this.system.close(fd);
      left();
    }
  }
}

let current: PtyHost | null = null;

/**
 * Starts a terminal on the one host of this process.
 * @param start Watches it, or throws.
 * @throws {CarError} `unavailable`, with the reason why there are no terminals.
 */
export async function onPtyHost<T>(start: (host: PtyHost) => T): Promise<T> {
  const load = await systemLoader();
  // Without a pause from here on: an idle host is given back at once.
  const host = current ?? beginHost(load);
  try {
    return start(host);
  } finally {
    host.releaseIfIdle();
  }
}

function beginHost(load: () => PtySystem): PtyHost {
  const system = loaded(load);
  current = new PtyHost(system, () => {
    current = null;
    system.unload();
  });
  return current;
}

async function systemLoader(): Promise<() => PtySystem> {
  const refused = ptyRefusal();
  if (refused !== null) throw refused;
  return Deno.build.os === "darwin"
    ? (await import("./darwin.ts")).darwinSystem
    : (await import("./linux.ts")).linuxSystem;
}

function loaded(load: () => PtySystem): PtySystem {
  try {
    return load();
  } catch (cause) {
    throw notAllowed(cause) ??
      new CarError("unavailable", "The system's C library could not be loaded for a terminal.", {
        hint: "CAR needs glibc on Linux, or macOS.",
        cause,
      });
  }
}

const SYSTEMS: readonly string[] = ["linux", "darwin"];

/** Why there can be no terminals here, found out without loading anything; null when there can. */
export function ptyRefusal(): CarError | null {
  if (!SYSTEMS.includes(Deno.build.os)) {
    return new CarError("unavailable", `CAR has no terminals on ${Deno.build.os}.`, {
      hint: "Use the system's own terminal; everything else works.",
    });
  }
  if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") return null;
  return new CarError(
    "unavailable",
    "There are no terminals: CAR was started without the permission to use the system's C library.",
    {
      hint: "A terminal is a shell with all your rights. --allow-all before the command allows it.",
    },
  );
}
