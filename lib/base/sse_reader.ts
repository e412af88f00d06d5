/** Takes server-sent events out of text that comes in pieces. */

export interface SseMessage {
  readonly type: string;
  readonly data: string;
  readonly id: string | null;
}

export class SseReader {
  #rest = "";
  #type = "";
  #data: string[] = [];
  #id: string | null = null;

  /** @returns The messages that are whole now, in order. */
  push(text: string): readonly SseMessage[] {
    const lines = (this.#rest + text).split(/\r\n|\n/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): readonly SseMessage[] {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    // A line that begins with a colon is a heartbeat.
    if (colon === 0) return [];
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#type = value;
    else if (name === "id") this.#id = value;
    return [];
  }

  #dispatch(): readonly SseMessage[] {
    const message = {
      type: this.#type === "" ? "message" : this.#type,
      data: this.#data.join("\n"),
      id: this.#id,
    };
    const isEmpty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    this.#id = null;
    return isEmpty ? [] : [message];
  }
}
