/** How many questions of chats wait for a person in each repo: they are asked in any process. */

import type { Orchestration, OrchestrationPaths } from "../../control/orchestration.ts";
import { type ChatsWaiting, chatsWaiting } from "../threads/inbox.ts";

export class ChatLookout {
  readonly #store: Orchestration;
  readonly #paths: OrchestrationPaths;
  #seen: number | null = null;
  #waiting: ChatsWaiting = new Map();

  constructor(store: Orchestration, paths: OrchestrationPaths) {
    this.#store = store;
    this.#paths = paths;
  }

  /**
   * Asks again where the answer may be another. Costs microseconds where nobody asks.
   * @returns Null when the store cannot be read: who opens a chat is told why.
   */
  look(): ChatsWaiting | null {
    try {
      const version = this.#store.dataVersion();
      // Who asked may have died, which writes nothing.
      if (version === this.#seen && this.#waiting.size === 0) return this.#waiting;
      this.#seen = version;
      return this.#waiting = chatsWaiting(this.#store, this.#paths);
    } catch {
      return null;
    }
  }
}
