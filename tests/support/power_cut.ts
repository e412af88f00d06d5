/**
 * A disk that forgets: under the real calls it keeps a model of what would be left if the power went
 * now. Bytes are safe once their file was synced, names once their folder was; what is not may be
 * there or not, names in the order they were made.
 */

import { durable, type DurableCalls, systemCalls } from "../../lib/control/files.ts";

type Names = Map<string, Inode>;

/** A file's bytes: as written, and as the disk surely has them. */
interface Inode {
  written: Uint8Array;
  safe: Uint8Array;
}

/** One change of a name that the folder was not synced for yet. */
type NameChange = (names: Names) => void;

export class ForgetfulDisk {
  readonly #safe: Names = new Map();
  #unsafe: NameChange[] = [];
  readonly #open = new WeakMap<Deno.FsFile, Inode>();
  /** What could be found after a cut at each moment: one map of path to text for each outcome. */
  readonly moments: (readonly ReadonlyMap<string, string>[])[] = [];

  /** @param files What lies there, synced, before the test begins. */
  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) {
      const bytes = new TextEncoder().encode(text);
      this.#safe.set(path, { written: bytes, safe: bytes });
    }
    this.#remember();
  }

  /** Runs `body` on this disk. */
  async run(body: () => Promise<void> | void): Promise<void> {
    durable.calls = this.#calls();
    try {
      await body();
    } finally {
      durable.calls = systemCalls;
    }
  }

  /** What a cut after everything that was done may leave. */
  get last(): readonly ReadonlyMap<string, string>[] {
    return this.moments.at(-1) ?? [];
  }

  #names(changes: number): Names {
    const names = new Map(this.#safe);
    for (const change of this.#unsafe.slice(0, changes)) change(names);
    return names;
  }

  /** Each number of name changes that may have reached the disk is an outcome of its own. */
  #remember(): void {
    const decoder = new TextDecoder();
    const outcomes = Array.from({ length: this.#unsafe.length + 1 }, (_, changes) => {
      const names = this.#names(changes);
      return new Map([...names].map(([path, inode]) => [path, decoder.decode(inode.safe)]));
    });
    this.moments.push(outcomes);
  }

  #rename(change: NameChange): void {
    this.#unsafe.push(change);
    this.#remember();
  }

  #created(path: string, file: Deno.FsFile): Deno.FsFile {
    const inode = { written: new Uint8Array(), safe: new Uint8Array() };
    this.#open.set(file, inode);
    this.#rename((names) => void names.set(path, inode));
    return file;
  }

  #wrote(file: Deno.FsFile, bytes: Uint8Array, count: number): number {
    const inode = this.#open.get(file);
    if (inode !== undefined) {
      inode.written = new Uint8Array([...inode.written, ...bytes.subarray(0, count)]);
    }
    this.#remember();
    return count;
  }

  /** A handle that was not made here is the folder's. */
  #synced(file: Deno.FsFile): void {
    const inode = this.#open.get(file);
    if (inode !== undefined) {
      inode.safe = inode.written;
    } else {
      for (const change of this.#unsafe) change(this.#safe);
      this.#unsafe = [];
    }
    this.#remember();
  }

  #moved(from: string, to: string): void {
    this.#rename((names) => {
      const inode = names.get(from);
      if (inode === undefined) return;
      names.delete(from);
      names.set(to, inode);
    });
  }

  #calls(): DurableCalls {
    const real = systemCalls;
    return {
      create: async (path, mode) => this.#created(path, await real.create(path, mode)),
      write: async (file, bytes) => this.#wrote(file, bytes, await real.write(file, bytes)),
      fsync: async (file) => this.#synced((await real.fsync(file), file)),
      rename: async (from, to) => this.#moved((await real.rename(from, to), from), to),
      unlink: async (path) => {
        await real.unlink(path);
        this.#rename((names) => void names.delete(path));
      },
      mkdir: real.mkdir,
      createSync: (path, mode) => this.#created(path, real.createSync(path, mode)),
      writeSync: (file, bytes) => this.#wrote(file, bytes, real.writeSync(file, bytes)),
      fsyncSync: (file) => this.#synced((real.fsyncSync(file), file)),
      renameSync: (from, to) => this.#moved((real.renameSync(from, to), from), to),
      unlinkSync: (path) => {
        real.unlinkSync(path);
        this.#rename((names) => void names.delete(path));
      },
    };
  }
}
