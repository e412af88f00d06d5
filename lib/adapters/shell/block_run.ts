/** One block of commands as a process: its output as it comes, its end, its stop. */

import { CarError } from "../../base/errors.ts";
import type { TurnInput } from "../../engine/ports.ts";
import { type Child, describeExit } from "../process/child.ts";
import type { LadderTimes } from "../process/ladder.ts";
import type { ProcessRoom } from "../process/room.ts";
import { ByteRing } from "../process/ring.ts";
import type { Block } from "./blocks.ts";

export interface ShellOptions {
  /** The repo, absolute: where the commands run. */
  readonly root: string;
  readonly room: ProcessRoom;
}

/** A command line may hold no more than 128 KiB; the rest is for the system. */
const SCRIPT_BYTES_MAX = 100 * 1024;
/** What a finished tool tells of its output. */
const OUTPUT_TAIL_BYTES = 8 * 1024;
/** What is told while it runs: enough to watch, too little to flood. */
const LIVE_BYTES_MAX = 256 * 1024;
/** There is nothing to ask politely; a shell's commands get five seconds to end on TERM. */
const STOP_TIMES: Partial<LadderTimes> = { termMs: 5_000 };

export interface BlockEnd {
  readonly code: number;
  /** How it ended, for people. */
  readonly words: string;
  /** The last 8 KiB. */
  readonly output: string;
  readonly durationMs: number;
}

export class BlockRun {
  readonly #child: Child;
  readonly #tail = new ByteRing(OUTPUT_TAIL_BYTES);
  #stopping: Promise<unknown> | undefined;

  /** Starts the block. @throws {CarError} `unavailable` when it cannot be started, `invalid` when too long. */
  constructor(options: ShellOptions, block: Block, input: TurnInput) {
    if (new TextEncoder().encode(block.script).length > SCRIPT_BYTES_MAX) {
      throw new CarError("invalid", `The block in line ${block.line} is longer than 100 KiB.`, {
        hint: "Put the commands into a script file and call it.",
      });
    }
    this.#child = options.room.spawn({
      // `-e`: the first command that fails ends the block. `-u`: a misspelt name is a failure.
      argv: [block.shell, "-eu", "-c", block.script],
      cwd: options.root,
      purpose: "agent",
      stderr: "merged",
      turnId: input.turnId,
      runId: input.env.CAR_RUN_ID,
      env: { CAR_TICKET: input.ticketPath, ...input.env },
    });
  }

  /** What it prints as it comes, up to a limit; read it to its end. */
  async *output(): AsyncGenerator<string, void, void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      const live = this.#tail.total < LIVE_BYTES_MAX;
      this.#tail.push(chunk);
      const text = live ? decoder.decode(chunk, { stream: true }) : "";
      if (text !== "") yield text;
      if (live && this.#tail.total >= LIVE_BYTES_MAX) {
        yield "\n[there is more; only the end of it will be told]\n";
      }
    }
  }

  async end(): Promise<BlockEnd> {
    const exit = await this.#child.exit;
    await this.#stopping;
    return {
      code: exit.code,
      words: describeExit(exit),
      output: this.#tail.text(),
      durationMs: Math.round(exit.seconds * 1000),
    };
  }

  /** Resolves when the commands and all they started are gone. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#child.stop(undefined, STOP_TIMES);
    await this.#stopping;
  }

  async kill(): Promise<void> {
    await this.#child.kill();
  }
}
