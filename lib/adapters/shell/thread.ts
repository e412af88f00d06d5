/** One ticket's commands, run in order: each block is a tool, a block that fails ends the turn. */

import { basename } from "node:path";
import { asCarError, CarError } from "../../base/errors.ts";
import { turnOfLoop } from "../../base/loop_turn.ts";
import { oneLine, plural } from "../../base/text.ts";
import { exists, readTextStrict } from "../../control/files.ts";
import { splitFrontmatter } from "../../control/frontmatter.ts";
import { type ThreadId, threadId, type TurnId } from "../../engine/ids.ts";
import type { AgentThread, Posture, TurnInput } from "../../engine/ports.ts";
import type { Answer, TurnEvent, TurnRecord } from "../../engine/turn.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { claimDone, doneIn, TICKET_BYTES_MAX } from "./claim.ts";
import { type BlockEnd, BlockRun, type ShellOptions } from "./block_run.ts";

type Ended = Extract<TurnEvent, { type: "ended" }>;
type Events<Result> = AsyncGenerator<TurnEvent, Result, undefined>;

const COMPLETED: Ended = { type: "ended", result: "completed", error: null };
const INTERRUPTED: Ended = { type: "ended", result: "interrupted", error: null };

/** Commands that run cannot be told anything. */
const STEERS = false;
/** Enough to recognise a command in a list. */
const TITLE_CHARACTERS_MAX = 120;
/** What an approval may show. */
const DETAIL_CHARACTERS_MAX = 16 * 1024;

/** What a turn works on, read before its first command. */
interface Plan {
  readonly blocks: readonly Block[];
  /** `done` before the turn. */
  readonly done: unknown;
}

export class ShellThread implements AgentThread {
  readonly #posture: Posture;
  readonly #options: ShellOptions;
  readonly #closed = new AbortController();
  readonly #questions = new Map<string, (answer: Answer) => void>();
  readonly #over = Promise.withResolvers<void>();
  #id: ThreadId;
  /** The end of the turn before: turns go one after the other. */
  #last: Promise<void> = Promise.resolve();
  #running: BlockRun | undefined;
  #alwaysYes = false;
  #count = 0;

  constructor(id: ThreadId, posture: Posture, options: ShellOptions) {
    this.#id = id;
    this.#posture = posture;
    this.#options = options;
  }

  get id(): ThreadId {
    return this.#id;
  }

  /** Resolves when the thread is closed and nothing of it runs. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  async *turn(input: TurnInput, signal: AbortSignal): Events<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    try {
      yield yield* this.#turn(input, AbortSignal.any([signal, this.#closed.signal]));
    } catch (thrown) {
      yield failed(asCarError(thrown));
    } finally {
      await this.#running?.kill();
      this.#running = undefined;
      resolve();
    }
  }

  steer(_text: string): Promise<boolean> {
    return Promise.resolve(STEERS);
  }

  answer(requestId: string, answer: Answer): Promise<void> {
    const settle = this.#questions.get(requestId);
    this.#questions.delete(requestId);
    if (settle !== undefined) return Promise.resolve(settle(answer));
    const text = `Nothing waits for an answer to ${requestId}.`;
    return Promise.reject(new CarError("not_found", text));
  }

  record(_turnId: TurnId): Promise<TurnRecord> {
    return Promise.resolve({ prompt: "unknown" });
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running?.stop();
    this.#over.resolve();
  }

  async kill(): Promise<void> {
    this.#closed.abort();
    await this.#running?.kill();
    this.#over.resolve();
  }

  async *#turn(input: TurnInput, signal: AbortSignal): Events<Ended> {
    if (signal.aborted) return INTERRUPTED;
    if (this.#posture === "read-only") {
      return refused("The shell agent cannot work read-only: its commands may write anywhere.");
    }
    this.#id = threadId(basename(input.ticketPath));
    const plan = await planOf(input.ticketPath);
    for (const [index, block] of plan.blocks.entries()) {
      const place = `Block ${index + 1} of ${plan.blocks.length} (line ${block.line})`;
      if (!(yield* this.#mayRun(block, signal))) {
        if (signal.aborted) return INTERRUPTED;
        yield this.#text(`${place} was not allowed; nothing after it was run.`);
        return COMPLETED;
      }
      const end = yield* this.#run(block, input, signal);
      if (signal.aborted) return INTERRUPTED;
      if (end.code === 0) continue;
      yield this.#text(`${place} failed: ${end.words}. The blocks after it were not run.`);
      return COMPLETED;
    }
    yield this.#text(await this.#claim(input, plan));
    return COMPLETED;
  }

  /** Asks first in the safe posture. */
  async *#mayRun(block: Block, signal: AbortSignal): Events<boolean> {
    if (signal.aborted) return false;
    if (this.#posture !== "safe" || this.#alwaysYes) return true;
    const requestId = this.#nextId();
    const answered = new Promise<Answer>((resolve) => {
      this.#questions.set(requestId, resolve);
      signal.addEventListener("abort", () => resolve({ type: "no" }), { once: true });
    });
    const detail = block.script.slice(0, DETAIL_CHARACTERS_MAX);
    yield { type: "approval", requestId, kind: "command", title: titleOf(block), detail };
    const answer = await answered;
    this.#questions.delete(requestId);
    this.#alwaysYes = answer.type === "always";
    return answer.type === "yes" || answer.type === "always";
  }

  async *#run(block: Block, input: TurnInput, signal: AbortSignal): Events<BlockEnd> {
    const id = this.#nextId();
    await turnOfLoop();
    const run = new BlockRun(this.#options, block, input);
    this.#running = run;
    yield { type: "tool_started", id, kind: "command", title: titleOf(block) };
    const stop = () => void run.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      for await (const text of run.output()) yield { type: "tool_output", id, text };
    } finally {
      signal.removeEventListener("abort", stop);
    }
    const end = await run.end();
    this.#running = undefined;
    yield {
      type: "tool_finished",
      id,
      status: end.code === 0 ? "ok" : "failed",
      exitCode: end.code,
      output: end.output,
      durationMs: end.durationMs,
    };
    return end;
  }

  async #claim(input: TurnInput, plan: Plan): Promise<string> {
    const ran = `${plural(plan.blocks.length, "block")} ran without a failure.`;
    if (await asksAPerson(input)) return `${ran} They wrote DISPATCH.md, so the ticket stays open.`;
    await claimDone(input.ticketPath, plan.done);
    return ran;
  }

  #text(text: string): TurnEvent {
    return { type: "text", id: this.#nextId(), text };
  }

  #nextId(): string {
    return `shell-${++this.#count}`;
  }
}

/** @throws {CarError} `invalid` when there is nothing to run, or it is not clear what. */
async function planOf(ticketPath: string): Promise<Plan> {
  const name = basename(ticketPath);
  const { text } = await readTextStrict(ticketPath, { maxBytes: TICKET_BYTES_MAX });
  const split = splitFrontmatter(text);
  const body = split.type === "found" ? split.body : 0;
  // The frontmatter is blanked, not cut, so that lines keep their numbers.
  const found = blocksOf(text.slice(0, body).replace(/[^\n]/g, "") + text.slice(body));
  if (found.type === "open") {
    throw new CarError("invalid", `${name} line ${found.line}: no fence closes this block.`, {
      hint: "End the block with a line of ``` alone.",
    });
  }
  if (found.blocks.length > 0) return { blocks: found.blocks, done: doneIn(text) };
  throw new CarError("invalid", `${name} has no commands for the shell agent.`, {
    hint: "Put them into blocks fenced by ```sh and ```, or name another agent.",
  });
}

/** Whether the commands wrote a dispatch: then a person decides what comes next. */
async function asksAPerson(input: TurnInput): Promise<boolean> {
  const { CAR_DISPATCH, CAR_RUN_DIR } = input.env;
  const dispatch = CAR_DISPATCH ??
    (CAR_RUN_DIR === undefined ? null : `${CAR_RUN_DIR}/DISPATCH.md`);
  return dispatch !== null && await exists(dispatch);
}

function titleOf(block: Block): string {
  return oneLine(block.script, TITLE_CHARACTERS_MAX) || "(an empty block)";
}

/** A full disk passes: the turn is tried again. What is wrong with the ticket stays wrong. */
function failed({ code, message, hint }: CarError): Ended {
  const words = hint === undefined ? message : `${message} ${hint}`;
  if (code !== "unavailable") return refused(words);
  return { type: "ended", result: "failed", error: { kind: "crashed", message: words } };
}

const refused = (message: string): Ended => ({
  type: "ended",
  result: "failed",
  error: { kind: "refused", message },
});
