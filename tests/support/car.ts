/**
 * Runs `car` as a person would, from its sources or as the compiled program, in an environment that
 * holds nothing but what the test names. Every run has an end: past its time it is killed.
 */

import { denoDir } from "./deno_dir.ts";

/** Which `car` is run: main.ts by Deno, or dist/car. */
export type Form = "source" | "binary";

/** Where it runs; a `CarRepo` is one. */
export interface CarPlace {
  readonly cwd: string;
  readonly home: string;
}

export interface CarOptions {
  /** Default: what CAR_UNDER_TEST says, else the sources. */
  readonly form?: Form;
  /** Beside PATH=/usr/bin:/bin and HOME, which it may override. */
  readonly env?: Readonly<Record<string, string>>;
  /** What comes down its stdin, which is then closed; nothing by default. */
  readonly stdin?: string;
  /** Milliseconds until it is killed and the test fails. */
  readonly timeoutMs?: number;
}

export interface CarResult {
  /** 128 + the signal's number when it was ended by one, as a shell says it. */
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCar extends AsyncDisposable {
  readonly pid: number;
  /** What it said so far. */
  stdout(): string;
  stderr(): string;
  /**
   * The next line, of either stream, that the pattern finds; lines that were returned before do not
   * count again. Rejects when the program ends without it.
   */
  line(pattern: RegExp): Promise<string>;
  signal(signal: Deno.Signal): void;
  readonly ended: Promise<CarResult>;
}

const ROOT = new URL("../../", import.meta.url).pathname;
export const BINARY = `${ROOT}dist/car`;
/** Longer than any command of a test takes on a busy machine, shorter than a CI's patience. */
const TIMEOUT_MS = 60_000;

/** What CAR_UNDER_TEST says. @throws {Error} for a word that is no form. */
export function formUnderTest(): Form {
  const form = Deno.env.get("CAR_UNDER_TEST") ?? "source";
  if (form === "source" || form === "binary") return form;
  throw new Error(`CAR_UNDER_TEST is "${form}"; it may be source or binary.`);
}

interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The program, arguments and environment of one call of `car`. */
export function carCommand(
  args: readonly string[],
  place: CarPlace,
  { form = formUnderTest(), env = {} }: CarOptions = {},
): CommandLine {
  const bare = { PATH: "/usr/bin:/bin", HOME: place.home };
  if (form === "binary") return { program: BINARY, args, env: { ...bare, ...env } };
  return {
    program: Deno.execPath(),
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-prompt",
      "--unstable-worker-options",
      `--config=${ROOT}deno.json`,
      `${ROOT}main.ts`,
      ...args,
    ],
    env: { ...bare, DENO_DIR: denoDir(), ...env },
  };
}

/** The text of one stream, and a word to whoever waits whenever there is more. */
class Transcript {
  text = "";
  readonly done: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>, grown: () => void) {
    this.done = this.#read(stream, grown);
  }

  async #read(stream: ReadableStream<Uint8Array>, grown: () => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      this.text += decoder.decode(bytes, { stream: true });
      grown();
    }
  }
}

interface Waiter {
  readonly pattern: RegExp;
  readonly found: (line: string) => void;
  readonly gone: (error: Error) => void;
}

/** Hands each whole line of the two streams to the first waiter whose pattern finds it. */
class Lines {
  #waiting: Waiter[] = [];
  #taken = new Map<Transcript, number>();
  /** Lines nobody has been given yet. */
  #unread: string[] = [];
  #end: Error | null = null;

  grow(transcript: Transcript | undefined): void {
    if (transcript === undefined) return;
    const from = this.#taken.get(transcript) ?? 0;
    const to = transcript.text.lastIndexOf("\n") + 1;
    if (to <= from) return;
    this.#taken.set(transcript, to);
    this.#unread.push(...transcript.text.slice(from, to - 1).split("\n"));
    this.#serve();
  }

  next(pattern: RegExp): Promise<string> {
    return new Promise((found, gone) => {
      this.#waiting.push({ pattern, found, gone });
      this.#serve();
    });
  }

  end(error: Error): void {
    this.#end = error;
    this.#serve();
  }

  #serve(): void {
    this.#waiting = this.#waiting.filter((waiter) => {
      const at = this.#unread.findIndex((line) => waiter.pattern.test(line));
      if (at >= 0) {
        waiter.found(this.#unread[at] ?? "");
        this.#unread.splice(0, at + 1);
        return false;
      }
      if (this.#end === null) return true;
      waiter.gone(new Error(`No line like ${waiter.pattern} came. ${this.#end.message}`));
      return false;
    });
  }
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (thrown) {
    // It may end without reading what it was given.
    if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
  }
}

const told = (args: readonly string[], out: Transcript, err: Transcript): string =>
  `car ${args.join(" ")}\n--- stdout\n${out.text}\n--- stderr\n${err.text}`;

/** Sends a signal; to a program that has just ended by itself, none: its end says so. */
function signalTo(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
  }
}

/** Starts `car` in the background. `await using` kills it when the test is over. */
export function startCar(
  args: readonly string[],
  place: CarPlace,
  options: CarOptions = {},
): RunningCar {
  const command = carCommand(args, place, options);
  const child = new Deno.Command(command.program, {
    args: [...command.args],
    cwd: place.cwd,
    clearEnv: true,
    env: { ...command.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = new Lines();
  const out: Transcript = new Transcript(child.stdout, () => lines.grow(out));
  const err: Transcript = new Transcript(child.stderr, () => lines.grow(err));
  const fed = options.stdin === undefined ? undefined : feed(child.stdin, options.stdin);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    signalTo(child, "SIGKILL");
  }, timeoutMs);
  const finish = async (): Promise<CarResult> => {
    const [status] = await Promise.all([child.status, out.done, err.done, fed]);
    clearTimeout(timer);
    lines.end(new Error(`It ended with ${status.code}: ${told(args, out, err)}`));
    if (isLate) throw new Error(`Killed after ${timeoutMs} ms: ${told(args, out, err)}`);
    return { code: status.code, signal: status.signal, stdout: out.text, stderr: err.text };
  };
  const ended = finish();
  // A test may look at the lines only; who awaits `ended` still gets the failure.
  ended.catch(() => {});
  return {
    pid: child.pid,
    stdout: () => out.text,
    stderr: () => err.text,
    line: (pattern) => lines.next(pattern),
    signal: (signal) => signalTo(child, signal),
    ended,
    async [Symbol.asyncDispose]() {
      signalTo(child, "SIGKILL");
      await ended.catch(() => {});
    },
  };
}

/** Runs `car` to its end. */
export function runCar(
  args: readonly string[],
  place: CarPlace,
  options: CarOptions = {},
): Promise<CarResult> {
  return startCar(args, place, options).ended;
}
