import assert from "node:assert/strict";
import { AuditLog } from "./audit_log.ts";
import { ENTRY_TICKET_MS, EntryTickets } from "./entry_tickets.ts";
import { Guesses } from "./guesses.ts";
import { isSameToken, readToken, rotateToken, TokenSource } from "./token.ts";

/** A clock that a test moves. */
function handClock() {
  let nowMs = 1_000;
  return { elapsed: () => nowMs, pass: (ms: number) => void (nowMs += ms) };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "car_access_" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test("EntryTickets lets in once, in time, on the path it was issued for", () => {
  const clock = handClock();
  const tickets = new EntryTickets<string>(clock);
  const used = tickets.issue("/api/terminal", "anna");
  assert.equal(tickets.redeem(used, "/api/terminal"), "anna");
  assert.equal(tickets.redeem(used, "/api/terminal"), null);
  const elsewhere = tickets.issue("/api/terminal", "anna");
  assert.equal(tickets.redeem(elsewhere, "/api/other"), null);
  assert.equal(tickets.redeem(elsewhere, "/api/terminal"), null);
  const late = tickets.issue("/api/terminal", "anna");
  clock.pass(ENTRY_TICKET_MS + 1);
  assert.equal(tickets.redeem(late, "/api/terminal"), null);
  assert.equal(tickets.redeem("", "/api/terminal"), null);
});

Deno.test("EntryTickets keeps no more than it can, and forgets the old", () => {
  const clock = handClock();
  const tickets = new EntryTickets<number>(clock);
  for (let count = 0; count < 1_000; count++) tickets.issue("/x", count);
  assert.throws(() => tickets.issue("/x", 1_000), /Too many tickets/);
  clock.pass(ENTRY_TICKET_MS + 1);
  assert.equal(tickets.redeem(tickets.issue("/x", 7), "/x"), 7);
});

Deno.test("Guesses delays from the tenth failure in ten seconds on, and tells once a minute", () => {
  const clock = handClock();
  const guesses = new Guesses(clock);
  for (let count = 1; count < 10; count++) {
    assert.deepEqual(guesses.failed(), { delayMs: 0, tell: null });
  }
  assert.deepEqual(guesses.failed(), { delayMs: 1_000, tell: 10 });
  assert.deepEqual(guesses.failed(), { delayMs: 1_000, tell: null });
  clock.pass(60_000);
  assert.deepEqual(guesses.failed(), { delayMs: 0, tell: null });
  for (let count = 0; count < 8; count++) guesses.failed();
  assert.deepEqual(guesses.failed(), { delayMs: 1_000, tell: 11 });
});

Deno.test("isSameToken() tells tokens apart by every character", () => {
  assert.ok(isSameToken("abcdef", "abcdef"));
  for (const it of ["", "abcdeg", "bbcdef", "abcde", "abcdefg", "abcdef\0", "x".repeat(10_000)]) {
    assert.ok(!isSameToken(it, "abcdef"), it);
  }
});

Deno.test("TokenSource makes a token only its owner reads, and takes the new one the moment it is there", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state/token`;
    const told: string[] = [];
    const source = await TokenSource.open(path, null, (token) => told.push(token));
    const first = source.current() ?? "";
    assert.match(first, /^[\w-]{43}$/);
    assert.equal(modeOf(path), 0o600);
    assert.ok(source.matches(first));
    assert.equal((await TokenSource.open(path, null)).current(), first);
    const second = await rotateToken(path);
    assert.ok(!source.matches(first));
    assert.ok(source.matches(second));
    assert.deepEqual(told, [first, second]);
    await Deno.remove(path);
    assert.ok(!source.matches(second));
    assert.equal(source.current(), null);
  }));

Deno.test("TokenSource closes a token file that others could read, and lets nobody in by a damaged one", () =>
  inFolder(async (folder) => {
    const path = `${folder}/token`;
    const token = await rotateToken(path);
    await Deno.chmod(path, 0o644);
    assert.equal(readToken(path), token);
    assert.equal(modeOf(path), 0o600);
    for (
      const text of ["", "short", "x".repeat(5_000), "white space in the token", "\x00".repeat(20)]
    ) {
      await Deno.writeTextFile(path, text);
      assert.throws(() => readToken(path), /does not hold a token/, text);
    }
    await Deno.writeFile(path, new Uint8Array(32).fill(0xff));
    assert.throws(() => readToken(path), /does not hold a token/);
    await rotateToken(path);
    const source = await TokenSource.open(path, null);
    await Deno.writeTextFile(path, "");
    assert.ok(!source.matches(""));
    assert.equal(source.current(), null);
  }));

Deno.test("AuditLog writes a line for each call, sets itself aside and loses none", () =>
  inFolder(async (folder) => {
    const path = `${folder}/audit.log`;
    const log = new AuditLog({
      path,
      bytesMax: 2_000,
      backups: 2,
      clean: (text) => text.replaceAll("hunter22", "[redacted]"),
      onLoss: (thrown) => assert.fail(String(thrown)),
    });
    for (let count = 0; count < 60; count++) {
      log.write({
        atMs: 0,
        requestId: String(count),
        by: "web",
        from: "127.0.0.1",
        method: "POST",
        path: "/api/hunter22\n",
        status: 200,
      });
      // Now and then what was set aside is settled, as between calls.
      if (count % 7 === 0) await log.close();
    }
    await log.close();
    const files = [...Deno.readDirSync(folder)].map((it) => it.name).sort();
    assert.ok(files.includes("audit.log.2") && !files.includes("audit.log.3"));
    const ids: number[] = [];
    for (const name of files.reverse()) {
      assert.equal(modeOf(`${folder}/${name}`), 0o600);
      const lines = (await Deno.readTextFile(`${folder}/${name}`)).trim().split("\n");
      for (const line of lines) {
        const { at, requestId, path } = JSON.parse(line);
        assert.deepEqual([at, path], ["1970-01-01T00:00:00.000Z", "/api/[redacted]\n"]);
        ids.push(Number(requestId));
      }
    }
    // The newest are all there, in order; the oldest file may have been dropped.
    assert.deepEqual(ids, Array.from({ length: ids.length }, (_, at) => 60 - ids.length + at));
    assert.ok(ids.length > 20);
  }));

Deno.test("AuditLog says once that it cannot write", () =>
  inFolder(async (folder) => {
    const losses: unknown[] = [];
    const log = new AuditLog({
      path: `${folder}/none/audit.log`,
      bytesMax: 100,
      backups: 1,
      clean: (text) => text,
      onLoss: (thrown) => losses.push(thrown),
    });
    const line = {
      atMs: 0,
      requestId: "1",
      by: null,
      from: "?",
      method: "POST",
      path: "/",
      status: 1,
    };
    log.write(line);
    log.write(line);
    await log.close();
    assert.equal(losses.length, 1);
  }));
