/**
 * What a session writes into the repo's two logs: what CAR did, one line a step, and what its agents
 * said outside of turns. For people who look after the fact; nothing of CAR reads them.
 */

import { asCarError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import type { LogLevel } from "../base/log.ts";
import { VERSION } from "../base/version.ts";
import type { RepoConfig } from "../control/config.ts";
import { LogFile } from "../control/log.ts";
import type { RunEvent, RunEventType } from "../engine/events.ts";
import { eventWords } from "../engine/event_words.ts";
import type { Run } from "../engine/run.ts";
import type { LiveEvent } from "./live.ts";
import { redactorOf } from "./secrets.ts";

export interface SessionLogOptions {
  readonly root: string;
  readonly config: RepoConfig;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** What CAR was started for. */
  readonly command: string;
}

/** Steps that tell of trouble. Every other is `info`. */
const LEVELS: Readonly<Partial<Record<RunEventType, LogLevel>>> = {
  effect_failed: "error",
  recovered: "warning",
  kill: "warning",
};

export class SessionLog {
  readonly #own: LogFile;
  readonly #agents: LogFile;
  readonly #options: SessionLogOptions;
  #run: Run | null = null;

  private constructor(options: SessionLogOptions) {
    const { config, environment } = options;
    const redactor = redactorOf(config, environment);
    const clean = (text: string) => redactor.redact(text);
    this.#options = options;
    this.#own = logFile(config.log, options, clean);
    this.#agents = logFile(config.server_log, options, clean);
  }

  static async open(options: SessionLogOptions): Promise<SessionLog> {
    const log = new SessionLog(options);
    await log.rotate();
    log.#tell("info", `Opened by ${options.command}, car ${VERSION}, process ${Deno.pid}`);
    return log;
  }

  /** Between runs: the logs may be set aside. */
  async rotate(): Promise<void> {
    await this.#own.rotate();
    await this.#agents.rotate();
  }

  /** Takes what the surfaces are told; the agent's stream is in the journal and not here. */
  listen(event: LiveEvent): void {
    if (event.type === "remark") this.#tell("info", event.text);
    if (event.type === "check_ended") {
      const { command, exitCode, signal } = event.evidence;
      this.#tell("debug", `Check ended with ${exitCode ?? signal ?? "no exit code"}: ${command}`);
    }
    if (event.type === "step") this.#step(event.run, event.event, event.refused);
  }

  /** Takes what an agent's program says that belongs to no turn. */
  agent(name: string, text: string): void {
    this.#agents.write("info", { agent: name, msg: text });
  }

  failed(thrown: unknown): void {
    const { code, message, hint } = asCarError(thrown);
    this.#tell("error", hint === undefined ? `${code}: ${message}` : `${code}: ${message} ${hint}`);
  }

  close(): void {
    this.#tell("info", `Closed by ${this.#options.command}`);
    this.#own.close();
    this.#agents.close();
  }

  #step(run: Run, event: RunEvent, refused: boolean): void {
    this.#run = run;
    const words = eventWords(event);
    if (refused) return this.#tell("warning", `Refused: ${words}`);
    const status = run.pause === null ? run.status : `${run.status} (${run.pause.reason})`;
    this.#tell(levelOf(event), `${words}; ${status}`);
  }

  #tell(level: LogLevel, msg: string): void {
    const work = this.#run?.work;
    this.#own.write(level, {
      run: this.#run?.id ?? null,
      ticket: work?.ticket.id ?? null,
      turn: work?.turn?.id ?? null,
      msg,
    });
  }
}

function levelOf(event: RunEvent): LogLevel {
  if (event.type === "turn_ended" && event.error !== null) return "warning";
  return LEVELS[event.type] ?? "info";
}

function logFile(
  settings: RepoConfig["log"],
  { root, clock }: SessionLogOptions,
  clean: (text: string) => string,
): LogFile {
  return new LogFile({
    path: settings.path.startsWith("/") ? settings.path : `${root}/${settings.path}`,
    maxBytes: settings.max_bytes,
    backups: settings.backup_count,
    level: settings.level,
    clean,
    clock,
  });
}
