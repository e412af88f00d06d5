/**
 * The built-in agent without a model: it runs the commands that stand in the ticket. For mechanical
 * work, demonstrations and tests; it needs no key and no network.
 */

import { CarError } from "../../base/errors.ts";
import { type ThreadId, threadId } from "../../engine/ids.ts";
import type { Agent, AgentFacts, AgentThread, OpenOptions } from "../../engine/ports.ts";
import type { ShellOptions } from "./block_run.ts";
import { POSTURE_WORDS } from "./posture.ts";
import { ShellThread } from "./thread.ts";

const PROGRAM = "/bin/sh";
/** Until the first turn names the ticket. */
const NO_TICKET_YET: ThreadId = threadId("shell");

export class ShellAgent implements Agent {
  readonly kind = "shell";
  readonly postures = POSTURE_WORDS;
  readonly #options: ShellOptions;
  readonly #threads = new Set<ShellThread>();

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  async facts(): Promise<AgentFacts> {
    const found = await Deno.stat(PROGRAM).then((it) => it.isFile, () => false);
    return {
      found,
      path: found ? PROGRAM : null,
      version: null,
      login: "needs none",
      hint: found ? "" : `CAR needs a POSIX shell at ${PROGRAM}.`,
    };
  }

  async open(options: OpenOptions): Promise<AgentThread> {
    const { found, hint } = await this.facts();
    if (!found) throw new CarError("unavailable", `There is no ${PROGRAM}.`, { hint });
    const thread = new ShellThread(options.resume ?? NO_TICKET_YET, options.posture, this.#options);
    this.#threads.add(thread);
    // Only then: what is still stopping must be within reach of `kill`.
    void thread.over.then(() => this.#threads.delete(thread));
    return thread;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.kill()));
    this.#threads.clear();
  }
}
