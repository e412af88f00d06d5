/**
 * What the agent of one answer asks, put where every surface finds it, and the answers that come back:
 * from a person through any process, from a rule of the config, or from the clock.
 */

import type { CommandAnswer } from "../../control/mailbox.ts";
import {
  answerRequest,
  closeRequests,
  findRequest,
  insertRequest,
} from "../../control/thread_requests.ts";
import type { Orchestration } from "../../control/orchestration.ts";
import type { Message } from "../../control/message_rows.ts";
import type { Answer } from "../../engine/turn.ts";
import { type Asked, Requests } from "../requests.ts";
import { withoutSecrets } from "../secrets.ts";
import type { ThreadsPlace } from "./place.ts";
import type { ScopeRoom } from "./scope_rooms.ts";
import type { Transcript } from "./transcript.ts";

/** For the agent whose question nobody answered. */
const OTHERWISE = "go on without it, or say in your answer what you need";

export class Asking {
  readonly #place: ThreadsPlace;
  readonly #message: Message;
  readonly #requests: Requests;
  readonly #timeoutMs: number;
  readonly #secrets: ScopeRoom["agents"]["secrets"];
  /** Numbers of the open ones, with the agent's own ids. */
  readonly #open = new Map<number, string>();

  constructor(place: ThreadsPlace, room: Pick<ScopeRoom, "config" | "agents">, message: Message) {
    const { allow, deny, timeout_seconds } = room.config.approvals;
    this.#place = place;
    this.#message = message;
    this.#secrets = room.agents.secrets;
    this.#timeoutMs = timeout_seconds * 1000;
    const settings = { allow, deny, timeoutMs: this.#timeoutMs, otherwise: OTHERWISE };
    this.#requests = new Requests(settings, place.clock);
  }

  /** Resolves with the answer; always does. */
  async ask(asked: Asked, transcript: Transcript, over: AbortSignal): Promise<Answer> {
    const { store, clock } = this.#place;
    const askedMs = clock.now();
    const { thread, id: message } = this.#message;
    const expiresMs = askedMs + this.#timeoutMs;
    // The question is on the disk before anybody is asked.
    const id = store.write(() =>
      insertRequest(store, {
        thread,
        message,
        asked: withoutSecrets(asked, this.#secrets),
        askedMs,
        expiresMs,
      })
    );
    transcript.flush();
    this.#open.set(id, asked.requestId);
    const given = await this.#requests.ask(asked, over);
    this.#open.delete(id);
    store.write(() => answerRequest(store, id, { ...given, atMs: clock.now() }));
    const { answer, by } = given;
    transcript.add("answered", { requestId: asked.requestId, answer, by });
    return answer;
  }

  /** Looks whether somebody has answered. */
  look(): void {
    for (const [id, requestId] of this.#open) {
      const found = findRequest(this.#place.store, id);
      if (found === null || found.answer === null) continue;
      this.#requests.give(requestId, { answer: found.answer, by: found.by ?? "?" });
    }
  }

  /** Nobody waits for an answer any more. Call it in a transaction. */
  close(): void {
    const { store, clock } = this.#place;
    closeRequests(store, this.#message.id, {
      answer: { type: "no", reason: "The answer has ended" },
      by: "the end of the answer",
      atMs: clock.now(),
    });
  }
}

/** Writes a person's answer down, for whichever process has the agent. */
export function giveAnswer(
  store: Orchestration,
  id: number,
  given: { readonly answer: Answer; readonly by: string; readonly atMs: number },
): CommandAnswer {
  if (store.write(() => answerRequest(store, id, given))) {
    return { ok: true, message: "", hint: "" };
  }
  return {
    ok: false,
    message: "Nobody waits for this answer any more",
    hint: 'See "car inbox" for what is open.',
  };
}
