/** One page that looks at a terminal: what it has drawn, and what it is sent. */

import {
  type Closing,
  CLOSINGS,
  encodeMessage,
  type ServerMessage,
} from "../../engine/terminal_wire.ts";
import type { TerminalSize } from "../../adapters/pty/system.ts";
import { withoutQuestions } from "./queries.ts";
import type { Replay } from "./scrollback.ts";

/** A page's websocket, as the terminal needs it. Either call may throw when it is closed. */
export interface TerminalSocket {
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  close(code: number, reason: string): void;
}

/** Empties screen and history, and puts all settings back. */
const RESET = "\u001bc";
/** A replay is sent in pieces that other messages can pass between. */
const REPLAY_FRAME_BYTES = 64 * 1024;

const encoder = new TextEncoder();

export class TerminalClient {
  /** In whose size the program draws when it is this page's turn; null until it has told. */
  size: TerminalSize | null = null;
  readonly #socket: TerminalSocket;
  #drawn = 0;
  #open = true;

  constructor(socket: TerminalSocket) {
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** The place in the stream up to which it has drawn. */
  get drawn(): number {
    return this.#drawn;
  }

  /** @param total The place of the next byte; nothing after it has been sent. */
  drew(offset: number, total: number): void {
    this.#drawn = Math.max(this.#drawn, Math.min(offset, total));
  }

  /** Brings it to the state of the terminal; what follows is sent as it comes. */
  begin({ from, bytes, before }: Replay): void {
    const total = from + bytes.length;
    // A replay is no lag: it is bounded, and drawn before anything that counts.
    this.#drawn = total;
    if (before === null) {
      this.tell({ type: "offset", offset: from });
      this.#sendInPieces(bytes);
      return;
    }
    this.send(encoder.encode(RESET));
    this.send(before);
    this.#sendInPieces(withoutQuestions(bytes));
    this.tell({ type: "offset", offset: total });
  }

  tell(message: ServerMessage): void {
    this.#send(encodeMessage(message));
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length > 0) this.#send(bytes);
  }

  close(why: Closing): void {
    if (!this.#open) return;
    this.#open = false;
    const { code, reason } = CLOSINGS[why];
    try {
      this.#socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }

  /** The page went away by itself. */
  forget(): void {
    this.#open = false;
  }

  #sendInPieces(bytes: Uint8Array<ArrayBuffer>): void {
    for (let at = 0; at < bytes.length; at += REPLAY_FRAME_BYTES) {
      this.send(bytes.subarray(at, at + REPLAY_FRAME_BYTES));
    }
  }

  #send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (!this.#open) return;
    try {
      this.#socket.send(frame);
    } catch {
      // Its own close event tells the rest.
      this.#open = false;
    }
  }
}
