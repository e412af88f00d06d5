/** Finds the control sequences in a terminal's stream, however it is cut into pieces. Pure. */

/** A whole sequence without its introducer: `?25h` of a CSI, `10;?` of an OSC, `=` of an ESC. */
export interface Sequence {
  readonly kind: "csi" | "esc" | "osc" | "dcs" | "other" | "control";
  /** At most `TEXT_MAX` characters of it. */
  readonly text: string;
}

/** Told of each sequence with the index of its first byte, below 0 when that was in an earlier piece. */
export type SequenceListener = (sequence: Sequence, start: number, end: number) => void;

/** What is kept of a sequence: enough for all that are looked at. Pictures are sequences too. */
const TEXT_MAX = 128;

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const ENQ = 0x05;

/** What the byte after ESC begins; all others are sequences of two. */
const INTRODUCERS: Readonly<Record<number, Sequence["kind"]>> = {
  0x5b: "csi",
  0x5d: "osc",
  0x50: "dcs",
  0x58: "other",
  0x5e: "other",
  0x5f: "other",
};

type State = "ground" | "escape" | "csi" | "string" | "string_escape";

export class EscapeReader {
  #state: State = "ground";
  #kind: Sequence["kind"] = "esc";
  #text = "";
  #start = 0;

  /** Whether no sequence is open: a stream may be cut here. */
  get isGround(): boolean {
    return this.#state === "ground";
  }

  /** Reads the next piece of the stream. */
  read(bytes: Uint8Array, told: SequenceListener = () => {}): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === "ground") at = this.#skipText(bytes, at, told);
      else this.#take(bytes[at] ?? 0, at++, told);
    }
    this.#start -= bytes.length;
  }

  /** @returns The index after the next ESC, or the end. */
  #skipText(bytes: Uint8Array, from: number, told: SequenceListener): number {
    const found = bytes.indexOf(ESC, from);
    const end = found < 0 ? bytes.length : found;
    for (let at = bytes.indexOf(ENQ, from); at >= 0 && at < end; at = bytes.indexOf(ENQ, at + 1)) {
      told({ kind: "control", text: "enq" }, at, at + 1);
    }
    if (found < 0) return end;
    this.#begin("escape", found);
    return found + 1;
  }

  #begin(state: State, start: number): void {
    this.#state = state;
    this.#kind = "esc";
    this.#text = "";
    this.#start = start;
  }

  #take(byte: number, at: number, told: SequenceListener): void {
    // These break off whatever is open; an ESC within a string may end it.
    if (byte === CAN || byte === SUB) this.#state = "ground";
    else if (byte === ESC) this.#takeEscape(at);
    else if (this.#state === "escape") this.#takeAfterEscape(byte, at, told);
    else if (this.#state === "csi") this.#takeParameter(byte, at, told);
    else this.#takeString(byte, at, told);
  }

  #takeEscape(at: number): void {
    if (this.#state === "string") this.#state = "string_escape";
    else this.#begin("escape", at);
  }

  #takeAfterEscape(byte: number, at: number, told: SequenceListener): void {
    const kind = this.#text === "" ? INTRODUCERS[byte] : undefined;
    if (kind !== undefined) {
      this.#kind = kind;
      this.#state = kind === "csi" ? "csi" : "string";
      return;
    }
    this.#keep(byte);
    // Bytes from blank to slash stand in between, as in `ESC ( 0`.
    if (byte < 0x20 || byte > 0x2f) this.#finish(at, told);
  }

  #takeParameter(byte: number, at: number, told: SequenceListener): void {
    // Other controls act in the middle of a sequence and are no part of it.
    if (byte < 0x20) return;
    this.#keep(byte);
    if (byte >= 0x40) this.#finish(at, told);
  }

  #takeString(byte: number, at: number, told: SequenceListener): void {
    if (byte === BEL || (this.#state === "string_escape" && byte === 0x5c)) {
      this.#finish(at, told);
    } else if (this.#state === "string_escape") {
      // The string was broken off by another sequence.
      this.#begin("escape", at - 1);
      this.#takeAfterEscape(byte, at, told);
    } else {
      this.#keep(byte);
    }
  }

  #keep(byte: number): void {
    if (this.#text.length < TEXT_MAX) this.#text += String.fromCharCode(byte);
  }

  #finish(at: number, told: SequenceListener): void {
    this.#state = "ground";
    told({ kind: this.#kind, text: this.#text }, this.#start, at + 1);
  }
}
