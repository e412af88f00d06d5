/**
 * One turn of an ACP session, from the prompt to its end: sends it, passes on what is told, and ends
 * in bounded time when asked to, also when the agent says nothing more. Unless it has to be kept, the
 * agent's process ends with the turn; what it tells until then still counts.
 */

import type { Posture, TurnInput } from "../../engine/ports.ts";
import type { TurnEvent } from "../../engine/turn.ts";
import { Inbox } from "../wire/inbox.ts";
import type { Approvals } from "./approvals.ts";
import { ClientMethods } from "./client_methods.ts";
import type { AcpConnection } from "./connection.ts";
import { agentErrorOf } from "./errors.ts";
import { UpdateReader } from "./events.ts";
import type { AcpRoom } from "./program.ts";
import { fieldsOf, textAt } from "./reading.ts";
import type { Ended } from "./stop_reasons.ts";
import { Terminals } from "./terminals.ts";

/** How long a cancelled turn may take to say so before its agent is stopped: it takes 10 to 500 ms. */
const CANCEL_WAIT_MS = 3_000;
/** How long updates may come late after the answer, of an agent that goes on living. */
const LATE_MS = 200;
/** The end of a turn is the hub's to set (limits.turn_seconds); a call must have one all the same. */
const PROMPT_MS = 7 * 24 * 60 * 60 * 1000;
/** More waiting updates than this, and chunks are dropped: no reader could be that far behind. */
const WAITING_MAX = 10_000;

const INTERRUPTED: Ended = { type: "ended", result: "interrupted", error: null };

type Incoming =
  | { readonly type: "update"; readonly update: unknown }
  | { readonly type: "told"; readonly event: TurnEvent }
  | { readonly type: "answered"; readonly answer: unknown }
  | { readonly type: "refused"; readonly thrown: unknown }
  | { readonly type: "gone"; readonly reason: string }
  | { readonly type: "asked_to_end" }
  | { readonly type: "overdue" }
  | { readonly type: "drained" };

export interface TurnRunOptions {
  readonly connection: AcpConnection;
  readonly sessionId: string;
  readonly input: TurnInput;
  readonly posture: Posture;
  /** Absolute. */
  readonly repo: string;
  readonly room: AcpRoom;
  readonly signal: AbortSignal;
  readonly approvals: Approvals;
  /** Whether the agent lives on after a turn that ended well: it could not take the session up again. */
  readonly isKept: boolean;
}

/**
 * The prompt as it is sent. The turn's id lets the agent's own record be asked for it after a crash,
 * and a first word that is no slash keeps a path from being taken for a command.
 */
export const promptText = (input: TurnInput): string =>
  `${markOf(input.turnId)}\n\n${input.prompt}`;
export const markOf = (turnId: string): string => `CAR turn ${turnId}`;

export class TurnRun {
  readonly #options: TurnRunOptions;
  readonly #inbox = new Inbox<Incoming>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #terminals: Terminals;
  readonly #client: ClientMethods;
  readonly #reader: UpdateReader;
  #askedToEnd = false;
  /** How it ends, once that is known; late updates may still come. */
  #ended: Ended | null = null;

  constructor(options: TurnRunOptions) {
    const { input, repo, room, posture, approvals } = options;
    this.#options = options;
    const turn = { id: input.turnId, env: input.env };
    const terminals = new Terminals({ room, turn });
    this.#terminals = terminals;
    this.#reader = new UpdateReader((id) => terminals.view(id));
    this.#client = new ClientMethods({
      repo,
      posture,
      approvals,
      terminals,
      tell: (event) => this.#inbox.put({ type: "told", event }),
    });
  }

  /** Sends the prompt and yields what comes back, with `ended` as the last; never throws. */
  async *events(): AsyncGenerator<TurnEvent, void, undefined> {
    const { connection, signal, approvals } = this.#options;
    if (signal.aborted) return yield INTERRUPTED;
    const onAbort = () => this.#inbox.put({ type: "asked_to_end" });
    approvals.open();
    const deaf = connection.listen({
      update: (update) => this.#hear(update),
      asked: (method, params) => this.#client.answer(method, params),
      gone: (reason) => this.#inbox.put({ type: "gone", reason }),
    });
    signal.addEventListener("abort", onAbort, { once: true });
    let isOver = false;
    try {
      this.#start();
      while (!isOver) {
        const incoming = await this.#inbox.take();
        yield* this.#handle(incoming);
        isOver = incoming.type === "drained";
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      approvals.cancelAll();
      for (const timer of this.#timers) clearTimeout(timer);
      await this.#cleanUp(isOver);
      deaf();
    }
    yield* this.#reader.close(this.#ended ?? INTERRUPTED);
  }

  #start(): void {
    const { connection, sessionId, input } = this.#options;
    const prompt = [{ type: "text", text: promptText(input) }];
    connection.call("session/prompt", { sessionId, prompt }, PROMPT_MS).then(
      (answer) => this.#inbox.put({ type: "answered", answer }),
      (thrown) => this.#inbox.put({ type: "refused", thrown }),
    );
  }

  #hear(update: unknown): void {
    const kind = textAt(fieldsOf(update), "sessionUpdate") ?? "";
    if (this.#inbox.waiting > WAITING_MAX && kind.endsWith("_chunk")) return;
    this.#inbox.put({ type: "update", update });
  }

  #handle(incoming: Incoming): TurnEvent[] {
    switch (incoming.type) {
      case "update":
        return this.#reader.read(incoming.update);
      case "told":
        return this.#ended === null ? [incoming.event] : [];
      case "answered":
        return this.#onAnswered(incoming.answer);
      case "refused":
        return this.#onRefused(incoming.thrown);
      case "gone":
        return this.#end({
          type: "ended",
          result: "lost",
          error: { kind: "crashed", message: incoming.reason },
        });
      case "asked_to_end":
        return this.#onAskedToEnd();
      case "overdue":
        return this.#end(INTERRUPTED);
      case "drained":
        return [];
    }
  }

  #onAnswered(answer: unknown): TurnEvent[] {
    const { events, ended } = this.#reader.readAnswer(answer, this.#options.approvals);
    return [...(this.#askedToEnd ? [] : events), ...this.#end(ended)];
  }

  #onRefused(thrown: unknown): TurnEvent[] {
    const { connection } = this.#options;
    // A process that died is told as `gone`, with its last words.
    if (!connection.isAlive) return [];
    const error = agentErrorOf(thrown, connection.info.logins);
    return this.#end({ type: "ended", result: "failed", error });
  }

  #onAskedToEnd(): TurnEvent[] {
    if (this.#ended !== null) return [];
    this.#askedToEnd = true;
    const { connection, sessionId, approvals } = this.#options;
    // First: some agents end no turn while a request of theirs is open.
    approvals.cancelAll();
    connection.notify("session/cancel", { sessionId });
    this.#later(CANCEL_WAIT_MS, { type: "overdue" });
    return [];
  }

  /** The end is known: what comes late is waited for. What CAR did wins over what the agent calls it. */
  #end(ended: Ended): TurnEvent[] {
    if (this.#ended !== null) return [];
    const end = this.#askedToEnd ? INTERRUPTED : ended;
    this.#ended = end;
    const { connection, approvals, isKept } = this.#options;
    approvals.cancelAll();
    if (isKept && end.result === "completed" && connection.isAlive) {
      this.#later(LATE_MS, { type: "drained" });
    } else {
      connection.stop().finally(() => this.#inbox.put({ type: "drained" }));
    }
    return [];
  }

  #later(ms: number, incoming: Incoming): void {
    this.#timers.add(setTimeout(() => this.#inbox.put(incoming), ms));
  }

  /** Ends what the turn left running, so that nothing changes the repo behind the gate's back. */
  async #cleanUp(isOver: boolean): Promise<void> {
    const { connection, sessionId, room, input } = this.#options;
    if (!isOver) {
      connection.notify("session/cancel", { sessionId });
      await connection.stop().catch(() => {});
    }
    await this.#terminals.close().catch(() => {});
    if (this.#ended?.result !== "completed") await room.sweepTurn(input.turnId).catch(() => {});
  }
}
