/**
 * The line between a page and one terminal: opened with a one-use ticket, opened again after a break
 * from where the page had come to.
 */

import {
  ACK_EVERY_BYTES,
  CLOSINGS,
  decodeServerMessage,
  encodeMessage,
  inputFrames,
} from "../lib/engine/terminal_wire.ts";
import { post } from "./api.ts";

export type LineState = "connecting" | "open" | "lost" | "ended" | "removed" | "gone";

export interface TerminalScreen {
  /** Draws bytes, and calls when they are drawn. */
  write(bytes: Uint8Array, drawn: () => void): void;
  /** The size the program draws for. */
  resize(cols: number, rows: number): void;
}

export interface LineOptions {
  /** `/api/terminal`, or that of a repo of the hub. */
  readonly path: string;
  readonly session: string;
  readonly screen: TerminalScreen;
  /** Whether the terminal still is on the server's list. Rejects when nobody answers. */
  readonly isListed: () => Promise<boolean>;
  readonly onState: (state: LineState, words: string | null) => void;
}

/** Between two tries, in milliseconds; doubles up to the last. */
const RETRY_FIRST_MS = 400;
const RETRY_LAST_MS = 10_000;
const PING_MS = 20_000;

const LOST = "The connection is lost; trying again.";
const STOPPING = "CAR is stopping, and this terminal ends with it.";

export class TerminalLine {
  readonly #options: LineOptions;
  #socket: WebSocket | null = null;
  /** The place in the stream up to which bytes came; null before the first. */
  #place: number | null = null;
  #told = 0;
  #failures = 0;
  #isOver = false;
  /** What comes was drawn before, here or elsewhere: it rings no bell. */
  #isReplay = true;
  #hasToldFull = false;
  #size: { cols: number; rows: number } | null = null;
  #pinging: ReturnType<typeof setInterval> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** Whether what is being drawn happened before the page looked. */
  get isReplay(): boolean {
    return this.#isReplay;
  }

  /** What was typed. A long paste goes in pieces. */
  type(text: string): void {
    for (const frame of inputFrames(new TextEncoder().encode(text))) this.#send(frame);
  }

  /** The size of the page's own window. */
  fit(cols: number, rows: number): void {
    this.#size = { cols, rows };
    this.#send(encodeMessage({ type: "resize", cols, rows }));
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#pinging);
    clearTimeout(this.#retrying);
    this.#socket?.close();
  }

  #send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }

  async #connect(): Promise<void> {
    const { path, session, onState } = this.#options;
    onState("connecting", null);
    try {
      if (this.#failures > 0 && !await this.#options.isListed()) return this.#endWithServer();
      const { ticket } = await post<{ ticket: string }>("/api/ws-ticket", { path });
      if (this.#isOver) return;
      const query = new URLSearchParams({ session, ticket });
      if (this.#place !== null) query.set("since", String(this.#place));
      this.#isReplay = true;
      this.#listen(new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}?${query}`));
    } catch {
      this.#retry();
    }
  }

  #listen(socket: WebSocket): void {
    const { onState } = this.#options;
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      this.#failures = 0;
      onState("open", null);
      if (this.#size !== null) this.fit(this.#size.cols, this.#size.rows);
      this.#pinging = setInterval(() => this.#send(encodeMessage({ type: "ping" })), PING_MS);
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#hear(data);
      else this.#draw(new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code }) => {
      clearInterval(this.#pinging);
      if (this.#isOver || this.#socket !== socket) return;
      if (code === CLOSINGS.removed.code) {
        this.#isOver = true;
        onState("removed", "The terminal was taken off the list.");
      } else this.#retry(code === CLOSINGS.stopping.code ? STOPPING : LOST);
    });
  }

  #endWithServer(): void {
    this.#isOver = true;
    this.#options.onState("gone", "CAR was started anew, and this terminal ended with it.");
  }

  #hear(text: string): void {
    const message = decodeServerMessage(text);
    const { screen, onState } = this.#options;
    switch (message?.type) {
      case "offset":
        this.#place = this.#told = message.offset;
        screen.write(new Uint8Array(0), () => (this.#isReplay = false));
        break;
      case "resize":
        screen.resize(message.cols, message.rows);
        break;
      case "input_full":
        this.#hasToldFull = true;
        onState("open", "The program does not read: what was typed last is lost.");
        break;
      case "exit":
        this.#isOver = true;
        onState("ended", endWords(message.code, message.signal));
        break;
    }
  }

  #draw(bytes: Uint8Array): void {
    if (this.#hasToldFull) {
      this.#hasToldFull = false;
      this.#options.onState("open", null);
    }
    if (this.#place !== null) this.#place += bytes.length;
    const place = this.#place;
    this.#options.screen.write(bytes, () => {
      if (place === null || place - this.#told < ACK_EVERY_BYTES) return;
      this.#told = place;
      this.#send(encodeMessage({ type: "offset", offset: place }));
    });
  }

  #retry(words = LOST): void {
    if (this.#isOver) return;
    const waitMs = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** this.#failures++);
    this.#options.onState("lost", words);
    this.#retrying = setTimeout(() => void this.#connect(), waitMs);
  }
}

const endWords = (code: number, signal: string | null): string =>
  signal === null ? `The program ended with ${code}.` : `The program was ended by ${signal}.`;
