/**
 * Codex by its one-shot command, for where the app-server cannot be used: a process for each turn,
 * no deltas, no approvals, no record. Otherwise the same threads.
 */

import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { type ThreadId, threadId, type TurnId } from "../../engine/ids.ts";
import type {
  Agent,
  AgentFacts,
  AgentThread,
  OpenOptions,
  Posture,
  TurnInput,
} from "../../engine/ports.ts";
import {
  type Answer,
  NO_USAGE,
  type TurnEvent,
  type TurnRecord,
  type Usage,
} from "../../engine/turn.ts";
import type { Child } from "../process/child.ts";
import { type CodexOptions, INSTALL_HINT } from "./agent.ts";
import { ExecReader } from "./exec_events.ts";
import { type CodexCommand, locateCodex } from "./locate.ts";
import { endOf, spawnSpec } from "./program.ts";

/** `exec` never asks: what a posture would ask for is refused by Codex itself. */
const POSTURE_ARGS = {
  yolo: ["--dangerously-bypass-approvals-and-sandbox"],
  safe: ["--sandbox", "workspace-write"],
  "read-only": ["--sandbox", "read-only"],
} as const satisfies Record<Posture, readonly string[]>;

/** `exec` has no requests: what a sandbox forbids fails. */
const POSTURE_WORDS = {
  yolo: "no sandbox, no approvals",
  safe: "sandbox workspace-write, no approvals: what it forbids fails",
  "read-only": "sandbox read-only, no approvals: what it forbids fails",
} as const satisfies Record<Posture, string>;
const PROTOCOL = "exec";

function execArgs(
  options: OpenOptions,
  id: ThreadId | null,
  own: readonly string[],
): string[] {
  const model = options.model === null ? [] : ["--model", options.model];
  const effort = options.reasoning === null
    ? []
    : ["-c", `model_reasoning_effort=${JSON.stringify(options.reasoning)}`];
  const resume = id === null ? [] : ["resume", id];
  const posture = POSTURE_ARGS[options.posture];
  // The prompt comes on stdin: it may be longer than an argument can be.
  return [
    "exec",
    "--json",
    "--skip-git-repo-check",
    ...posture,
    ...model,
    ...effort,
    ...own,
    ...resume,
    "-",
  ];
}

/** How the command exits when it will not begin a turn. */
const REFUSED_CODE = 1;

/** What came of one start of the command. */
interface Attempt {
  /** What closes the turn, the end last. */
  readonly events: readonly TurnEvent[];
  /** The command refused before it had a thread: the prompt reached no model. */
  readonly neverBegan: boolean;
}
const INTERRUPTED: Attempt = {
  events: [{ type: "ended", result: "interrupted", error: null }],
  neverBegan: false,
};

class ExecThread implements AgentThread {
  readonly #agent: CodexOptions;
  readonly #options: OpenOptions;
  readonly #command: CodexCommand;
  readonly #children: Set<Child>;
  #id: ThreadId | null;
  #used: Usage | null;
  #last: Promise<void> = Promise.resolve();

  constructor(
    agent: CodexOptions,
    options: OpenOptions,
    command: CodexCommand,
    children: Set<Child>,
  ) {
    this.#agent = agent;
    this.#options = options;
    this.#command = command;
    this.#children = children;
    this.#id = options.resume;
    this.#used = options.resume === null ? NO_USAGE : null;
  }

  get id(): ThreadId {
    return this.#id ?? threadId("");
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
    const resumed = this.#id;
    const ended = yield* this.#attempt(input, signal);
    if (!ended.neverBegan || resumed === null || signal.aborted) return yield* ended.events;
    // The thread to continue is gone or cannot be read, and stays so: nothing depends on its words.
    yield {
      type: "notice",
      text: `Codex cannot continue the thread ${resumed}; a new one begins.`,
    };
    this.#id = null;
    this.#used = NO_USAGE;
    yield* (yield* this.#attempt(input, signal)).events;
  }

  /** Runs the command once, and yields all it tells but the end. */
  async *#attempt(
    input: TurnInput,
    signal: AbortSignal,
  ): AsyncGenerator<TurnEvent, Attempt, undefined> {
    if (signal.aborted) return INTERRUPTED;
    const reader = new ExecReader(this.#used, systemClock.now);
    const child = this.#spawn(input);
    // TERM is how this command is interrupted; the stop ladder ends what it leaves.
    const onAbort = () => void child.stop();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await child.write(input.prompt).catch(() => {});
      await child.closeStdin();
      for await (const line of child.lines()) {
        yield* reader.read(line);
        if (reader.threadId !== null) this.#id = threadId(reader.threadId);
      }
      this.#used = reader.total ?? this.#used;
    } finally {
      signal.removeEventListener("abort", onAbort);
      await child.stop();
      await this.#agent.room.sweepTurn(input.turnId);
      this.#children.delete(child);
    }
    const { code } = await child.exit;
    const events = reader.close(await endOf(child), signal.aborted ? "asked" : "unasked");
    return { events, neverBegan: code === REFUSED_CODE && reader.threadId === null };
  }

  #spawn(input: TurnInput): Child {
    const { repo, room, inherit, env } = this.#agent;
    const spec = spawnSpec({
      command: this.#command,
      repo,
      profile: this.#options.profile,
      env: { ...env, ...input.env },
      inherit,
    }, execArgs(this.#options, this.#id, this.#agent.execArgs ?? []));
    const child = room.spawn({ ...spec, turnId: input.turnId });
    this.#children.add(child);
    return child;
  }

  steer(_text: string): Promise<boolean> {
    const canSteer = false;
    return Promise.resolve(canSteer);
  }

  answer(requestId: string, _answer: Answer): Promise<void> {
    const error = new CarError("not_found", `No open question "${requestId}"`, {
      hint: "`codex exec` never asks.",
    });
    return Promise.reject(error);
  }

  record(_turnId: TurnId): Promise<TurnRecord> {
    return Promise.resolve({ prompt: "unknown" });
  }

  async close(): Promise<void> {
    await this.#last;
  }
}

export class CodexExecAgent implements Agent {
  readonly kind = "codex";
  readonly postures = POSTURE_WORDS;
  readonly #options: CodexOptions;
  readonly #children = new Set<Child>();

  constructor(options: CodexOptions) {
    this.#options = options;
  }

  async facts(): Promise<AgentFacts> {
    const command = await locateCodex(this.#options);
    const path = command?.argv[0] ?? null;
    const hint = command === undefined ? INSTALL_HINT : "";
    const found = path !== null;
    return { found, path, version: null, protocol: PROTOCOL, login: "unknown", hint };
  }

  async open(options: OpenOptions): Promise<AgentThread> {
    const command = await locateCodex(this.#options);
    if (command === undefined) {
      throw new CarError("unavailable", "Cannot find the Codex program", { hint: INSTALL_HINT });
    }
    return new ExecThread(this.#options, options, command, this.#children);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.stop()));
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.kill()));
  }
}
