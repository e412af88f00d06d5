/**
 * Runs `car` as a person's shell would, in an environment of its own. CAR_UNDER_TEST names a compiled
 * program; without it the sources are run.
 */

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** How the program under test is started: words before its own arguments. */
export function carCommand(): readonly [string, ...string[]] {
  const compiled = Deno.env.get("CAR_UNDER_TEST");
  if (compiled !== undefined && compiled !== "") return [compiled];
  return [Deno.execPath(), "run", "-A", "--no-check", "--quiet", "--config", CONFIG, MAIN];
}

export interface CarOptions {
  readonly cwd: string;
  /** Beside PATH; nothing of the test's own environment is handed on. HOME is `cwd` unless said. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
}

export interface CarAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Environment of a person who has nothing set, and what Deno needs to run the sources. */
export function carEnvironment(options: Pick<CarOptions, "cwd" | "env">): Record<string, string> {
  const home = Deno.env.get("HOME") ?? "/";
  return {
    PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${home}/.cache/deno`,
    DENO_NO_UPDATE_CHECK: "1",
    HOME: options.cwd,
    ...options.env,
  };
}

export async function car(args: readonly string[], options: CarOptions): Promise<CarAnswer> {
  const [program, ...before] = carCommand();
  const child = new Deno.Command(program, {
    args: [...before, ...args],
    cwd: options.cwd,
    clearEnv: true,
    env: carEnvironment(options),
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.stdin !== undefined) await feed(child.stdin, options.stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function feed(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  data: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
    await writer.close();
  } catch {
    // It ended without reading all of it, which is its right.
  }
}

/** A script of `sh`, for what a test prepares. `car` is the program under test. */
export async function shell(
  script: string,
  options: Pick<CarOptions, "cwd" | "env">,
): Promise<CarAnswer> {
  const words = carCommand().map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `car() { ${words} "$@"; }\n${script}`],
    cwd: options.cwd,
    clearEnv: true,
    env: carEnvironment(options),
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
