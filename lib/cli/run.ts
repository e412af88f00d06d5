/**
 * The command line: from the arguments to the exit code. The only place of the CLI that turns a
 * failure into words.
 */

import { asCarError, CarError, ERROR_CODES } from "../base/errors.ts";
import { visible } from "../base/display.ts";
import type { CommandSpec } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { COLUMNS_DEFAULT, type Io, systemIo } from "./io.ts";
import { parseArguments } from "./parse.ts";

/** Help is hard to read in lines longer than this, in cells. */
const HELP_COLUMNS_MAX = 100;

/** Runs one command of `table`; never throws. @returns The exit code of the process. */
export async function run(
  argv: readonly string[],
  io: Io = systemIo(),
  table: readonly CommandSpec[] = COMMANDS,
): Promise<number> {
  try {
    return await dispatch(withoutPermissions(argv), io, table);
  } catch (thrown) {
    return tellError(thrown, wantsJson(argv), io);
  }
}

async function dispatch(
  argv: readonly string[],
  io: Io,
  table: readonly CommandSpec[],
): Promise<number> {
  const columns = io.isTerminal.out ? Math.min(io.columns(), HELP_COLUMNS_MAX) : COLUMNS_DEFAULT;
  const parsed = parseArguments(argv, table, columns);
  if (parsed.type === "text") {
    io.stdout(parsed.text);
    return 0;
  }
  const { spec, input, global } = parsed;
  const [{ Context }, { Output }] = await Promise.all([
    import("./context.ts"),
    import("./output.ts"),
  ]);
  const context = new Context(io.cwd, global.repo, spec.path);
  const [command] = await Promise.all([spec.load(), context.check(spec.mode)]);
  const output = new Output(io, {
    json: global.json,
    quiet: global.quiet,
    colour: global.colour ?? io.colour,
  });
  return (await command.run({ spec, io, input, output, context, json: global.json })) ?? 0;
}

/** Before the command: what Deno calls permissions. Everything is allowed unless said otherwise. */
const ALLOW_ALL: readonly string[] = ["--allow-all", "-A"];
const PERMISSION = /^--(?:safe|(?:allow|deny)-[a-z-]+)(?:=|$)/;

/** @throws {CarError} `usage` for a restriction, which must never be taken for granted silently. */
function withoutPermissions(argv: readonly string[]): readonly string[] {
  let at = 0;
  for (; ALLOW_ALL.includes(argv[at] ?? ""); at++);
  const flag = argv[at];
  if (flag !== undefined && PERMISSION.test(flag)) {
    throw new CarError("usage", `${flag.replace(/=.*/s, "")} is not in this version of CAR.`, {
      hint: "CAR runs with everything allowed; to confine it, run it in a container.",
    });
  }
  return argv.slice(at);
}

/** Asked of the raw arguments, since the error may be that they cannot be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

function tellError(thrown: unknown, json: boolean, io: Io): number {
  const error = asCarError(thrown);
  const { code, message, hint } = error;
  try {
    if (json) io.stdout(`${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`);
    else io.stderr(errorText(message, hint));
    if (io.env("CAR_DEBUG") === "1") io.stderr(`${traceOf(error)}\n`);
  } catch {
    // Neither stdout nor stderr takes it: the exit code is all that is left.
  }
  return ERROR_CODES[code].exit;
}

function errorText(message: string, hint: string | undefined): string {
  const indented = (text: string) => visible(text).replaceAll("\n", "\n  ");
  return `car: ${indented(message)}\n${hint === undefined ? "" : `  ${indented(hint)}\n`}`;
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
  return `${error.stack}${cause}`;
}
