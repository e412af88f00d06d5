/** How commands answer: text and tables for people, plain lines for pipes, JSON for programs. */

import { type Column, fitWidth, renderTable, visible, visibleLine } from "../base/display.ts";
import type { Io } from "./io.ts";

/** What a piece of text means; the terminal chooses the colour. */
export type Tone = "plain" | "strong" | "good" | "bad" | "warn" | "dim";

const SGR: Readonly<Record<Tone, string>> = {
  plain: "",
  strong: "\x1b[1m",
  good: "\x1b[32m",
  bad: "\x1b[31m",
  warn: "\x1b[33m",
  dim: "\x1b[2m",
};
const RESET = "\x1b[0m";

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

export class Output {
  readonly #io: Io;
  readonly #options: OutputOptions;

  constructor(io: Io, options: OutputOptions) {
    this.#io = io;
    this.#options = options;
  }

  get colour(): boolean {
    return this.#options.colour;
  }

  /** `text` in the colour of its tone, where colour is wanted. */
  paint(tone: Tone, text: string): string {
    return this.#options.colour && tone !== "plain" ? `${SGR[tone]}${text}${RESET}` : text;
  }

  /** A line of the answer itself. Hidden characters in it are made visible. */
  line(text: string, tone: Tone = "plain"): void {
    this.#io.stdout(`${this.paint(tone, visible(text))}\n`);
  }

  /** A line that only tells what was done: not with --quiet, not with --json. */
  say(text: string, tone: Tone = "plain"): void {
    if (!this.#options.quiet && !this.#options.json) this.line(text, tone);
  }

  /** A remark beside the answer, on stderr, also with --json; not with --quiet. */
  remark(text: string): void {
    if (!this.#options.quiet) this.#io.stderr(`car: ${visible(text)}\n`);
  }

  /** Text of a file: as it is in a pipe, made safe on a terminal. */
  document(text: string): void {
    const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    this.#io.stdout(this.#io.isTerminal.out ? visible(whole) : whole);
  }

  /** Whether tables are cut: what must not be lost then is told beside them. */
  get cutsTables(): boolean {
    return this.#io.isTerminal.out;
  }

  /** One JSON document: indented on a terminal, one line in a pipe. */
  json(value: unknown): void {
    const text = this.#io.isTerminal.out ? JSON.stringify(value, null, 2) : JSON.stringify(value);
    this.#io.stdout(`${text}\n`);
  }

  /** One line of a stream of JSON objects. False: nobody reads any more. */
  jsonLine(value: unknown): boolean {
    return this.#io.stdout(`${JSON.stringify(value)}\n`);
  }

  /**
   * Rows as a table on a terminal, cut to its width; in a pipe one line a row, cells divided by
   * tabs, without titles and uncut.
   */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    if (!this.#io.isTerminal.out) {
      this.#io.stdout(rows.map((row) => `${row.map(visibleLine).join("\t")}\n`).join(""));
      return;
    }
    const width = this.#io.columns();
    const [titles = "", ...lines] = renderTable(columns, rows).split("\n")
      .map((line) => fitWidth(line, width));
    this.#io.stdout([this.paint("dim", titles), ...lines, ""].join("\n"));
  }
}
