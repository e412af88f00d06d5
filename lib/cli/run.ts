/**
 * The command line: from the arguments to the exit code. The only place of the CLI that turns a
 * failure into words.
 */

import { asCarError, CarError, ERROR_CODES } from "../base/errors.ts";
import { visible } from "../base/display.ts";
import type { CommandSpec } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { COLUMNS_DEFAULT, type Io, systemIo } from "./io.ts";
import { type GlobalInputs, parseArguments, type Parsed } from "./parse.ts";
import { type Asked, parsePermissions } from "./permissions.ts";
import { NO_SURFACES, type Surfaces } from "./surfaces.ts";

/** Help is hard to read in lines longer than this, in cells. */
const HELP_COLUMNS_MAX = 100;

/** Runs one command of `table`; never throws. @returns The exit code of the process. */
export async function run(
  argv: readonly string[],
  io: Io = systemIo(),
  table: readonly CommandSpec[] = COMMANDS,
  surfaces: Surfaces = NO_SURFACES,
): Promise<number> {
  try {
    const { asked, rest } = parsePermissions(argv);
    return await dispatch(asked, rest, { io, table, surfaces });
  } catch (thrown) {
    return tellError(thrown, wantsJson(argv), io);
  }
}

interface Around {
  readonly io: Io;
  readonly table: readonly CommandSpec[];
  readonly surfaces: Surfaces;
}

async function dispatch(
  asked: Asked,
  argv: readonly string[],
  { io, table, surfaces }: Around,
): Promise<number> {
  const columns = io.isTerminal.out ? Math.min(io.columns(), HELP_COLUMNS_MAX) : COLUMNS_DEFAULT;
  const parsed = parseArguments(argv, table, columns);
  if (parsed.type === "text") {
    io.stdout(parsed.text);
    return 0;
  }
  if (asked.type === "restricted") return await confined(asked, argv, parsed, io);
  return await perform(parsed, io, surfaces);
}

type ParsedCommand = Extract<Parsed, { type: "command" }>;

const askedPlace = (spec: CommandSpec, { repo }: GlobalInputs, io: Io) => ({
  cwd: io.cwd,
  named: repo,
  command: spec.path,
  environment: () => io.environment(),
});

async function perform(
  { spec, input, global }: ParsedCommand,
  io: Io,
  surfaces: Surfaces,
): Promise<number> {
  const [{ Context }, { Output }] = await Promise.all([
    import("./context.ts"),
    import("./output.ts"),
  ]);
  const context = new Context(askedPlace(spec, global, io));
  const output = new Output(io, {
    json: global.json,
    quiet: global.quiet,
    colour: global.colour ?? io.colour,
  });
  const { json } = global;
  try {
    const [command] = await Promise.all([spec.load(), context.check(spec.mode)]);
    return (await command.run({ spec, io, input, output, context, json, surfaces })) ?? 0;
  } catch (thrown) {
    const { code, message, hint, cause } = asCarError(thrown);
    if (global.repo === null || hint === undefined) throw thrown;
    throw new CarError(code, message, { hint: context.said(hint), cause: cause ?? thrown });
  }
}

/** Commands whose --host and --port decide what they may listen on. */
const SERVERS: readonly string[] = ["serve", "web", "hub serve"];

/** The same command, in a thread that is held to what was asked for. */
async function confined(
  asked: Extract<Asked, { type: "restricted" }>,
  argv: readonly string[],
  { spec, input, global }: ParsedCommand,
  io: Io,
): Promise<number> {
  const [{ Context }, { runConfined }] = await Promise.all([
    import("./context.ts"),
    import("./confine.ts"),
  ]);
  const context = new Context(askedPlace(spec, global, io));
  const found = await context.found();
  const approves = spec.path === "approve";
  const listens = SERVERS.includes(spec.path)
    ? { host: input.text("host"), port: input.number("port") }
    : { host: null, port: null };
  const { from } = context;
  const named = withFolder(argv, global.repo, from);
  return await runConfined({ asked, argv: named, from, found, approves, listens }, io);
}

/** The thread may not look into the hub that knows the id: the command line names the folder instead. */
function withFolder(argv: readonly string[], named: string | null, folder: string) {
  return argv.map((word, at) => {
    if (named !== null && argv[at - 1] === "--repo" && word === named) return folder;
    return word === `--repo=${named}` ? `--repo=${folder}` : word;
  });
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
