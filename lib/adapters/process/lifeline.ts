/**
 * The lifeline: one shell beside CAR whose stdin is a pipe that only CAR holds. However CAR ends,
 * the pipe's end of file reaches the shell, and it ends everything CAR started. While CAR lives the
 * shell takes orders, for postures in which CAR itself may not signal.
 */

import type { Clock } from "../../base/clock.ts";
import { CarError, notAllowed } from "../../base/errors.ts";
import type { BoxEnding } from "./box.ts";
import { MARKERS } from "./environment.ts";
import { startDetached, startQuickly } from "./start.ts";

/**
 * $1 is the owner; $2, $3 and $4 end its boxes, if there are any: the program, and the words by which it
 * lists and ends them. Traps that cost days, each guarded by a test: dash does not know `kill -9 -- -N`;
 * grep exits 2 when a process vanished under it although it found others; a write to the pipe of a
 * dead CAR is a SIGPIPE. `groups` is the second net, for what cleared its environment, and the only
 * one where there is no /proc (untested there).
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM PIPE USR1 USR2
owner=$1
engine=$2
list=$3
end=$4
groups=
sweep() {
  for file in $(grep -lsxzF -- "$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}"
  done
}
dead() {
  for file in $(grep -lsxzF -- "${MARKERS.root}=$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    pid=\${pid%/environ}
    [ "$pid" = "$PPID" ] || grep -qsxzF -- "${MARKERS.owner}=$owner" "$file" || kill -9 "$pid"
  done
}
forget() {
  kept=
  for group in $groups; do [ "$group" = "$1" ] || kept="$kept $group"; done
  groups=$kept
}
# An engine that does not answer must not keep the shell for ever; not every system has "timeout".
limit=
command -v timeout >/dev/null && limit='timeout -s KILL 10'
boxes() {
  ids=$($limit "$engine" $list "label=${MARKERS.owner}=$owner")
  [ -z "$ids" ] || $limit "$engine" $end $ids >/dev/null
}
while read -r word rest; do
  case $word in
    bye) exit 0 ;;
    group) groups="$groups $rest"; continue ;;
    gone) forget "$rest"; continue ;;
    term) kill -TERM "-$rest" || kill -TERM "$rest" ;;
    cont) kill -CONT "-$rest" || kill -CONT "$rest" ;;
    kill) kill -KILL "-$rest" || kill -KILL "$rest" ;;
    sweep) sweep "$rest" ;;
    dead) dead "$rest" ;;
  esac
  echo ok
done
for pause in 0 .05 .1 .3 1; do
  sleep $pause
  sweep "${MARKERS.owner}=$owner"
  for group in $groups; do kill -KILL "-$group"; done
  groups=
  [ -z "$engine" ] || boxes
done
`;

const SHELL = "/bin/sh";
/** A lifeline that dies at once, again and again, must not become a spinning loop. */
const RESTART_MS_MIN = 20;
const RESTART_MS_MAX = 5_000;
/** A sweep reads every process of the machine; thousands take well below a second. */
const ORDER_MS_MAX = 10_000;

export type Order =
  | { readonly word: "term" | "cont" | "kill"; readonly group: number }
  | { readonly word: "sweep"; readonly entry: string }
  | { readonly word: "dead"; readonly root: string };

interface Shell {
  readonly process: Deno.ChildProcess;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
}

const encoder = new TextEncoder();

interface LifelineOptions {
  readonly owner: string;
  readonly clock: Clock;
  /** How the boxes are ended in which children run. */
  readonly box?: BoxEnding | undefined;
}

/** Opened before the first child, closed after the last. */
export class Lifeline {
  readonly #owner: string;
  readonly #clock: Clock;
  readonly #box: BoxEnding | undefined;
  readonly #closing = new AbortController();
  readonly #groups = new Set<number>();
  readonly #kept: Promise<void>;
  #shell: Shell;
  /** Orders go one at a time: the shell answers each with one line. */
  #orders: Promise<unknown> = Promise.resolve();

  /** @throws {CarError} `unavailable` when there is no shell. */
  static open(options: LifelineOptions): Lifeline {
    return new Lifeline(options);
  }

  private constructor({ owner, clock, box }: LifelineOptions) {
    this.#owner = owner;
    this.#clock = clock;
    this.#box = box;
    this.#shell = startShell(owner, box);
    this.#kept = this.#keep();
  }

  /** The shell's process number: it changes when the shell had to be started again. */
  get pid(): number {
    return this.#shell.process.pid;
  }

  /** Remembers a group to end with CAR. */
  watch(group: number): void {
    this.#groups.add(group);
    this.#tell(`group ${group}`);
  }

  /** The group's leader is gone and reaped: its number may be another's soon. */
  forget(group: number): void {
    if (this.#groups.delete(group)) this.#tell(`gone ${group}`);
  }

  /** Has the shell do it. @returns Whether it answered; never throws. */
  order(order: Order): Promise<boolean> {
    const done = this.#orders.then(() => this.#carryOut(orderLine(order)));
    this.#orders = done;
    return done;
  }

  /** Sends the shell home without a sweep: end the children before. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return await this.#kept;
    this.#closing.abort();
    await this.#orders;
    this.#shell.process.ref();
    this.#tell("bye");
    await this.#shell.writer.close().catch(() => {});
    await this.#kept;
  }

  async #keep(): Promise<void> {
    let pauseMs = RESTART_MS_MIN;
    while (true) {
      await this.#shell.process.status;
      await release(this.#shell);
      if (this.#closing.signal.aborted) return;
      await this.#clock.sleep(pauseMs, this.#closing.signal).catch(() => {});
      if (this.#closing.signal.aborted) return;
      pauseMs = Math.min(RESTART_MS_MAX, pauseMs * 2);
      this.#restart();
    }
  }

  #restart(): void {
    try {
      this.#shell = startShell(this.#owner, this.#box);
      for (const group of this.#groups) this.#tell(`group ${group}`);
    } catch {
      // No process could be started just now; the dead shell's status brings the next attempt.
    }
  }

  #tell(line: string): void {
    this.#shell.writer.write(encoder.encode(`${line}\n`)).catch(() => {});
  }

  async #carryOut(line: string): Promise<boolean> {
    const { writer, reader } = this.#shell;
    const late = new AbortController();
    const answer = async () => {
      await writer.write(encoder.encode(`${line}\n`));
      return !(await reader.read()).done;
    };
    const answered = answer().catch(() => false);
    const lateness = this.#clock.sleep(ORDER_MS_MAX, late.signal).then(() => false, () => false);
    const ok = await Promise.race([answered, lateness]);
    late.abort();
    return ok;
  }
}

function orderLine(order: Order): string {
  if ("group" in order) return `${order.word} ${order.group}`;
  const rest = order.word === "sweep" ? order.entry : order.root;
  if (/[\n\0]/.test(rest)) {
    throw new CarError("invalid", "The path of the hub or repo holds a line end.", {
      hint: "Rename the folder.",
    });
  }
  return `${order.word} ${rest}`;
}

function startShell(owner: string, box: BoxEnding | undefined): Shell {
  const ending = box === undefined ? [] : [box.program, box.list.join(" "), box.end.join(" ")];
  const command = [SHELL, "-c", SCRIPT, "car-lifeline", owner, ...ending] as const;
  const options = {
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    // No marker of an outer CAR: the shell must not be swept itself.
    clearEnv: true,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...box?.environment },
    cwd: "/",
  } as const;
  try {
    // A session of its own: no signal meant for CAR's terminal reaches it.
    const process = startQuickly(command, options) ?? startDetached(command, options);
    process.unref();
    return { process, writer: process.stdin.getWriter(), reader: process.stdout.getReader() };
  } catch (cause) {
    const refused = notAllowed(cause);
    if (refused !== null) throw refused;
    throw new CarError("unavailable", `The shell ${SHELL} could not be started.`, {
      hint: "CAR needs a POSIX shell to end what it starts.",
      cause,
    });
  }
}

async function release(shell: Shell): Promise<void> {
  await shell.reader.cancel().catch(() => {});
  await shell.writer.abort().catch(() => {});
}
