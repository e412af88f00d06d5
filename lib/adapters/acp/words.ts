/**
 * Puts the chunks of one message together. Chunks should be new text only, but some agents repeat
 * all of it in each chunk, or once more at the end; both are told apart from plain chunks. Pure.
 */

/** Text this long is not repeated at the start of a chunk by chance. */
const REPEAT_CHARACTERS_MIN = 8;
/** With so many chunks, each beginning with the one before, even short ones are no chance. */
const REPEAT_CHUNKS_MIN = 3;
/** What is kept of one message; an agent that never stops must not fill the memory. */
const MESSAGE_CHARACTERS_MAX = 1024 * 1024;

export class Message {
  readonly id: string;
  /** Repeating messages before this one that came under the same id, or under none. */
  #before = "";
  #sum = "";
  #first: string | null = null;
  #last = "";
  #chunks = 0;
  #eachRepeats = true;

  constructor(id: string) {
    this.id = id;
  }

  /** Takes a chunk. @returns What is new in it, as far as that can be told by now. */
  add(chunk: string): string {
    if (this.#before.length + this.#sum.length > MESSAGE_CHARACTERS_MAX) return "";
    if (this.#isRepeating() && !chunk.startsWith(this.#last)) this.#begin();
    this.#eachRepeats &&= chunk.startsWith(this.#last);
    this.#first ??= chunk;
    this.#last = chunk;
    this.#chunks++;
    const repeats = this.#sum.length >= REPEAT_CHARACTERS_MIN && chunk.startsWith(this.#sum);
    const news = repeats ? chunk.slice(this.#sum.length) : chunk;
    this.#sum += news;
    return news;
  }

  /** The whole message. */
  whole(): string {
    return this.#before + (this.#isRepeating() ? this.#last : this.#sum);
  }

  #isRepeating(): boolean {
    const grew = this.#last.length > (this.#first ?? "").length;
    return this.#eachRepeats && this.#chunks >= REPEAT_CHUNKS_MIN && grew;
  }

  /** A chunk that no longer repeats what was told is the first one of the next message. */
  #begin(): void {
    this.#before += `${this.#last}\n\n`;
    this.#sum = "";
    this.#first = null;
    this.#last = "";
    this.#chunks = 0;
  }
}
