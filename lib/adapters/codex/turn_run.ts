/**
 * One turn of a Codex thread, from the prompt to its end: sends it, passes on what is told, and
 * ends in bounded time when asked to, also when the server says nothing more.
 */

import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import type { TurnInput } from "../../engine/ports.ts";
import type { AgentError, TurnEvent, TurnResult } from "../../engine/turn.ts";
import { Inbox } from "../wire/inbox.ts";
import { RpcError } from "../wire/jsonrpc.ts";
import { TurnReader } from "./events.ts";
import { NOTIFICATIONS, type Turn } from "./protocol.gen.ts";
import type { Questions } from "./questions.ts";
import type { CodexServer } from "./server.ts";

/** How long an interrupted turn may take to say so before its server is stopped: it takes 6 ms. */
const INTERRUPT_WAIT_MS = 3_000;
/** How long the end of a turn may come after its thread is idle before its record is read. */
const TERMINAL_WAIT_MS = 1_000;
/** How long the server may take to end what a turn left running. */
const CLEAN_WAIT_MS = 2_000;
/** More waiting notifications than this, and deltas are dropped: the finished item repeats them. */
const WAITING_MAX = 10_000;
/** How many turns of the record are looked at for this one. */
const RECORD_TURNS = 5;

const IDLE = new Set(["idle", "systemError", "notLoaded"]);
const DELTA = /[dD]elta$/;

type Ended = TurnEvent & { type: "ended" };
const INTERRUPTED: Ended = { type: "ended", result: "interrupted", error: null };

/** What can happen to a turn. */
type Incoming =
  | { readonly type: "started"; readonly turnId: string }
  | { readonly type: "refused"; readonly thrown: unknown }
  | { readonly type: "notification"; readonly method: string; readonly params: unknown }
  | { readonly type: "told"; readonly event: TurnEvent }
  | { readonly type: "record"; readonly turns: readonly Turn[] }
  | { readonly type: "gone"; readonly reason: string }
  | { readonly type: "asked_to_end" }
  | { readonly type: "overdue" };

export interface TurnRunOptions {
  readonly server: CodexServer;
  readonly threadId: string;
  readonly input: TurnInput;
  readonly effort: string | null;
  readonly signal: AbortSignal;
  readonly questions: Questions;
  /** Ends processes of this thread that outlived the turn. */
  sweep(): Promise<void>;
}

export class TurnRun {
  readonly #options: TurnRunOptions;
  readonly #inbox = new Inbox<Incoming>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** What came before the turn's id was known. */
  readonly #early: { method: string; params: unknown }[] = [];
  #reader: TurnReader | null = null;
  #turnId: string | null = null;
  #askedToEnd = false;
  #isGone = false;

  constructor(options: TurnRunOptions) {
    this.#options = options;
  }

  /** Codex's id of the running turn, once it is known. */
  get turnId(): string | null {
    return this.#turnId;
  }

  /** Sends the prompt and yields what comes back, with `ended` as the last; never throws. */
  async *events(): AsyncGenerator<TurnEvent, void, undefined> {
    const { server, threadId, signal, questions } = this.#options;
    if (signal.aborted) return yield INTERRUPTED;
    const onAbort = () => this.#inbox.put({ type: "asked_to_end" });
    const deaf = server.listen(threadId, {
      notification: (method, params) => this.#hear(method, params),
      asked: (asked) => questions.ask(asked, (event) => this.#inbox.put({ type: "told", event })),
      gone: (reason) => this.#inbox.put({ type: "gone", reason }),
    });
    signal.addEventListener("abort", onAbort, { once: true });
    let ended: Ended | undefined;
    try {
      this.#start();
      while (ended === undefined) {
        for (const event of await this.#handle(await this.#inbox.take())) {
          if (event.type === "ended") ended = event;
          else yield event;
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      deaf();
      questions.close();
      for (const timer of this.#timers) clearTimeout(timer);
      await this.#cleanUp(ended);
    }
    if (ended !== undefined) yield ended;
  }

  #start(): void {
    const { server, threadId, input, effort } = this.#options;
    server.call("turn/start", {
      threadId,
      clientUserMessageId: input.turnId,
      input: [{ type: "text", text: input.prompt }],
      ...(effort === null ? {} : { effort }),
    }).then(
      ({ turn }) => this.#inbox.put({ type: "started", turnId: turn.id }),
      (thrown) => this.#inbox.put({ type: "refused", thrown }),
    );
  }

  #hear(method: string, params: unknown): void {
    if (this.#inbox.waiting > WAITING_MAX && DELTA.test(method)) return;
    this.#inbox.put({ type: "notification", method, params });
  }

  async #handle(incoming: Incoming): Promise<TurnEvent[]> {
    switch (incoming.type) {
      case "started":
        return this.#onStarted(incoming.turnId);
      case "refused":
        return await this.#onRefused(refusal(incoming.thrown));
      case "notification":
        return this.#onNotification(incoming.method, incoming.params);
      case "told":
        return [incoming.event];
      case "record":
        return incoming.turns.flatMap((turn) => this.#reader?.readRecord(turn) ?? []);
      case "gone":
        this.#isGone = true;
        return this.#end("lost", { kind: "crashed", message: incoming.reason });
      case "asked_to_end":
        return this.#onAskedToEnd();
      case "overdue":
        await this.#stopServer();
        return this.#end("interrupted", null);
    }
  }

  #onStarted(turnId: string): TurnEvent[] {
    this.#turnId = turnId;
    this.#reader = new TurnReader(turnId, systemClock.now);
    if (this.#askedToEnd) this.#interrupt(turnId);
    return this.#early.splice(0).flatMap((it) => this.#onNotification(it.method, it.params));
  }

  async #onRefused(error: AgentError): Promise<TurnEvent[]> {
    // Without an answer the turn may run all the same; only the end of the server is certain.
    if (error.kind === "silent") await this.#stopServer();
    return this.#end("failed", error);
  }

  async #stopServer(): Promise<void> {
    await this.#options.server.stop();
    this.#isGone = true;
  }

  #onNotification(method: string, params: unknown): TurnEvent[] {
    if (this.#reader === null) {
      this.#early.push({ method, params });
      return [];
    }
    if (method === "thread/status/changed") this.#watchIdle(params);
    try {
      return this.#reader.read(method, params);
    } catch {
      return [{ type: "notice", text: `Codex sent a "${method}" that CAR cannot read.` }];
    }
  }

  /** An idle thread whose turn has not told its end: the record may know it. */
  #watchIdle(params: unknown): void {
    const status = NOTIFICATIONS["thread/status/changed"].safeParse(params);
    if (status.data === undefined || !IDLE.has(status.data.status.type)) return;
    const { server, threadId } = this.#options;
    this.#later(TERMINAL_WAIT_MS, () => {
      server.call("thread/turns/list", { threadId, limit: RECORD_TURNS, itemsView: "summary" })
        .then(({ data }) => this.#inbox.put({ type: "record", turns: data }), () => {});
    });
  }

  #onAskedToEnd(): TurnEvent[] {
    this.#askedToEnd = true;
    if (this.#turnId !== null) this.#interrupt(this.#turnId);
    this.#later(INTERRUPT_WAIT_MS, () => this.#inbox.put({ type: "overdue" }));
    return [];
  }

  #interrupt(turnId: string): void {
    const { server, threadId } = this.#options;
    server.call("turn/interrupt", { threadId, turnId }).catch(() => {});
  }

  #later(ms: number, act: () => void): void {
    this.#timers.add(setTimeout(act, ms));
  }

  #end(result: TurnResult, error: AgentError | null): TurnEvent[] {
    const ended: Ended = this.#askedToEnd ? INTERRUPTED : { type: "ended", result, error };
    return this.#reader?.close(ended) ?? [ended];
  }

  /** Ends what the turn left running, so that nothing changes the repo behind the gate's back. */
  async #cleanUp(ended: Ended | undefined): Promise<void> {
    const { server, threadId, sweep } = this.#options;
    if (ended === undefined && this.#turnId !== null) this.#interrupt(this.#turnId);
    if (!this.#isGone) {
      await server.call("thread/backgroundTerminals/clean", { threadId }, CLEAN_WAIT_MS)
        .catch(() => {});
    }
    if (ended?.result !== "completed") await sweep().catch(() => {});
  }
}

/** Why a prompt was not taken. */
function refusal(thrown: unknown): AgentError {
  if (thrown instanceof RpcError) return { kind: "refused", message: thrown.text };
  if (thrown instanceof CarError && thrown.code === "timeout") {
    return { kind: "silent", message: thrown.message };
  }
  return { kind: "crashed", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
