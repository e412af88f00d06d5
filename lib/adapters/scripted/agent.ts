/** An agent for tests that plays what the ticket says, well or badly. It starts no process. */

import { CarError } from "../../base/errors.ts";
import { readTextStrict, writeFileAtomic } from "../../control/files.ts";
import { type ThreadId, threadId, type TurnId } from "../../engine/ids.ts";
import type { Agent, AgentFacts, AgentThread, OpenOptions, TurnInput } from "../../engine/ports.ts";
import { type Answer, NO_USAGE, type TurnEvent, type TurnRecord } from "../../engine/turn.ts";
import { type Act, actsIn } from "./play.ts";

type Edit = Extract<Act, { write: string } | { append: string }>;
type Ended = TurnEvent & { type: "ended" };

/** What outlives the agent, as the files of a real one do: give the same to the next. */
export interface ScriptedStore {
  readonly threads: Map<ThreadId, Map<TurnId, { ended: boolean }>>;
}

export const newScriptedStore = (): ScriptedStore => ({ threads: new Map() });

export interface ScriptedOptions {
  /** Absolute. */
  readonly repo: string;
  readonly store: ScriptedStore;
}

const COMPLETED: Ended = { type: "ended", result: "completed", error: null };
const INTERRUPTED: Ended = { type: "ended", result: "interrupted", error: null };
/** As large as a ticket may be. */
const TICKET_BYTES_MAX = 1024 * 1024;
const DONE_LINE = /^done:.*$/m;

/** Resolves when one of the signals aborts. */
function aborted(...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}

class ScriptedThread implements AgentThread {
  readonly id: ThreadId;
  readonly #options: ScriptedOptions;
  readonly #asksPeople: boolean;
  readonly #killed: AbortSignal;
  readonly #open = new Map<string, (answer: Answer) => void>();
  #count = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(id: ThreadId, options: ScriptedOptions, asksPeople: boolean, killed: AbortSignal) {
    this.id = id;
    this.#options = options;
    this.#asksPeople = asksPeople;
    this.#killed = killed;
  }

  get #turns(): Map<TurnId, { ended: boolean }> {
    const { threads } = this.#options.store;
    const known = threads.get(this.id) ?? new Map();
    threads.set(this.id, known);
    return known;
  }

  async *turn(input: TurnInput, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      yield* this.#turn(input, signal);
    } finally {
      resolve();
    }
  }

  async *#turn(input: TurnInput, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    if (signal.aborted) return yield INTERRUPTED;
    const record = { ended: false };
    const number = this.#turns.size;
    this.#turns.set(input.turnId, record);
    let acts: readonly Act[];
    try {
      acts = actsIn(input.prompt, number);
    } catch (thrown) {
      const message = thrown instanceof CarError ? thrown.message : String(thrown);
      return yield { type: "ended", result: "failed", error: { kind: "refused", message } };
    }
    const ended = yield* this.#play(acts, input, signal);
    if (ended === undefined) return;
    record.ended = ended.result === "completed" || ended.result === "failed";
    yield ended;
  }

  /** @returns How the turn ends; undefined: without a word. */
  async *#play(
    acts: readonly Act[],
    input: TurnInput,
    signal: AbortSignal,
  ): AsyncGenerator<TurnEvent, Ended | undefined, undefined> {
    for (const act of acts) {
      if (signal.aborted) return INTERRUPTED;
      if (this.#killed.aborted || "vanish" in act) return undefined;
      if ("throw" in act) throw new Error(act.throw);
      if ("end" in act) return endOf(act);
      if ("hang" in act) {
        await aborted(signal, this.#killed);
        return this.#killed.aborted ? undefined : INTERRUPTED;
      }
      if ("deaf" in act) {
        await aborted(this.#killed);
        return undefined;
      }
      if ("ask" in act) {
        const answer = yield* this.#ask(act.ask, signal);
        if (answer.type === "no") return signal.aborted ? INTERRUPTED : COMPLETED;
      } else {
        yield* this.#tell(act, input);
      }
    }
    return COMPLETED;
  }

  async *#ask(
    title: string,
    signal: AbortSignal,
  ): AsyncGenerator<TurnEvent, Answer, undefined> {
    if (!this.#asksPeople) return { type: "yes" };
    const requestId = this.#nextId();
    const answered = new Promise<Answer>((resolve) => this.#open.set(requestId, resolve));
    yield { type: "approval", requestId, kind: "command", title, detail: title };
    const over = aborted(signal, this.#killed).then((): Answer => ({ type: "no" }));
    const answer = await Promise.race([answered, over]);
    this.#open.delete(requestId);
    return answer;
  }

  async *#tell(act: Act, input: TurnInput): AsyncGenerator<TurnEvent, void, undefined> {
    const id = this.#nextId();
    if ("say" in act) {
      yield { type: "text_delta", id, text: act.say };
      yield { type: "text", id, text: act.say };
    } else if ("tool" in act) {
      yield* toolEvents(act, id);
    } else if ("write" in act || "append" in act) {
      yield* await this.#edit(act, id);
    } else if ("done" in act) {
      const { text } = await readTextStrict(input.ticketPath, { maxBytes: TICKET_BYTES_MAX });
      await writeFileAtomic(input.ticketPath, text.replace(DONE_LINE, "done: true"));
    } else if ("tokens" in act) {
      yield { type: "usage", usage: { ...NO_USAGE, input: act.tokens }, contextWindow: null };
    } else if ("flood" in act) {
      for (let n = 0; n < act.flood; n++) yield { type: "text_delta", id, text: "x" };
    } else if ("account" in act) {
      yield rateLimit(act);
    }
  }

  async #edit(act: Edit, id: string): Promise<TurnEvent[]> {
    const path = "write" in act ? act.write : act.append;
    const file = `${this.#options.repo}/${path}`;
    const text = "write" in act ? act.text : `${await readOrEmpty(file)}${act.line}\n`;
    await writeFileAtomic(file, text);
    const [started, ...rest] = [...toolEvents({ tool: path, kind: "edit" }, id)];
    const change: TurnEvent = { type: "file_change", path, change: "update", diff: "" };
    return started === undefined ? [] : [started, change, ...rest];
  }

  async steer(_text: string): Promise<boolean> {
    const canSteer = false;
    return await Promise.resolve(canSteer);
  }

  answer(requestId: string, answer: Answer): Promise<void> {
    const resolve = this.#open.get(requestId);
    if (resolve !== undefined) {
      resolve(answer);
      return Promise.resolve();
    }
    return Promise.reject(new CarError("not_found", `No open question "${requestId}"`));
  }

  record(turnId: TurnId): Promise<TurnRecord> {
    const turn = this.#turns.get(turnId);
    return Promise.resolve(
      turn === undefined ? { prompt: "absent" } : { prompt: "arrived", ended: turn.ended },
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #nextId(): string {
    return `${this.id}-${++this.#count}`;
  }
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw thrown;
  }
}

function endOf(act: Extract<Act, { end: unknown }>): Ended {
  const { kind, message, resetsAtMs, retryAfterMs } = act.error ?? {};
  if (kind === undefined || message === undefined) {
    return { type: "ended", result: act.end, error: null };
  }
  const error = {
    kind,
    message,
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return { type: "ended", result: act.end, error };
}

function* toolEvents(act: Extract<Act, { tool: unknown }>, id: string): Generator<TurnEvent> {
  const output = act.output ?? "";
  yield { type: "tool_started", id, kind: act.kind ?? "command", title: act.tool };
  if (output !== "") yield { type: "tool_output", id, text: output };
  yield {
    type: "tool_finished",
    id,
    status: act.failed === true ? "failed" : "ok",
    exitCode: act.failed === true ? 1 : 0,
    output,
    durationMs: 0,
  };
}

function rateLimit(act: Extract<Act, { account: unknown }>): TurnEvent {
  const { account, usedPercent, resetsAtMs = null } = act;
  const window = { name: "primary", usedPercent, windowMinutes: null, resetsAtMs };
  return { type: "rate_limit", account, windows: [window] };
}

export class ScriptedAgent implements Agent {
  readonly kind = "scripted";
  readonly #options: ScriptedOptions;
  #killed = new AbortController();

  constructor(options: ScriptedOptions) {
    this.#options = options;
  }

  facts(): Promise<AgentFacts> {
    return Promise.resolve({
      found: true,
      path: null,
      version: null,
      login: "needs none",
      hint: "",
    });
  }

  open(options: OpenOptions): Promise<AgentThread> {
    const { threads } = this.#options.store;
    const id = options.resume ?? threadId(`scripted-${threads.size + 1}`);
    if (!threads.has(id)) threads.set(id, new Map());
    const asksPeople = options.posture === "safe";
    return Promise.resolve(
      new ScriptedThread(id, this.#options, asksPeople, this.#killed.signal),
    );
  }

  fork({ resume }: OpenOptions): Promise<ThreadId> {
    const { threads } = this.#options.store;
    const copy = threadId(`scripted-${threads.size + 1}`);
    threads.set(copy, new Map(resume === null ? [] : threads.get(resume)));
    return Promise.resolve(copy);
  }

  close(): Promise<void> {
    return this.kill();
  }

  kill(): Promise<void> {
    this.#killed.abort();
    this.#killed = new AbortController();
    return Promise.resolve();
  }
}
