/** Codex by its app-server or, where that cannot be started at all, by its one-shot command. */

import { CarError } from "../../base/errors.ts";
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
  /** Decided by the first thread, for good: threads of the two are not told apart later. */
  #chosen: Promise<Agent> | null = null;

  /** @param remark Told once when the one-shot command is used, with the reason. */
  constructor(options: CodexOptions, remark: (text: string) => void) {
    this.#server = new CodexAgent(options);
    this.#exec = new CodexExecAgent(options);
    this.#remark = remark;
  }

  facts(): Promise<AgentFacts> {
    return this.#server.facts();
  }

  /** `exec` cannot be asked: where it stands in, the app-server does not answer. */
  models(profile: string | null): Promise<readonly string[] | null> {
    return this.#server.models(profile);
  }

  async open(options: OpenOptions): Promise<AgentThread> {
    this.#chosen ??= this.#choose(options.profile);
    try {
      return await (await this.#chosen).open(options);
    } catch (thrown) {
      // A program that was missing may have been installed meanwhile.
      if (!(await this.#isDecided())) this.#chosen = null;
      throw thrown;
    }
  }

  async #isDecided(): Promise<boolean> {
    return await this.#chosen?.then(() => true, () => false) ?? false;
  }

  async #choose(profile: string | null): Promise<Agent> {
    try {
      await this.#server.start(profile);
      return this.#server;
    } catch (thrown) {
      const { found } = await this.#exec.facts();
      if (!(thrown instanceof CarError) || thrown.code !== "unavailable" || !found) throw thrown;
      this.#remark(
        `Codex's app-server cannot be used here, so each turn is a "codex exec", which nobody can ` +
          `steer or answer: ${thrown.message}`,
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
