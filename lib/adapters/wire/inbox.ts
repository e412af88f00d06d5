/** A queue between those who tell and one who reads: what is told waits until it is read. */

/** Takes what is told at any time; one reader takes it out in order. */
export class Inbox<Item extends object> {
  readonly #items: Item[] = [];
  #reader: ((item: Item) => void) | null = null;

  /** How many items wait. */
  get waiting(): number {
    return this.#items.length;
  }

  put(item: Item): void {
    if (this.#reader === null) {
      this.#items.push(item);
      return;
    }
    const reader = this.#reader;
    this.#reader = null;
    reader(item);
  }

  /** The next item, as soon as there is one. One call at a time. */
  take(): Promise<Item> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }
}
