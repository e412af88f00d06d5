/** Codex by its app-server or, where that cannot be started at all, by its one-shot command. */

import { CarError } from "../../base/errors.ts";
import type { ThreadId } from "../../engine/ids.ts";
import type { Agent, AgentFacts, AgentThread, OpenOptions } from "../../engine/ports.ts";
import { CodexAgent, type CodexOptions } from "./agent.ts";
import { CodexExecAgent } from "./exec.ts";
import { POSTURE_WORDS } from "./posture.ts";

export class CodexEitherAgent implements Agent {
  readonly kind = "codex";
  readonly postures = POSTURE_WORDS;
  readonly #server: CodexAgent;
  readonly #exec: CodexExecAgent;
  readonly #remark: (text: string) => void;
  /**
   * By profile, which some versions take with the one-shot command only. Decided by the first
   * thread, for good: threads of the two are not told apart later.
   */
  readonly #chosen = new Map<string, Promise<Agent>>();

  /** @param remark Told when the one-shot command is used, with the reason. */
  constructor(options: CodexOptions, remark: (text: string) => void) {
    this.#server = new CodexAgent(options);
    this.#exec = new CodexExecAgent(options);
    this.#remark = remark;
  }

  facts(): Promise<AgentFacts> {
    return this.#server.facts();
  }

  /** `exec` cannot be asked. */
  async models(profile: string | null): Promise<readonly string[] | null> {
    const agent = await this.#agentFor(profile);
    return agent === this.#server ? await this.#server.models(profile) : null;
  }

  async open(options: OpenOptions): Promise<AgentThread> {
    return await (await this.#agentFor(options.profile)).open(options);
  }

  async fork(options: OpenOptions): Promise<ThreadId> {
    const copy = await (await this.#agentFor(options.profile)).fork?.(options);
    if (copy !== undefined) return copy;
    throw new CarError("conflict", "A thread of `codex exec` cannot be forked", {
      hint: "Only Codex's app-server can copy a thread; begin a new one.",
    });
  }

  async #agentFor(profile: string | null): Promise<Agent> {
    const key = profile ?? "";
    const chosen = this.#chosen.get(key) ?? this.#choose(profile);
    this.#chosen.set(key, chosen);
    try {
      return await chosen;
    } catch (thrown) {
      // A program that was missing may have been installed meanwhile.
      if (this.#chosen.get(key) === chosen) this.#chosen.delete(key);
      throw thrown;
    }
  }

  async #choose(profile: string | null): Promise<Agent> {
    try {
      await this.#server.start(profile);
      return this.#server;
    } catch (thrown) {
      const { found } = await this.#exec.facts();
      if (!(thrown instanceof CarError) || thrown.code !== "unavailable" || !found) throw thrown;
      const where = profile === null ? "here" : `with the profile "${profile}"`;
      this.#remark(
        `Codex's app-server cannot be used ${where}, so each turn is a "codex exec", which nobody ` +
          `can steer or answer: ${thrown.message}`,
      );
      return this.#exec;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.close(), this.#exec.close()]);
  }

  async kill(): Promise<void> {
    await Promise.all([this.#server.kill(), this.#exec.kill()]);
  }
}
