/** The terminals of every repo a server has: a room for each repo, opened with its first terminal. */

import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import type { RepoDesk } from "../fleet/desk.ts";
import { systemChance } from "../workplace.ts";
import { Terminals } from "./terminals.ts";

export interface RepoTerminalsOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** CAR was started with --safe. */
  readonly safe: boolean;
}

interface Opened {
  readonly room: ProcessRoom;
  readonly terminals: Terminals;
}

export class RepoTerminals {
  readonly #options: RepoTerminalsOptions;
  readonly #opened = new Map<string, Opened>();
  /** Part of the marks, so that no run takes a terminal of a living server for a leftover. */
  readonly #owner = crypto.randomUUID();

  constructor(options: RepoTerminalsOptions) {
    this.#options = options;
  }

  of(desk: RepoDesk): Terminals {
    const { root, state } = desk.paths;
    const known = this.#opened.get(root);
    if (known !== undefined) return known.terminals;
    const { clock, environment, safe } = this.#options;
    const room = ProcessRoom.open({
      root: `${state}/terminals/of-${this.#owner}`,
      owner: crypto.randomUUID(),
      clock,
      environment,
    });
    const terminals = new Terminals({
      root,
      config: () => desk.config(),
      room,
      clock,
      chance: systemChance,
      environment,
      safe,
    });
    this.#opened.set(root, { room, terminals });
    return terminals;
  }

  /** Ends all of them with all they started. */
  async close(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(async ({ room, terminals }) => {
      await terminals.endAll();
      await room.close();
    }));
    this.#opened.clear();
  }
}
