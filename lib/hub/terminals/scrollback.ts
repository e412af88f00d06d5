/**
 * The newest part of a terminal's stream, in bounded memory, cut where nothing is torn: between lines
 * where there are lines, never within a control sequence or a character of a usual length. Pure.
 */

import { EscapeReader } from "./escape_reader.ts";
import { ScreenModes } from "./screen_modes.ts";

/** A part of the stream that can be shown. */
export interface Replay {
  /** The place in the stream of its first byte. */
  readonly from: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What brings an empty screen to the state in which `bytes` begin; null when they go on. */
  readonly before: Uint8Array<ArrayBuffer> | null;
}

const FIRST_BYTES = 16 * 1024;
/** An eighth goes at a time, so that making room is seldom. */
const ROOM_SHARE = 8;
/** How far a cut moves to find the end of a line; a sequence is given as much again. */
const LINE_BYTES_MAX = 4 * 1024;
const LINE_FEED = 0x0a;

export class Scrollback {
  readonly #capacity: number;
  readonly #reader = new EscapeReader();
  readonly #modes = new ScreenModes();
  /** A ring: the byte at place N lies at N modulo its length. */
  #ring: Uint8Array<ArrayBuffer>;
  #from = 0;
  #total = 0;

  /** @param capacity in bytes; 0 keeps nothing. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#ring = new Uint8Array(Math.min(capacity, FIRST_BYTES));
  }

  /** The place in the stream of the next byte. */
  get total(): number {
    return this.#total;
  }

  push(bytes: Uint8Array): void {
    if (this.#capacity === 0) {
      this.#reader.read(bytes, (sequence) => this.#modes.take(sequence));
      this.#from = this.#total += bytes.length;
      return;
    }
    const piece = Math.max(1, Math.floor(this.#capacity / ROOM_SHARE));
    for (let at = 0; at < bytes.length; at += piece) this.#add(bytes.subarray(at, at + piece));
  }

  /** What follows a place, or, when that is not kept or null, all that is. */
  since(place: number | null): Replay {
    const goesOn = place !== null && place >= this.#from && place <= this.#total;
    const from = goesOn ? place : this.#from;
    return {
      from,
      bytes: this.#copy(from, this.#total),
      before: goesOn ? null : this.#modes.restore(),
    };
  }

  #add(bytes: Uint8Array): void {
    this.#grow(this.#total - this.#from + bytes.length);
    const over = this.#total - this.#from + bytes.length - this.#ring.length;
    if (over > 0) this.#drop(Math.max(over, Math.floor(this.#capacity / ROOM_SHARE)));
    const start = this.#total % this.#ring.length;
    const first = Math.min(bytes.length, this.#ring.length - start);
    this.#ring.set(bytes.subarray(0, first), start);
    this.#ring.set(bytes.subarray(first), 0);
    this.#total += bytes.length;
  }

  #grow(wanted: number): void {
    const length = this.#ring.length;
    if (wanted <= length || length >= this.#capacity) return;
    const kept = this.#copy(this.#from, this.#total);
    this.#ring = new Uint8Array(Math.min(this.#capacity, Math.max(wanted, length * 2)));
    for (let at = 0; at < kept.length; at++) {
      this.#ring[(this.#from + at) % this.#ring.length] = kept[at] ?? 0;
    }
  }

  /** Lets at least `count` of the oldest bytes go, and as many as a clean cut needs. */
  #drop(count: number): void {
    const wanted = Math.min(this.#total, this.#from + count);
    this.#leave(this.#copy(this.#from, wanted));
    let previous = -1;
    while (this.#from < this.#total && !this.#isCut(previous, this.#from - wanted)) {
      previous = this.#at(this.#from);
      this.#leave(new Uint8Array([previous]));
    }
  }

  #leave(bytes: Uint8Array): void {
    this.#reader.read(bytes, (sequence) => this.#modes.take(sequence));
    this.#from += bytes.length;
  }

  /** @param moved how far the search for a cut has come. */
  #isCut(previous: number, moved: number): boolean {
    if (moved >= LINE_BYTES_MAX * 2) return true;
    if (!this.#reader.isGround) return false;
    if (previous === LINE_FEED) return true;
    const inCharacter = (this.#at(this.#from) & 0xc0) === 0x80;
    return moved >= LINE_BYTES_MAX && !inCharacter;
  }

  #at(place: number): number {
    return this.#ring[place % this.#ring.length] ?? 0;
  }

  #copy(from: number, to: number): Uint8Array<ArrayBuffer> {
    const length = this.#ring.length;
    if (from >= to) return new Uint8Array(0);
    const start = from % length;
    const whole = new Uint8Array(to - from);
    const first = this.#ring.subarray(start, Math.min(length, start + whole.length));
    whole.set(first, 0);
    whole.set(this.#ring.subarray(0, whole.length - first.length), first.length);
    return whole;
  }
}
