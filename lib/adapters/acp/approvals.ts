/** The open requests of one turn: answered by the posture, by a person, or by the turn's end. */

import { CarError } from "../../base/errors.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";

/** How CAR answers in a posture: by itself, or by asking a person. */
export type AutoAnswer = "yes" | "no" | "ask";
export type ApprovalEvent = TurnEvent & { type: "approval" };

export class Approvals {
  readonly #auto: AutoAnswer;
  readonly #open = new Map<string, (answer: Answer | null) => void>();
  #count = 0;
  #isClosed = false;
  #wasDeclined = false;

  constructor(auto: AutoAnswer) {
    this.#auto = auto;
  }

  /** Whether anything was declined since the last `open`. */
  get wasDeclined(): boolean {
    return this.#wasDeclined;
  }

  /** A turn begins. */
  open(): void {
    this.#isClosed = false;
    this.#wasDeclined = false;
  }

  /**
   * The answer, at once where the posture gives it; else `tell` is called and a person waited for.
   * Null: the turn is being ended.
   */
  async ask(
    event: (requestId: string) => ApprovalEvent,
    tell: (event: ApprovalEvent) => void,
  ): Promise<Answer | null> {
    if (this.#isClosed) return null;
    const answer = await this.#answer(event, tell);
    if (answer?.type === "no" || answer?.type === "answers") this.#wasDeclined = true;
    return answer;
  }

  #answer(
    event: (requestId: string) => ApprovalEvent,
    tell: (event: ApprovalEvent) => void,
  ): Promise<Answer | null> {
    if (this.#auto !== "ask") return Promise.resolve({ type: this.#auto });
    const requestId = `acp-${++this.#count}`;
    return new Promise((resolve) => {
      this.#open.set(requestId, resolve);
      tell(event(requestId));
    });
  }

  /** @throws {CarError} `not_found` when the request was answered already, or its turn is over. */
  answer(requestId: string, answer: Answer): void {
    const resolve = this.#open.get(requestId);
    if (resolve === undefined) {
      throw new CarError("not_found", `No open request "${requestId}"`, {
        hint: "It was answered already, or its turn is over.",
      });
    }
    this.#open.delete(requestId);
    resolve(answer);
  }

  /** Cancels what is open and what comes: some agents end no turn before they are told so. */
  cancelAll(): void {
    this.#isClosed = true;
    for (const resolve of this.#open.values()) resolve(null);
    this.#open.clear();
  }
}
