/** What an agent may ask of its client, each method in one row; the posture decides what it gets. */

import { CarError } from "../../base/errors.ts";
import type { Posture } from "../../engine/ports.ts";
import type { ApprovalEvent, Approvals } from "./approvals.ts";
import { readForAgent, writeForAgent } from "./client_files.ts";
import { permissionOf } from "./permissions.ts";
import { CLIENT_POSTURES, type ClientRow } from "./posture.ts";
import { type Fields, fieldsOf, textAt } from "./reading.ts";
import { reachablePath } from "./repo_paths.ts";
import { commandLine, Terminals } from "./terminals.ts";

export interface ClientPlace {
  /** Absolute. */
  readonly repo: string;
  readonly posture: Posture;
  readonly approvals: Approvals;
  readonly terminals: Terminals;
  readonly tell: (event: ApprovalEvent) => void;
}

/** The client of one turn. */
export class ClientMethods {
  readonly #place: ClientPlace;
  readonly #row: ClientRow;
  /** Command lines that were allowed: an agent may ask first, and have CAR run them then. */
  readonly #allowed = new Set<string>();

  constructor(place: ClientPlace) {
    this.#place = place;
    this.#row = CLIENT_POSTURES[place.posture];
  }

  /** The answer; undefined: CAR does not know this method. */
  answer(method: string, params: unknown): Promise<unknown> | undefined {
    const rows: Readonly<Record<string, (params: Fields) => unknown>> = this.#rows;
    const row = Object.hasOwn(rows, method) ? rows[method] : undefined;
    return row === undefined ? undefined : Promise.try(() => row(fieldsOf(params)));
  }

  readonly #rows = {
    "session/request_permission": (params: Fields) => this.#permit(params),
    "fs/read_text_file": (params: Fields) => readForAgent(this.#place.repo, this.#row, params),
    "fs/write_text_file": (params: Fields) => writeForAgent(this.#place.repo, this.#row, params),
    "terminal/create": (params: Fields) => this.#run(params),
    "terminal/output": (params: Fields) => this.#place.terminals.output(params),
    "terminal/wait_for_exit": (params: Fields) => this.#place.terminals.waitForExit(params),
    "terminal/kill": (params: Fields) => this.#place.terminals.kill(params),
    "terminal/release": (params: Fields) => this.#place.terminals.release(params),
  } satisfies Readonly<Record<string, (params: Fields) => unknown>>;

  async #permit(params: Fields): Promise<unknown> {
    const { approvals, tell } = this.#place;
    const permission = permissionOf(params);
    const answer = await approvals.ask(permission.event, tell);
    const isYes = answer?.type === "yes" || answer?.type === "always";
    if (isYes && permission.command !== null) this.#allowed.add(permission.command);
    return permission.outcome(answer);
  }

  async #run(params: Fields): Promise<unknown> {
    const { repo, terminals } = this.#place;
    const line = commandLine(params);
    const where = textAt(params, "cwd") ?? repo;
    const cwd = await reachablePath(repo, where, this.#row.reads, "run a command in");
    if (!await this.#mayRun(line, cwd)) {
      throw new CarError("invalid", `The command was not allowed: ${line}`);
    }
    return terminals.create(params, cwd);
  }

  async #mayRun(line: string, cwd: string): Promise<boolean> {
    if (this.#row.commands !== "ask" || this.#allowed.has(line)) return this.#row.commands !== "no";
    const { approvals, tell } = this.#place;
    const answer = await approvals.ask((requestId) => ({
      type: "approval",
      requestId,
      kind: "command",
      title: line,
      detail: `${line}\nin ${cwd}`,
    }), tell);
    if (answer?.type === "always") this.#allowed.add(line);
    return answer?.type === "yes" || answer?.type === "always";
  }
}
