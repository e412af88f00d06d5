/** The open requests of one thread: answered by the posture, or by a person through `answer`. */

import { CarError } from "../../base/errors.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";
import type { Call } from "./http.ts";
import type { AutoAnswer } from "./posture.ts";
import type { Asked } from "./requests.ts";

const NO: Answer = { type: "no" };

/** What to do about a request: answer it now, or tell a person. */
export type Taken =
  | { readonly type: "answered"; readonly call: Call }
  | { readonly type: "told"; readonly event: TurnEvent }
  | { readonly type: "known" };

export class OpenRequests {
  readonly #auto: AutoAnswer;
  readonly #open = new Map<string, Asked>();
  /** Requests seen, since the record repeats those that are open. */
  readonly #seen = new Set<string>();

  constructor(auto: AutoAnswer) {
    this.#auto = auto;
  }

  take(asked: Asked): Taken {
    if (this.#seen.has(asked.id)) return { type: "known" };
    this.#seen.add(asked.id);
    if (this.#auto === "no") return { type: "answered", call: asked.answer(NO) };
    if (this.#auto === "yes" && asked.isApproval) {
      return { type: "answered", call: asked.answer({ type: "yes" }) };
    }
    this.#open.set(asked.id, asked);
    return { type: "told", event: asked.event };
  }

  /**
   * The call that gives this answer.
   * @throws {CarError} `not_found` when the request was answered already, or its turn is over.
   */
  answer(requestId: string, answer: Answer): Call {
    const asked = this.#open.get(requestId);
    if (asked === undefined) {
      throw new CarError("not_found", `No open question "${requestId}"`, {
        hint: "It was answered already, or its turn is over.",
      });
    }
    this.#open.delete(requestId);
    return asked.answer(answer);
  }

  /** The calls that answer no to what is open: the turn that asked is over. */
  close(): Call[] {
    const calls = [...this.#open.values()].map((asked) => asked.answer(NO));
    this.#open.clear();
    return calls;
  }
}
