/**
 * The read end of a child's pipe. A grandchild that inherited the pipe can hold it open for ever,
 * so after the child's exit a pipe that brings nothing for a moment counts as ended.
 */

import type { Clock } from "../../base/clock.ts";
import { FloodPace } from "./flood_pace.ts";

/** After the exit and the sweep nothing can be on its way any more; a loaded machine gets a moment. */
const QUIET_MS = 300;

export class ChildPipe {
  /** Read on demand: what is not read waits in the system's pipe, and the child with it. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #clock: Clock;
  readonly #ended = Promise.withResolvers<void>();
  readonly #pace = new FloodPace();
  readonly #cancelled = new AbortController();
  #pending = false;
  #expired = false;
  #quiet: AbortController | undefined;

  constructor(source: ReadableStream<Uint8Array<ArrayBuffer>>, clock: Clock) {
    this.#reader = source.getReader();
    this.#clock = clock;
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.cancel(),
    }, { highWaterMark: 0 });
  }

  /** Resolves when the pipe is at its end or was cancelled. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Whether somebody waits for bytes that do not come. */
  get waiting(): boolean {
    return this.#pending;
  }

  /** From now on a read that brings nothing for a moment is the end. */
  expire(): void {
    this.#expired = true;
    if (this.#pending) this.#endWhenQuiet();
  }

  async cancel(): Promise<void> {
    this.#quiet?.abort();
    this.#cancelled.abort();
    await this.#reader.cancel().catch(() => {});
    this.#ended.resolve();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    const waitMs = this.#pace.waitMs(this.#clock.elapsed());
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#cancelled.signal).catch(() => {});
    this.#pending = true;
    if (this.#expired) this.#endWhenQuiet();
    const read = await this.#reader.read().catch(() => undefined);
    this.#pending = false;
    this.#quiet?.abort();
    if (read?.value !== undefined) {
      this.#pace.took(read.value.length, this.#clock.elapsed());
      return controller.enqueue(read.value);
    }
    this.#ended.resolve();
    closeQuietly(controller);
  }

  #endWhenQuiet(): void {
    const quiet = new AbortController();
    this.#quiet = quiet;
    this.#clock.sleep(QUIET_MS, quiet.signal).then(() => this.cancel(), () => {});
  }
}

/** A stream that its reader cancelled meanwhile cannot be closed again. */
function closeQuietly(controller: ReadableStreamDefaultController<unknown>): void {
  try {
    controller.close();
  } catch {
    // Closed already, which is what was wanted.
  }
}
