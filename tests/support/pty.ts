/** Runs `car` on a pseudo terminal, by `script` of util-linux, for tests of what a person sees live. */

import { carCommand, type CarOptions, type CarPlace } from "./car.ts";

export interface TerminalResult {
  readonly code: number;
  /** All that was written to the terminal, escape sequences included; lines end with CR LF. */
  readonly screen: string;
}

export interface TerminalOptions extends CarOptions {
  readonly columns?: number;
  readonly rows?: number;
}

const TIMEOUT_MS = 60_000;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Runs `car` to its end on a terminal. `stdin` is typed at once; a line ends with `\n`. */
export async function runCarOnTerminal(
  args: readonly string[],
  place: CarPlace,
  options: TerminalOptions = {},
): Promise<TerminalResult> {
  const command = carCommand(args, place, options);
  const { columns = 80, rows = 24, timeoutMs = TIMEOUT_MS } = options;
  const words = [command.program, ...command.args].map(quoted).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qfec", `stty cols ${columns} rows ${rows}; exec ${words}`, "/dev/null"],
    cwd: place.cwd,
    clearEnv: true,
    env: { TERM: "xterm-256color", SHELL: "/bin/sh", ...command.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const writer = child.stdin.getWriter();
  try {
    // Without an end of input `script` would wait for one; the terminal's own comes by Ctrl-D.
    const typing = writer.write(new TextEncoder().encode(options.stdin ?? ""));
    const [screen, status] = await Promise.all([
      new Response(child.stdout).text(),
      child.status,
      typing.catch(() => {}),
    ]);
    return { code: status.code, screen };
  } finally {
    clearTimeout(timer);
    await writer.close().catch(() => {});
  }
}

const ESC = "\u001b";
const BEL = "\u0007";
/** CSI sequences, then OSC sequences (ended by BEL or ESC \), then the two-character ones. */
const ESCAPES = new RegExp(
  `${ESC}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[@-_])`,
  "g",
);

/** The screen's words alone: escape sequences and carriage returns taken away. */
export const plainScreen = (screen: string): string =>
  screen.replace(ESCAPES, "").replaceAll("\r\n", "\n");
