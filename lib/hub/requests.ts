/**
 * What agents ask while a turn is on: permissions and questions. A rule of the config answers at once,
 * a person in their own time, the clock in the end; so a request never wedges a run.
 */

import { duration } from "../base/text.ts";
import type { Clock } from "../base/clock.ts";
import type { CommandAnswer } from "../control/mailbox.ts";
import { decideRequest } from "../engine/approvals.ts";
import type { ApprovalPolicy } from "../engine/approvals.ts";
import type { Answer, TurnEvent } from "../engine/turn.ts";

export type Asked = Extract<TurnEvent, { type: "approval" | "question" }>;

/** An answer and who gave it: `cli:anna`, a rule, the clock. */
export interface GivenAnswer {
  readonly answer: Answer;
  readonly by: string;
}

export interface RequestSettings extends ApprovalPolicy {
  readonly timeoutMs: number;
  /** What the agent may do instead when nobody has answered; absent: write a dispatch. */
  readonly otherwise?: string;
}

const DISPATCH_INSTEAD = "ask with DISPATCH.md if you cannot go on without it";

/** The open requests of the turn in hand. */
export class Requests {
  readonly #settings: RequestSettings;
  readonly #clock: Clock;
  readonly #open = new Map<string, (given: GivenAnswer) => void>();
  /** Titles a person has allowed for good, as long as this process lives. */
  readonly #always = new Set<string>();

  constructor(settings: RequestSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Resolves with the answer; always does. @param over The turn has ended: nobody needs one any more. */
  async ask(asked: Asked, over: AbortSignal): Promise<GivenAnswer> {
    const ruled = asked.type === "approval" ? this.#byRule(asked) : null;
    if (ruled !== null) return ruled;
    const { promise, resolve } = Promise.withResolvers<GivenAnswer>();
    this.#open.set(asked.requestId, resolve);
    const waited = new AbortController();
    const late = this.#clock.sleep(this.#settings.timeoutMs, AbortSignal.any([over, waited.signal]))
      .then(() => this.#late(), () => TURN_OVER);
    try {
      const given = await Promise.race([promise, late]);
      if (asked.type === "approval" && given.answer.type === "always") {
        this.#always.add(keyOf(asked));
      }
      return given;
    } finally {
      waited.abort();
      this.#open.delete(asked.requestId);
    }
  }

  /** A person's answer. */
  give(requestId: string, given: GivenAnswer): CommandAnswer {
    const resolve = this.#open.get(requestId);
    if (resolve === undefined) {
      return {
        ok: false,
        message: "Nobody waits for this answer any more",
        hint: 'See "car inbox" for what is open.',
      };
    }
    resolve(given);
    return { ok: true, message: "", hint: "" };
  }

  #byRule(asked: Extract<Asked, { type: "approval" }>): GivenAnswer | null {
    if (this.#always.has(keyOf(asked))) {
      return { answer: { type: "yes" }, by: "an earlier answer: always" };
    }
    const decision = decideRequest(this.#settings, asked);
    switch (decision.type) {
      case "allow":
        return { answer: { type: "yes" }, by: `approvals.allow "${decision.rule}"` };
      case "deny":
        return {
          answer: {
            type: "no",
            reason: `The config denies this (approvals.deny "${decision.rule}")`,
          },
          by: `approvals.deny "${decision.rule}"`,
        };
      case "ask":
        return null;
    }
  }

  #late(): GivenAnswer {
    const waited = duration(this.#settings.timeoutMs);
    return {
      answer: {
        type: "no",
        reason: `Nobody answered within ${waited}; ${this.#settings.otherwise ?? DISPATCH_INSTEAD}`,
      },
      by: `nobody within ${waited} (approvals.timeout_seconds)`,
    };
  }
}

const TURN_OVER: GivenAnswer = {
  answer: { type: "no", reason: "The turn has ended" },
  by: "the end of the turn",
};

const keyOf = (asked: Extract<Asked, { type: "approval" }>) => `${asked.kind}:${asked.title}`;
