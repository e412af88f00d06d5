/**
 * The settings and the title of a screen that lie behind the part of the stream that is kept: without
 * them a replay would draw an editor's picture into the shell's, or show keys as text. Pure.
 */

import type { Sequence } from "./escape_reader.ts";

/** Settings of one program; more of them are an attack on memory. */
const MODES_MAX = 64;
const COLOURS_MAX = 256;

const ESC = "\u001b";
const BEL = "\u0007";
const encoder = new TextEncoder();

export class ScreenModes {
  readonly #modes = new Map<string, "h" | "l">();
  /** Parameters of the colours since they were last put back. */
  #colours = "";
  #keypad = "";
  #charset = "";
  /** What the program calls itself: bytes as characters. */
  #title = "";

  /** Takes note of a sequence that left the kept part. */
  take({ kind, text }: Sequence): void {
    if (kind === "csi") this.#takeCsi(text);
    if (kind === "osc" && /^[02];/.test(text)) this.#title = text;
    if (kind !== "esc") return;
    if (text === "c") this.#forget();
    else if (text === "=" || text === ">") this.#keypad = text;
    else if (/^\([0B]$/.test(text)) this.#charset = text;
  }

  /** Bytes that bring an empty screen to these settings. */
  restore(): Uint8Array<ArrayBuffer> {
    const modes = [...this.#modes].map(([mode, set]) => `${ESC}[${mode}${set}`);
    const colours = this.#colours === "" ? "" : `${ESC}[${this.#colours}m`;
    const escapes = [this.#keypad, this.#charset].filter((it) => it !== "").map((it) => ESC + it);
    const settings = encoder.encode([...modes, ...escapes, colours].join(""));
    if (this.#title === "") return settings;
    const title = Uint8Array.from(`${ESC}]${this.#title}${BEL}`, (it) => it.charCodeAt(0));
    const all = new Uint8Array(settings.length + title.length);
    all.set(settings);
    all.set(title, settings.length);
    return all;
  }

  #takeCsi(text: string): void {
    const found = /^(\??)([\d;]*)([hlm])$/.exec(text);
    if (text === "!p") this.#forget();
    if (found === null) return;
    const [, mark = "", numbers = "", letter] = found;
    if (letter === "m" && mark === "") this.#takeColours(numbers);
    if (letter !== "h" && letter !== "l") return;
    for (const number of numbers.split(";")) this.#takeMode(`${mark}${number}`, letter);
  }

  #takeMode(mode: string, set: "h" | "l"): void {
    // The newest last: the order matters between screens and cursors.
    this.#modes.delete(mode);
    if (this.#modes.size < MODES_MAX) this.#modes.set(mode, set);
  }

  #takeColours(numbers: string): void {
    const parts = numbers.split(";");
    // A zero may also be a part of a colour (`38;5;0`), which only keeps more than is needed.
    if (/^0*$/.test(parts[0] ?? "")) this.#colours = "";
    const joined = this.#colours === "" ? numbers : `${this.#colours};${numbers}`;
    if (joined.length <= COLOURS_MAX) this.#colours = joined;
  }

  #forget(): void {
    this.#modes.clear();
    this.#colours = this.#keypad = this.#charset = "";
  }
}
