/** Shell scripts for tests, in which `car` is the program under test: for pipes, closed streams and limits. */

import { carCommand, type CarOptions, type CarPlace } from "./car.ts";

export interface ShellAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs `script` with sh in `place.cwd`; nothing of the test's own environment is handed on. */
export async function runShell(
  script: string,
  place: CarPlace,
  options: Omit<CarOptions, "stdin" | "timeoutMs"> = {},
): Promise<ShellAnswer> {
  const { program, args, env } = carCommand([], place, options);
  const words = [program, ...args].map(quoted).join(" ");
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", `car() { ${words} "$@"; }\n${script}`],
    cwd: place.cwd,
    clearEnv: true,
    env: { ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
