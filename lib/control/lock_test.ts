import assert from "node:assert/strict";
import { withFault } from "../../tests/support/durable_calls.ts";
import {
  acquireLock,
  type HeldLock,
  lockedError,
  type LockHolder,
  lookAtLock,
  readHolder,
} from "./lock.ts";
import { processIdentity } from "./process_identity.ts";

const ME: LockHolder = {
  ...(processIdentity(Deno.pid) ?? assert.fail("this process has no identity")),
  owner: "owner-1",
  url: null,
  version: "1.0.0",
  command: "car run",
  startedAt: "2026-11-21T04:00:00.000Z",
};

async function withLockPath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/lock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function take(path: string): Promise<HeldLock> {
  const result = await acquireLock(path, ME);
  assert.equal(result.type, "held" as const);
  return result.type === "held" ? result.lock : assert.fail();
}

Deno.test("acquireLock() holds, refuses a second and is free after release", () =>
  withLockPath(async (path) => {
    const first = await take(path);
    assert.ok(!first.unclean && first.previous === null);
    const second = await acquireLock(path, ME);
    assert.ok(second.type === "busy" && second.alive);
    assert.deepEqual(second.holder, { ...ME, clean: false });
    first.release();
    first.release();
    const third = await take(path);
    assert.ok(!third.unclean && third.previous?.clean);
    third.release();
  }));

Deno.test("acquireLock() recognises an end that was not clean and any text", () =>
  withLockPath(async (path) => {
    const rows = [
      { text: "", unclean: false, known: false },
      { text: JSON.stringify({ ...ME, clean: true }), unclean: false, known: true },
      { text: JSON.stringify({ ...ME, clean: false }), unclean: true, known: true },
      {
        text: JSON.stringify({ ...ME, clean: true }) + '\n"tail of a longer one',
        unclean: false,
        known: true,
      },
      { text: "4711", unclean: true, known: false },
      { text: "null", unclean: true, known: false },
      { text: '{"pid":-1}', unclean: true, known: false },
      { text: "\0\xff{", unclean: true, known: false },
      { text: "{".repeat(100_000), unclean: true, known: false },
    ];
    for (const { text, unclean, known } of rows) {
      await Deno.writeFile(path, Uint8Array.from(text, (it) => it.charCodeAt(0)));
      const lock = await take(path);
      assert.deepEqual([lock.unclean, lock.previous !== null], [unclean, known], text.slice(0, 80));
      assert.deepEqual(readHolder(path), { ...ME, clean: false });
      lock.release();
    }
  }));

Deno.test("acquireLock() takes the new file when the old one was removed while held", () =>
  withLockPath(async (path) => {
    const first = await take(path);
    await Deno.remove(path);
    const second = await take(path);
    assert.equal((await acquireLock(path, ME)).type, "busy");
    first.release();
    assert.equal((await acquireLock(path, ME)).type, "busy");
    second.release();
  }));

Deno.test("acquireLock() refuses a link, a folder and a pipe without touching them", () =>
  withLockPath(async (path) => {
    await Deno.writeTextFile(`${path}.other`, "precious");
    await Deno.symlink(`${path}.other`, path);
    await assert.rejects(acquireLock(path, ME), /not a regular file/);
    assert.equal(await Deno.readTextFile(`${path}.other`), "precious");
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(acquireLock(path, ME), /not a regular file/);
    await Deno.remove(path);
    await new Deno.Command("mkfifo", { args: [path] }).output();
    await assert.rejects(acquireLock(path, ME), /not a regular file/);
    assert.equal(readHolder(path), null);
    assert.throws(() => lookAtLock(path), /not a regular file/);
  }));

Deno.test("acquireLock() names the folder that is missing and the disk that is full", () =>
  withLockPath(async (path) => {
    await assert.rejects(acquireLock(`${path}/no/lock`, ME), { code: "unavailable" });
    const { result } = await withFault({ at: 1, how: "ENOSPC" }, () => acquireLock(path, ME));
    assert.ok(!result.ok);
    assert.match(String(result.thrown), /disk is full/);
    (await take(path)).release();
  }));

Deno.test("update() tells the url, also when the text gets shorter", () =>
  withLockPath(async (path) => {
    const lock = await take(path);
    lock.update({ url: "http://127.0.0.1:4173/" });
    assert.equal(readHolder(path)?.url, "http://127.0.0.1:4173/");
    lock.update({ url: null });
    assert.deepEqual(readHolder(path), { ...ME, clean: false });
    lock.release();
  }));

Deno.test("lookAtLock() tells free from busy and does not disturb", () =>
  withLockPath(async (path) => {
    assert.deepEqual(lookAtLock(path), { type: "free", last: null });
    const lock = await take(path);
    const busy = lookAtLock(path);
    assert.ok(busy.type === "busy" && busy.alive);
    assert.match(lockedError("/r", busy).message, /\/r is in use by car run \(process \d+, since/);
    lock.release();
    assert.deepEqual(lookAtLock(path), { type: "free", last: { ...ME, clean: true } });
    (await take(path)).release();
  }));

Deno.test("lockedError() does not blame a process that is dead", () => {
  const dead = { ...ME, start: "1", clean: false };
  const error = lockedError("/r", { type: "busy", holder: dead, alive: false });
  assert.equal(error.code, "locked");
  assert.doesNotMatch(error.message, /process \d/);
});

/** Starts a process that takes the lock, tells its result, and stays until it is killed. */
function starter(path: string): { child: Deno.ChildProcess; said: Promise<string> } {
  const lock = new URL("./lock.ts", import.meta.url).href;
  const code = `import { acquireLock } from ${JSON.stringify(lock)};
    const got = await acquireLock(${JSON.stringify(path)}, ${JSON.stringify(ME)});
    await Deno.stdout.write(new TextEncoder().encode(got.type + "\\n"));
    if (got.type === "held") await Deno.stdin.read(new Uint8Array(1));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  return { child, said: firstChunk(child.stdout) };
}

async function firstChunk(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value).trim();
}

async function end({ child }: ReturnType<typeof starter>): Promise<void> {
  await child.stdin.abort().catch(() => {});
  try {
    child.kill("SIGKILL");
  } catch {
    // It had ended already.
  }
  await child.status;
}

Deno.test("acquireLock() gives the lock to one of six starters, and after kill -9 to the next", () =>
  withLockPath(async (path) => {
    const starters = Array.from({ length: 6 }, () => starter(path));
    try {
      const said = await Promise.all(starters.map((it) => it.said));
      assert.deepEqual(said.toSorted(), [...Array(5).fill("busy"), "held"]);
      const winner = starters[said.indexOf("held")] ?? assert.fail();
      assert.equal((await acquireLock(path, ME)).type, "busy");
      await end(winner);
      const lock = await take(path);
      assert.ok(lock.unclean);
      lock.release();
    } finally {
      await Promise.all(starters.map(end));
    }
  }));
