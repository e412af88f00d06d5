/** A Codex app-server made by hand, in this process: for what the real one cannot be brought to do. */

import type { Program } from "../../lib/adapters/codex/server.ts";

type Message = Readonly<Record<string, unknown>>;
/** What the server answers; undefined: nothing at all. */
export type Answers = Readonly<Record<string, (params: Message) => unknown>>;

const THREAD = { id: "thread-1" };
export const TURN = "turn-1";
const turn = (status: string) => ({ id: TURN, status, items: [] });

/** The answers of a server that works; a test replaces some. */
export const GOOD_ANSWERS: Answers = {
  "initialize": () => ({ userAgent: "fake/0.0.1", codexHome: "/nowhere" }),
  "thread/start": () => ({ thread: THREAD }),
  "thread/resume": () => ({ thread: THREAD }),
  "thread/unsubscribe": () => ({}),
  "thread/backgroundTerminals/clean": () => ({}),
  "thread/turns/list": () => ({ data: [turn("completed")] }),
  "turn/start": () => ({ turn: turn("inProgress") }),
  "turn/interrupt": () => ({}),
};

export class FakeAppServer implements Program {
  readonly lines: ReadableStream<string>;
  readonly ended: Promise<string>;
  /** Every message CAR sent. */
  readonly heard: Message[] = [];
  isStopped = false;
  readonly #answers: Answers;
  readonly #end = Promise.withResolvers<string>();
  readonly #waiting = new Set<(message: Message) => void>();
  #out: ReadableStreamDefaultController<string> | undefined;

  constructor(answers: Answers = {}) {
    this.#answers = { ...GOOD_ANSWERS, ...answers };
    this.ended = this.#end.promise;
    this.lines = new ReadableStream<string>({
      start: (controller) => {
        this.#out = controller;
      },
    });
  }

  /** Says something to CAR. */
  say(message: Message | string): void {
    if (this.isStopped) return;
    this.#out?.enqueue(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Resolves with the first message, past or to come, that the test is waiting for. */
  hears(wanted: (message: Message) => boolean): Promise<Message> {
    const past = this.heard.find(wanted);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => {
      const look = (message: Message) => {
        if (!wanted(message)) return;
        this.#waiting.delete(look);
        resolve(message);
      };
      this.#waiting.add(look);
    });
  }

  write(line: string): Promise<void> {
    const message: Message = JSON.parse(line);
    this.heard.push(message);
    for (const look of this.#waiting) look(message);
    const { id, method } = message;
    if (typeof method !== "string" || id === undefined) return Promise.resolve();
    const params = message.params as Message;
    const result = this.#answers[method]?.(params);
    if (result !== undefined) this.say({ id, result });
    return Promise.resolve();
  }

  /** Ends as a program that crashed. */
  crash(words: string): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.#out?.close();
    this.#end.resolve(words);
  }

  stop(): Promise<void> {
    this.crash("stopped by CAR");
    return Promise.resolve();
  }

  kill(): Promise<void> {
    return this.stop();
  }
}
