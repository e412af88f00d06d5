/** Failing or stopping at the n-th durable call, to try every one of them in turn. */

import { durable, type DurableCalls, systemCalls } from "../../lib/control/files.ts";

/** Stands for the death of the process: from the n-th call on nothing reaches the disk any more. */
export class Stopped extends Error {}

/** An error as the system gives it, e.g. `ENOSPC`. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`injected ${code}`), { code });
}

export interface Fault {
  /** 1-based. */
  readonly at: number;
  /** A system code makes that one call fail; "stop" makes it and all later ones do nothing. */
  readonly how: string;
}

export interface Faulted<T> {
  readonly result: { ok: true; value: T } | { ok: false; thrown: unknown };
  /** How many durable calls were asked for. */
  readonly calls: number;
}

/** Runs `body` while one durable call fails; always puts the real calls back. */
export async function withFault<T>(
  fault: Fault | null,
  body: () => T,
): Promise<Faulted<Awaited<T>>> {
  let calls = 0;
  const check = (partly?: () => void) => {
    calls += 1;
    if (fault === null || calls < fault.at) return;
    if (fault.how === "stop") throw new Stopped(`stopped before call ${calls}`);
    if (calls > fault.at) return;
    partly?.();
    throw systemError(fault.how);
  };
  durable.calls = checkedCalls(check);
  try {
    return { result: { ok: true, value: await body() }, calls };
  } catch (thrown) {
    return { result: { ok: false, thrown }, calls };
  } finally {
    durable.calls = systemCalls;
  }
}

/** The real calls, each behind `check`. A write that fails has written half of it before. */
function checkedCalls(check: (partly?: () => void) => void): DurableCalls {
  const half = (file: Deno.FsFile, bytes: Uint8Array) => () => {
    file.writeSync(bytes.subarray(0, bytes.length >> 1));
  };
  const sync = {
    createSync: (path, mode) => (check(), systemCalls.createSync(path, mode)),
    writeSync: (file, bytes) => (check(half(file, bytes)), systemCalls.writeSync(file, bytes)),
    fsyncSync: (file) => (check(), systemCalls.fsyncSync(file)),
    renameSync: (from, to) => (check(), systemCalls.renameSync(from, to)),
    unlinkSync: (path) => (check(), systemCalls.unlinkSync(path)),
  } satisfies Partial<DurableCalls>;
  return {
    ...sync,
    create: async (path, mode) => (check(), await systemCalls.create(path, mode)),
    write: async (file, bytes) => (check(half(file, bytes)), await systemCalls.write(file, bytes)),
    fsync: async (file) => (check(), await systemCalls.fsync(file)),
    rename: async (from, to) => (check(), await systemCalls.rename(from, to)),
    unlink: async (path) => (check(), await systemCalls.unlink(path)),
    mkdir: async (path, mode) => (check(), await systemCalls.mkdir(path, mode)),
  };
}
