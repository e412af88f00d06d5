/** The open questions of one thread: answered by the posture, or by a person through `answer`. */

import { CarError } from "../../base/errors.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";
import type { Asked } from "./approvals.ts";
import type { AutoAnswer } from "./posture.ts";

export class Questions {
  readonly #auto: AutoAnswer;
  readonly #open = new Map<string, (answer: Answer) => void>();
  #count = 0;

  constructor(auto: AutoAnswer) {
    this.#auto = auto;
  }

  /** The answer, at once where the posture gives it; else `tell` is called and a person waited for. */
  ask(asked: Asked, tell: (event: TurnEvent) => void): Promise<Answer> {
    if (this.#auto === "no") return Promise.resolve({ type: "no" });
    if (this.#auto === "yes" && asked.isApproval) return Promise.resolve({ type: "yes" });
    const requestId = `${asked.itemId}#${++this.#count}`;
    return new Promise((resolve) => {
      this.#open.set(requestId, resolve);
      tell(asked.event(requestId));
    });
  }

  /** @throws {CarError} `not_found` when the question was answered already, or its turn is over. */
  answer(requestId: string, answer: Answer): void {
    const resolve = this.#open.get(requestId);
    if (resolve === undefined) {
      throw new CarError("not_found", `No open question "${requestId}"`, {
        hint: "It was answered already, or its turn is over.",
      });
    }
    this.#open.delete(requestId);
    resolve(answer);
  }

  /** Answers no to what is open: the turn that asked is over. */
  close(): void {
    for (const resolve of this.#open.values()) resolve({ type: "no" });
    this.#open.clear();
  }
}
