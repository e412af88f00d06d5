/**
 * One turn of an OpenCode session, from the prompt to its end: sends it, passes on what is told,
 * and ends in bounded time when asked to, also when the server says nothing more.
 */

import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import type { TurnInput } from "../../engine/ports.ts";
import type { AgentError, TurnEvent, TurnResult } from "../../engine/turn.ts";
import { Inbox } from "../wire/inbox.ts";
import { patienceEnds } from "./errors.ts";
import { type Ended, TurnReader } from "./events.ts";
import { type Call, Refusal } from "./http.ts";
import type { OpenRequests } from "./open_requests.ts";
import type { Messages, Permission, Question, ServerEvent, Status } from "./protocol.ts";
import { type Asked, permissionAsked, questionAsked } from "./requests.ts";
import type { OpenCodeServer } from "./server.ts";

/** How long an interrupted turn may take to end before its server is stopped: it takes 15 ms. */
const INTERRUPT_WAIT_MS = 3_000;
/** How long the end of a turn may come after its error before its record is read. */
const TERMINAL_WAIT_MS = 1_000;
/** More waiting events than this, and deltas are dropped: the finished part repeats them. */
const WAITING_MAX = 10_000;
const SECOND_MS = 1000;

const INTERRUPTED: Ended = { type: "ended", result: "interrupted", error: null };

/** What the server knows of the session now. */
interface Look {
  readonly messages: Messages;
  readonly status: Status | undefined;
  readonly permissions: readonly Permission[];
  readonly questions: readonly Question[];
}

/** What can happen to a turn. */
type Incoming =
  | { readonly type: "sent" }
  | { readonly type: "refused"; readonly thrown: unknown }
  | { readonly type: "event"; readonly event: ServerEvent; readonly isOwn: boolean }
  | { readonly type: "look"; readonly look: Look }
  | { readonly type: "gone"; readonly reason: string }
  | { readonly type: "asked_to_end" }
  | { readonly type: "overdue" };

export interface TurnRunOptions {
  readonly server: OpenCodeServer;
  readonly sessionId: string;
  /** The prompt's id, which carries CAR's id of the turn. */
  readonly messageId: string;
  readonly input: TurnInput;
  /** The call that sends the prompt. */
  readonly prompt: Call;
  readonly signal: AbortSignal;
  readonly requests: OpenRequests;
  contextOf(provider: string, model: string): number | null;
  /** Ends processes of this turn that outlived it. */
  sweep(): Promise<void>;
}

export class TurnRun {
  readonly #options: TurnRunOptions;
  readonly #inbox = new Inbox<Incoming>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #reader: TurnReader;
  #isSent = false;
  /** Whether the session has begun to work: an idle before that is the end of an earlier turn. */
  #isBusy = false;
  #askedToEnd = false;
  /** Why CAR itself ends the turn. */
  #givenUp: AgentError | null = null;
  #isGone = false;

  constructor(options: TurnRunOptions) {
    this.#options = options;
    this.#reader = new TurnReader(options);
  }

  /** Sends the prompt and yields what comes back, with `ended` as the last; never throws. */
  async *events(): AsyncGenerator<TurnEvent, void, undefined> {
    const { server, sessionId, signal } = this.#options;
    if (signal.aborted) return yield INTERRUPTED;
    const onAbort = () => this.#inbox.put({ type: "asked_to_end" });
    const deaf = server.listen(sessionId, {
      event: (event, isOwn) => this.#hear(event, isOwn),
      gap: () => this.#look(),
      gone: (reason) => this.#inbox.put({ type: "gone", reason }),
    });
    signal.addEventListener("abort", onAbort, { once: true });
    let ended: Ended | undefined;
    try {
      this.#send();
      while (ended === undefined) {
        for (const event of await this.#handle(await this.#inbox.take())) {
          if (event.type === "ended") ended = event;
          else yield event;
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      deaf();
      for (const timer of this.#timers) clearTimeout(timer);
      await this.#cleanUp(ended);
    }
    if (ended !== undefined) yield ended;
  }

  #send(): void {
    const { server, prompt } = this.#options;
    server.call(prompt, "nothing").then(
      () => this.#inbox.put({ type: "sent" }),
      (thrown) => this.#inbox.put({ type: "refused", thrown }),
    );
  }

  #hear(event: ServerEvent, isOwn: boolean): void {
    if (this.#inbox.waiting > WAITING_MAX && event.type === "message.part.delta") return;
    this.#inbox.put({ type: "event", event, isOwn });
  }

  async #handle(incoming: Incoming): Promise<TurnEvent[]> {
    switch (incoming.type) {
      case "sent":
        this.#isSent = true;
        if (this.#askedToEnd) this.#abort();
        return [];
      case "refused":
        return await this.#onRefused(refusal(incoming.thrown));
      case "event":
        return this.#onEvent(incoming.event, incoming.isOwn);
      case "look":
        return this.#onLook(incoming.look);
      case "gone":
        this.#isGone = true;
        return this.#end("lost", { kind: "crashed", message: incoming.reason });
      case "asked_to_end":
        this.#askedToEnd = true;
        this.#stopWorking();
        return [];
      case "overdue":
        await this.#stopServer();
        return this.#end("interrupted", null);
    }
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

  #onEvent(event: ServerEvent, isOwn: boolean): TurnEvent[] {
    if (event.type === "permission.asked") return this.#onAsked(permissionAsked(event.data));
    if (event.type === "question.asked") return this.#onAsked(questionAsked(event.data));
    if (!isOwn) return [];
    if (event.type === "session.status") return this.#onStatus(event.data.status);
    // Some errors come without any end: then the record has to be looked at.
    if (event.type === "session.error") this.#later(TERMINAL_WAIT_MS, () => this.#look());
    return this.#reader.read(event);
  }

  #onStatus(status: Status): TurnEvent[] {
    if (status.type === "retry") return this.#onRetry(status);
    if (status.type === "busy") {
      this.#isBusy = true;
      // It may have begun only after it was told to end.
      if (this.#isEnding()) this.#abort();
      return [];
    }
    return status.type === "idle" && this.#isBusy ? this.#endByOutcome() : [];
  }

  #onRetry(status: Status): TurnEvent[] {
    this.#isBusy = true;
    const nowMs = systemClock.now();
    const error = patienceEnds(status, nowMs);
    if (error !== null && !this.#isEnding()) {
      this.#givenUp = error;
      this.#stopWorking();
    }
    const seconds = Math.max(0, Math.ceil(((status.next ?? nowMs) - nowMs) / SECOND_MS));
    const text = `${status.message ?? "The model does not answer"}; next try in ${seconds} s`;
    return [{ type: "status", text, waiting: true }];
  }

  #onAsked(asked: Asked): TurnEvent[] {
    const taken = this.#options.requests.take(asked);
    if (taken.type === "answered") this.#tell(taken.call);
    return taken.type === "told" ? [taken.event] : [];
  }

  /** What the record and the server's lists say: no event is missed for good. */
  #onLook({ messages, status, permissions, questions }: Look): TurnEvent[] {
    const asked = [...permissions.map(permissionAsked), ...questions.map(questionAsked)];
    const told = [
      ...this.#reader.readRecord(messages),
      ...asked.flatMap((it) => this.#onAsked(it)),
    ];
    if (status !== undefined) return [...told, ...this.#onStatus(status)];
    // A session that is not listed rests, or has not begun yet.
    if (this.#isBusy || this.#reader.hasBegun || this.#isEnding()) {
      return [...told, ...this.#endByOutcome()];
    }
    this.#later(TERMINAL_WAIT_MS, () => this.#look());
    return told;
  }

  #look(): void {
    const { server, sessionId } = this.#options;
    const mine = (it: { sessionID: string }) => server.rootOf(it.sessionID) === sessionId;
    const looking = async (): Promise<Look> => {
      // First the status: what ends between the two calls then stands in the record.
      const statuses = await server.call({ method: "GET", path: "/session/status" }, "statuses");
      const history = `/session/${sessionId}/message`;
      const [messages, permissions, questions] = await Promise.all([
        server.call({ method: "GET", path: history }, "messages"),
        server.call({ method: "GET", path: "/permission" }, "permissions"),
        server.call({ method: "GET", path: "/question" }, "questions"),
      ]);
      return {
        messages,
        status: statuses[sessionId],
        permissions: permissions.filter(mine),
        questions: questions.filter(mine),
      };
    };
    looking().then((look) => this.#inbox.put({ type: "look", look }), () => {});
  }

  #isEnding(): boolean {
    return this.#askedToEnd || this.#givenUp !== null;
  }

  /** Asks the session to end its turn; when it does not, the server has to end. */
  #stopWorking(): void {
    for (const call of this.#options.requests.close()) this.#tell(call);
    if (this.#isSent) this.#abort();
    this.#later(INTERRUPT_WAIT_MS, () => this.#inbox.put({ type: "overdue" }));
  }

  #abort(): void {
    this.#tell({ method: "POST", path: `/session/${this.#options.sessionId}/abort` });
    // Of a turn that had not begun no end is told.
    this.#later(TERMINAL_WAIT_MS, () => this.#look());
  }

  /** A call whose failure changes nothing: what it is about is over then. */
  #tell(call: Call): void {
    this.#options.server.call(call, "nothing").catch(() => {});
  }

  #later(ms: number, act: () => void): void {
    this.#timers.add(setTimeout(act, ms));
  }

  #endByOutcome(): TurnEvent[] {
    const { result, error } = this.#reader.outcome(systemClock.now());
    return this.#end(result, error);
  }

  #end(result: TurnResult, error: AgentError | null): TurnEvent[] {
    return this.#reader.close(this.#verdict({ type: "ended", result, error }));
  }

  #verdict(ended: Ended): Ended {
    if (this.#askedToEnd) return INTERRUPTED;
    if (this.#givenUp === null || ended.result === "lost") return ended;
    return { type: "ended", result: "failed", error: this.#givenUp };
  }

  /** Ends what the turn left running, so that nothing changes the repo behind the gate's back. */
  async #cleanUp(ended: Ended | undefined): Promise<void> {
    const { server, sessionId, sweep, requests } = this.#options;
    const path = `/session/${sessionId}/abort`;
    const calls: Call[] = this.#isGone ? [] : requests.close();
    if (ended === undefined && !this.#isGone) calls.push({ method: "POST", path });
    for (const call of calls) await server.call(call, "nothing").catch(() => {});
    await sweep().catch(() => {});
  }
}

/** Why a prompt was not taken. */
function refusal(thrown: unknown): AgentError {
  if (thrown instanceof Refusal) return { kind: "refused", message: thrown.message };
  if (thrown instanceof CarError && thrown.code === "timeout") {
    return { kind: "silent", message: thrown.message };
  }
  return { kind: "crashed", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
