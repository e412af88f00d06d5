/** The pages of one terminal, with a program that only notes what it is told and a clock held still. */

import assert from "node:assert/strict";
import type { PtyEnd } from "../../adapters/pty/pty.ts";
import type { TerminalSize } from "../../adapters/pty/system.ts";
import type { Clock } from "../../base/clock.ts";
import {
  CLOSINGS,
  decodeServerMessage,
  encodeMessage,
  INPUT_FRAME_BYTES_MAX,
} from "../../engine/terminal_wire.ts";
import type { TerminalSocket } from "./client.ts";
import { LAG_BYTES_MAX, Terminal, type TerminalProgram, WINDOW_BYTES } from "./terminal.ts";

const ESC = "\u001b";
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (text: string) => encoder.encode(text);

/** Notes what it is told. */
class NotedProgram implements TerminalProgram {
  readonly pid = 1;
  readonly told: string[] = [];
  readonly #end = Promise.withResolvers<PtyEnd>();
  readonly exit = this.#end.promise;
  full = false;

  write(typed: Uint8Array): boolean {
    this.told.push(`write ${decoder.decode(typed)}`);
    return !this.full;
  }
  resize({ cols, rows }: TerminalSize): void {
    this.told.push(`resize ${cols}x${rows}`);
  }
  pause(): void {
    this.told.push("pause");
  }
  resume(): void {
    this.told.push("resume");
  }
  end(): Promise<void> {
    this.told.push("end");
    this.#end.resolve({ code: 129, signal: "SIGHUP", stopped: true });
    return Promise.resolve();
  }
  exits(code: number): void {
    this.#end.resolve({ code, signal: null, stopped: false });
  }
}

class Page implements TerminalSocket {
  readonly frames: (string | Uint8Array)[] = [];
  closed: number | null = null;
  broken = false;

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (this.broken) throw new Error("closed");
    this.frames.push(frame);
  }
  close(code: number): void {
    this.closed = code;
  }

  /** What a page would have drawn. */
  get screen(): string {
    const drawn = this.frames.filter((it) => typeof it !== "string");
    return drawn.map((it) => decoder.decode(it)).join("");
  }
  get messages() {
    return this.frames.filter((it) => typeof it === "string").map(decodeServerMessage);
  }
}

/** Sleeps end when the test says so. */
class StillClock implements Clock {
  readonly sleeping = new Set<{ readonly ms: number; readonly wake: () => void }>();
  now = () => 1_000;
  elapsed = () => 0;
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake, reject) => {
      const sleeper = { ms, wake };
      this.sleeping.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.sleeping.delete(sleeper);
        reject(signal.reason);
      });
    });
  }
  get waits(): readonly number[] {
    return [...this.sleeping].map((it) => it.ms);
  }
  /** Lets the sleeps of that length end. */
  async pass(ms: number): Promise<void> {
    for (const it of [...this.sleeping].filter((each) => each.ms === ms)) {
      this.sleeping.delete(it);
      it.wake();
    }
    await Promise.resolve();
    await Promise.resolve();
  }
}

const IDLE_MS = 60_000;
const STALL_MS = 10_000;

function terminal(scrollbackBytes = 100_000) {
  const clock = new StillClock();
  const program = new NotedProgram();
  const it = new Terminal({
    facts: { id: "term_1", title: "t", command: "shell", argv: ["/bin/sh"], cwd: "/" },
    size: { cols: 80, rows: 24 },
    clock,
    scrollbackBytes,
    idleMs: IDLE_MS,
    onChange: () => {},
  });
  it.run(program);
  return { it, clock, program };
}

const resize = (cols: number, rows: number) => encodeMessage({ type: "resize", cols, rows });
const offset = (place: number) => encodeMessage({ type: "offset", offset: place });

Deno.test("a new page gets a reset, what is kept, its place, and then what comes", () => {
  const { it } = terminal();
  it.show(bytes(`hello${ESC}[6n`));
  const page = new Page();
  it.attach(page, null);
  assert.equal(page.screen, `${ESC}chello`);
  it.show(bytes(" world"));
  assert.equal(page.screen, `${ESC}chello world`);
  assert.deepEqual(page.messages, [
    { type: "resize", cols: 80, rows: 24 },
    { type: "offset", offset: 9 },
  ]);
});

Deno.test("a page that comes again goes on where it was", () => {
  const { it } = terminal();
  it.show(bytes("0123456789"));
  const page = new Page();
  it.attach(page, 4);
  assert.equal(page.screen, "456789");
  assert.deepEqual(page.messages.at(-1), { type: "offset", offset: 4 });
  const stranger = new Page();
  it.attach(stranger, 999);
  assert.ok(stranger.screen.startsWith(`${ESC}c0123`));
});

Deno.test("the size is that of the page that was used last, and all show it", () => {
  const { it, program } = terminal();
  const [desk, phone] = [new Page(), new Page()];
  const atDesk = it.attach(desk, null);
  const atPhone = it.attach(phone, null);
  atDesk.receive(resize(120, 40));
  atPhone.receive(resize(40, 60));
  atDesk.receive(bytes("a"));
  assert.deepEqual(program.told, ["resize 120x40", "resize 40x60", "resize 120x40", "write a"]);
  assert.deepEqual(phone.messages.at(-1), { type: "resize", cols: 120, rows: 40 });
  assert.deepEqual([it.view().cols, it.view().rows], [120, 40]);
  atDesk.receive(resize(120, 40));
  assert.equal(program.told.length, 4);
});

Deno.test("of several pages one answers what the program asks its terminal", () => {
  const { it, program } = terminal();
  const first = it.attach(new Page(), null);
  const second = it.attach(new Page(), null);
  const answer = bytes(`${ESC}[1;1R`);
  first.receive(answer);
  second.receive(answer);
  assert.equal(program.told.length, 1);
  second.receive(bytes("x"));
  first.receive(answer);
  second.receive(answer.buffer);
  assert.equal(program.told.length, 3);
});

Deno.test("the program waits for the quickest page, and slow ones are dropped", () => {
  const { it, program } = terminal();
  const [quick, slow] = [new Page(), new Page()];
  const atQuick = it.attach(quick, null);
  it.attach(slow, null);
  const piece = new Uint8Array(64 * 1024);
  let place = 0;
  const flood = (until: number) => {
    for (; place < until; place += piece.length) it.show(piece);
  };
  flood(WINDOW_BYTES);
  assert.deepEqual(program.told, ["pause"]);
  atQuick.receive(offset(WINDOW_BYTES / 4));
  assert.deepEqual(program.told, ["pause"]);
  atQuick.receive(offset(WINDOW_BYTES));
  assert.deepEqual(program.told, ["pause", "resume"]);
  while (slow.closed === null && place < LAG_BYTES_MAX * 2) {
    flood(place + piece.length);
    atQuick.receive(offset(place));
  }
  assert.equal(slow.closed, CLOSINGS.slow.code);
  assert.ok(place <= LAG_BYTES_MAX + piece.length);
  assert.equal(quick.closed, null);
  assert.equal(it.view().clients, 1);
  atQuick.detach();
});

Deno.test("a page that draws nothing while the program waits for it is dropped", async () => {
  const { it, program, clock } = terminal();
  const page = new Page();
  it.attach(page, null);
  it.show(new Uint8Array(WINDOW_BYTES));
  assert.ok(clock.waits.includes(STALL_MS));
  await clock.pass(STALL_MS);
  assert.equal(page.closed, CLOSINGS.slow.code);
  assert.deepEqual(program.told, ["pause", "resume"]);
});

Deno.test("a claim to have drawn more than there is counts for no more", () => {
  const { it, program } = terminal();
  const page = it.attach(new Page(), null);
  page.receive(offset(Number.MAX_SAFE_INTEGER));
  it.show(new Uint8Array(WINDOW_BYTES));
  assert.deepEqual(program.told, ["pause"]);
});

Deno.test("a terminal that nobody looks at is ended after its time, and not before", async () => {
  const { it, program, clock } = terminal();
  assert.deepEqual(clock.waits, [IDLE_MS]);
  const page = it.attach(new Page(), null);
  assert.deepEqual(clock.waits, []);
  page.detach();
  page.detach();
  assert.deepEqual(clock.waits, [IDLE_MS]);
  await clock.pass(IDLE_MS);
  await it.ended;
  assert.deepEqual(program.told, ["end"]);
  assert.deepEqual(clock.waits, []);
});

Deno.test("its end is told to all pages, and to those that come later", async () => {
  const { it, program } = terminal();
  const page = new Page();
  const attached = it.attach(page, null);
  it.show(bytes("last words"));
  program.exits(3);
  await it.ended;
  const exit = { type: "exit", code: 3, signal: null } as const;
  assert.deepEqual(page.messages.at(-1), exit);
  assert.deepEqual(it.view().state, { type: "ended", code: 3, signal: null, atMs: 1_000 });
  attached.receive(bytes("x"));
  attached.receive(resize(10, 10));
  assert.deepEqual(program.told, []);
  const late = new Page();
  it.attach(late, null);
  assert.equal(late.screen, `${ESC}clast words`);
  assert.deepEqual(late.messages.at(-1), exit);
  it.close("removed");
  assert.equal(late.closed, CLOSINGS.removed.code);
});

Deno.test("a page is told what it asks, what did not fit, and is sent away for garbage", () => {
  const { it, program } = terminal();
  const page = new Page();
  const attached = it.attach(page, null);
  attached.receive(encodeMessage({ type: "ping" }));
  assert.deepEqual(page.messages.at(-1), { type: "pong" });
  program.full = true;
  attached.receive(bytes("x"));
  assert.deepEqual(page.messages.at(-1), { type: "input_full" });
  const garbage: readonly unknown[] = [
    "{}",
    new Uint8Array(INPUT_FRAME_BYTES_MAX + 1),
    null,
    new Blob(["x"]),
  ];
  for (const frame of garbage) {
    const other = new Page();
    it.attach(other, null).receive(frame);
    assert.equal(other.closed, CLOSINGS.garbled.code);
  }
  assert.equal(it.view().clients, 1);
});

Deno.test("a socket that throws is forgotten", () => {
  const { it } = terminal();
  const page = new Page();
  it.attach(page, null);
  page.broken = true;
  it.show(bytes("x"));
  assert.equal(it.view().clients, 0);
});
