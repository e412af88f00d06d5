/** Commands that an agent has CAR run for it: in the process room, under the turn's mark, in bounded memory. */

import { CarError } from "../../base/errors.ts";
import { clipTail } from "../../base/text.ts";
import type { Child, Exit } from "../process/child.ts";
import { ByteRing } from "../process/ring.ts";
import type { AcpRoom } from "./program.ts";
import { type Fields, listAt, numberAt, textAt } from "./reading.ts";
import type { TerminalView } from "./tool_calls.ts";

/** The most that is kept of one command's output, whatever the agent wishes. */
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** What is kept of a released one: what a finished tool shows. */
const RELEASED_BYTES_MAX = 8 * 1024;
/** More open terminals than this in one turn are an agent gone wild. */
const TERMINALS_MAX = 64;

export interface TerminalPlace {
  readonly room: AcpRoom;
  /** What the command finds in its environment, and the turn it is marked with. */
  readonly turn: { readonly id: string; readonly env: Readonly<Record<string, string>> };
}

interface Terminal {
  readonly child: Child;
  readonly output: ByteRing;
  readonly read: Promise<void>;
  exit: Exit | null;
}

/** The command line as one text, for a person to judge. */
export function commandLine(params: Fields): string {
  const args = params["args"];
  const words = Array.isArray(args) ? args.filter((it) => typeof it === "string") : [];
  return [textAt(params, "command") ?? "", ...words].join(" ");
}

/** Some agents put a whole command line into `command`. */
function argvOf(params: Fields): [string, ...string[]] {
  const command = textAt(params, "command");
  if (command === undefined) throw new CarError("invalid", "The request names no `command`.");
  const args = Array.isArray(params["args"]) ? params["args"] : [];
  const words = args.filter((it) => typeof it === "string");
  return words.length === 0 ? ["/bin/sh", "-c", command] : [command, ...words];
}

const viewOf = ({ output, exit }: Terminal): TerminalView => ({
  output: output.text(),
  exitCode: exit?.code ?? null,
});

const endOf = (exit: Exit) => ({
  exitCode: exit.signal === null ? exit.code : null,
  signal: exit.signal,
});

export class Terminals {
  readonly #place: TerminalPlace;
  readonly #open = new Map<string, Terminal>();
  /** What is left of released ones: a tool may still show them. */
  readonly #released = new Map<string, TerminalView>();
  #count = 0;

  constructor(place: TerminalPlace) {
    this.#place = place;
  }

  /** @param cwd real, absolute. @throws {CarError} when it cannot be started. */
  create(params: Fields, cwd: string): { terminalId: string } {
    if (this.#open.size >= TERMINALS_MAX) {
      throw new CarError("conflict", `${TERMINALS_MAX} commands are open already; release some.`);
    }
    const { room, turn } = this.#place;
    const own = listAt(params, "env").flatMap((it) => {
      const name = textAt(it, "name");
      return name === undefined ? [] : [[name, textAt(it, "value") ?? ""]];
    });
    const child = room.spawn({
      argv: argvOf(params),
      cwd,
      env: { ...Object.fromEntries(own), ...turn.env },
      stderr: "merged",
      purpose: "agent",
      turnId: turn.id,
      runId: turn.env["CAR_RUN_ID"],
    });
    const wished = numberAt(params, "outputByteLimit") ?? OUTPUT_BYTES_MAX;
    const output = new ByteRing(Math.max(1, Math.min(wished, OUTPUT_BYTES_MAX)));
    const terminal: Terminal = { child, output, read: readInto(output, child), exit: null };
    void child.exit.then((exit) => terminal.exit = exit);
    const terminalId = `terminal-${++this.#count}`;
    this.#open.set(terminalId, terminal);
    return { terminalId };
  }

  output(params: Fields) {
    const { output, exit } = this.#find(params);
    const text = output.text();
    const truncated = output.total > output.bytes().length;
    return { output: text, truncated, exitStatus: exit === null ? null : endOf(exit) };
  }

  async waitForExit(params: Fields) {
    const { child, read } = this.#find(params);
    const exit = await child.exit;
    await read;
    return endOf(exit);
  }

  async kill(params: Fields): Promise<Record<string, never>> {
    await this.#find(params).child.kill();
    return {};
  }

  async release(params: Fields): Promise<Record<string, never>> {
    this.#find(params);
    await this.#end(textAt(params, "terminalId") ?? "");
    return {};
  }

  /** What is known of a terminal, also of a released one. */
  view(id: string): TerminalView | undefined {
    const terminal = this.#open.get(id);
    return terminal === undefined ? this.#released.get(id) : viewOf(terminal);
  }

  /** Ends all that still runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.#end(id)));
  }

  async #end(id: string): Promise<void> {
    const terminal = this.#open.get(id);
    if (terminal === undefined) return;
    this.#open.delete(id);
    await terminal.child.kill();
    await terminal.read;
    const { output, exitCode } = viewOf(terminal);
    this.#released.set(id, { output: clipTail(output, RELEASED_BYTES_MAX).text, exitCode });
  }

  #find(params: Fields): Terminal {
    const id = textAt(params, "terminalId") ?? "";
    const found = this.#open.get(id);
    if (found === undefined) throw new CarError("not_found", `There is no terminal "${id}".`);
    return found;
  }
}

async function readInto(ring: ByteRing, child: Child): Promise<void> {
  try {
    for await (const chunk of child.stdout) ring.push(chunk);
  } catch {
    // Its end was forced; what came before is kept.
  }
}
