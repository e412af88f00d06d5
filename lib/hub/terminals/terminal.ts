/**
 * One terminal and all pages that look at it.
 *
 * Size: the program draws for the page that was used last, as with tmux's `latest`: the smallest of
 * all would let a forgotten phone shrink the desk's screen. The others show that same size.
 *
 * Pace: the program waits for the quickest of the pages, and for none that is slower: who lags far
 * behind is dropped, and gets all that is kept when it connects again.
 */

import type { LadderTimes } from "../../adapters/process/ladder.ts";
import type { PtyEnd } from "../../adapters/pty/pty.ts";
import type { TerminalSize } from "../../adapters/pty/system.ts";
import type { Clock } from "../../base/clock.ts";
import {
  type ClientMessage,
  type Closing,
  decodeClientMessage,
  INPUT_FRAME_BYTES_MAX,
} from "../../engine/terminal_wire.ts";
import { TerminalClient, type TerminalSocket } from "./client.ts";
import { isAnswer } from "./queries.ts";
import { Scrollback } from "./scrollback.ts";

/** How far the quickest page may lag before the program waits: a second of a wild build's output. */
export const WINDOW_BYTES = 256 * 1024;
/** It goes on when half of it is drawn, so that it does not go by single steps. */
const GO_ON_BYTES = WINDOW_BYTES / 2;
/** A page this far behind the quickest is dropped. */
export const LAG_BYTES_MAX = 2 * 1024 * 1024;
/** A page that has drawn nothing for so long while the program waits for it is gone, or asleep. */
const STALL_MS = 10_000;

/** What a terminal needs of its program's terminal: the adapter's `Pty`. */
export interface TerminalProgram {
  readonly pid: number;
  readonly exit: Promise<PtyEnd>;
  write(bytes: Uint8Array): boolean;
  resize(size: TerminalSize): void;
  pause(): void;
  resume(): void;
  end(times?: Partial<LadderTimes>): Promise<unknown>;
}

export type TerminalState =
  | { readonly type: "running" }
  | {
    readonly type: "ended";
    /** 0 to 255; 128 + number when a signal ended it. */
    readonly code: number;
    /** `SIGHUP`, ...; null when it exited by itself. */
    readonly signal: string | null;
    /** Milliseconds since 1970. */
    readonly atMs: number;
  };

/** What is told of a terminal. Times in milliseconds since 1970. */
export interface TerminalView {
  readonly id: string;
  readonly title: string;
  /** The offer it was opened by: `shell`, `codex`, a name of the config. */
  readonly command: string;
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly createdAtMs: number;
  /** Something was typed or written. */
  readonly lastActiveAtMs: number;
  readonly state: TerminalState;
  readonly cols: number;
  readonly rows: number;
  /** Pages that look at it. */
  readonly clients: number;
}

export type TerminalFacts = Pick<TerminalView, "id" | "title" | "command" | "argv" | "cwd">;

export interface TerminalOptions {
  readonly facts: TerminalFacts;
  readonly size: TerminalSize;
  readonly clock: Clock;
  readonly scrollbackBytes: number;
  /** How long it is kept while nobody looks at it. */
  readonly idleMs: number;
  /** Something of `view()` other than times has changed. Must not throw. */
  readonly onChange: () => void;
}

/** A page's hold on a terminal. */
export interface Attachment {
  /** Takes a frame of the page's websocket: text or bytes. Never throws. */
  receive(frame: unknown): void;
  /** The websocket is closed. */
  detach(): void;
}

export class Terminal {
  readonly #options: TerminalOptions;
  readonly #scrollback: Scrollback;
  readonly #clients = new Set<TerminalClient>();
  readonly #createdAtMs: number;
  readonly #ended = Promise.withResolvers<void>();
  #program: TerminalProgram | null = null;
  #state: TerminalState = { type: "running" };
  #lastActiveAtMs: number;
  #size: TerminalSize;
  /** Whose size counts, and who answers what the program asks its terminal. */
  #leader: TerminalClient | null = null;
  #waits = false;
  #stall: AbortController | null = null;
  #idle: AbortController | null = null;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#scrollback = new Scrollback(options.scrollbackBytes);
    this.#size = options.size;
    this.#createdAtMs = this.#lastActiveAtMs = options.clock.now();
  }

  /** Resolves when the program and all it started is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get id(): string {
    return this.#options.facts.id;
  }

  view(): TerminalView {
    return {
      ...this.#options.facts,
      createdAtMs: this.#createdAtMs,
      lastActiveAtMs: this.#lastActiveAtMs,
      state: this.#state,
      ...this.#size,
      clients: this.#clients.size,
    };
  }

  /** Called once, with what was opened for it. */
  run(program: TerminalProgram): void {
    this.#program = program;
    void program.exit.then((end) => this.#finish(end));
    this.#waitForSomeone();
  }

  /** Takes what the program wrote. */
  show(bytes: Uint8Array<ArrayBuffer>): void {
    this.#lastActiveAtMs = this.#options.clock.now();
    this.#scrollback.push(bytes);
    for (const client of this.#clients) client.send(bytes);
    this.#dropClosed();
    this.#pace();
  }

  /** @param since The place the page has come to; null, or one that is not kept: from the beginning. */
  attach(socket: TerminalSocket, since: number | null): Attachment {
    const client = new TerminalClient(socket);
    client.tell({ type: "resize", ...this.#size });
    client.begin(this.#scrollback.since(since));
    if (this.#state.type === "ended") client.tell({ ...this.#state, type: "exit" });
    this.#clients.add(client);
    this.#leader ??= client;
    this.#idle?.abort();
    this.#pace();
    this.#options.onChange();
    return {
      receive: (frame) => this.#receive(client, frame),
      detach: () => {
        client.forget();
        this.#dropClosed();
        this.#pace();
      },
    };
  }

  /** Ends the program with all it started; what it wrote stays. */
  async end(): Promise<void> {
    if (this.#state.type === "ended") return;
    await this.#program?.end();
    await this.ended;
  }

  /** Sends all pages away. */
  close(why: Closing): void {
    this.#idle?.abort();
    this.#stall?.abort();
    for (const client of this.#clients) client.close(why);
    this.#clients.clear();
    this.#leader = null;
  }

  #receive(client: TerminalClient, frame: unknown): void {
    if (!client.isOpen || !this.#clients.has(client)) return;
    if (typeof frame === "string") return this.#obey(client, decodeClientMessage(frame));
    const bytes = bytesOf(frame);
    if (bytes === null || bytes.length > INPUT_FRAME_BYTES_MAX) {
      return this.#drop(client, "garbled");
    }
    this.#type(client, bytes);
  }

  #obey(client: TerminalClient, message: ClientMessage | null): void {
    switch (message?.type) {
      case "resize":
        client.size = { cols: message.cols, rows: message.rows };
        return this.#lead(client);
      case "offset":
        client.drew(message.offset, this.#scrollback.total);
        return this.#pace();
      case "ping":
        return client.tell({ type: "pong" });
      case undefined:
        return this.#drop(client, "garbled");
    }
  }

  #type(client: TerminalClient, bytes: Uint8Array): void {
    if (isAnswer(bytes)) {
      if (client !== this.#leader) return;
    } else {
      this.#lead(client);
    }
    if (this.#state.type === "ended") return;
    this.#lastActiveAtMs = this.#options.clock.now();
    if (this.#program?.write(bytes) === false) client.tell({ type: "input_full" });
  }

  #lead(client: TerminalClient): void {
    this.#leader = client;
    const { size } = client;
    if (size === null || this.#state.type === "ended") return;
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    this.#size = size;
    this.#program?.resize(size);
    for (const each of this.#clients) each.tell({ type: "resize", ...size });
    this.#options.onChange();
  }

  /** Lets the program go on as fast as the quickest page draws. */
  #pace(): void {
    for (const client of this.#clients) {
      if (this.#lag(client) > LAG_BYTES_MAX) this.#drop(client, "slow");
    }
    const lag = Math.min(...[...this.#clients].map((client) => this.#lag(client)));
    const limit = this.#waits ? GO_ON_BYTES : WINDOW_BYTES;
    const waits = this.#clients.size > 0 && lag >= limit;
    if (waits === this.#waits) return;
    this.#waits = waits;
    if (waits) this.#program?.pause();
    else this.#program?.resume();
    this.#stall?.abort();
    this.#stall = waits ? this.#later(STALL_MS, () => this.#dropStalled()) : null;
  }

  #lag(client: TerminalClient): number {
    return this.#scrollback.total - client.drawn;
  }

  #dropStalled(): void {
    for (const client of this.#clients) {
      if (this.#lag(client) >= GO_ON_BYTES) this.#drop(client, "slow");
    }
    this.#pace();
  }

  #drop(client: TerminalClient, why: Closing): void {
    client.close(why);
    this.#dropClosed();
  }

  #dropClosed(): void {
    const before = this.#clients.size;
    for (const client of this.#clients) {
      if (!client.isOpen) this.#clients.delete(client);
    }
    if (this.#clients.size === before) return;
    if (this.#leader?.isOpen === false) this.#leader = [...this.#clients].at(-1) ?? null;
    this.#waitForSomeone();
    this.#options.onChange();
  }

  #waitForSomeone(): void {
    if (this.#clients.size > 0 || this.#state.type === "ended") return;
    this.#idle?.abort();
    this.#idle = this.#later(this.#options.idleMs, () => void this.end());
  }

  /** Does it after a time, unless aborted before. */
  #later(ms: number, act: () => void): AbortController {
    const waiting = new AbortController();
    this.#options.clock.sleep(ms, waiting.signal).then(act, () => {});
    return waiting;
  }

  #finish({ code, signal }: PtyEnd): void {
    this.#idle?.abort();
    this.#stall?.abort();
    this.#state = { type: "ended", code, signal, atMs: this.#options.clock.now() };
    for (const client of this.#clients) client.tell({ type: "exit", code, signal });
    this.#dropClosed();
    this.#ended.resolve();
    this.#options.onChange();
  }
}

function bytesOf(frame: unknown): Uint8Array | null {
  if (frame instanceof Uint8Array) return frame;
  return frame instanceof ArrayBuffer ? new Uint8Array(frame) : null;
}
