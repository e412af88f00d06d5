/**
 * From arguments to one call of a command, by a parser made from the command table. Nothing is run
 * and nothing is printed here: help is a value, and each mistake a `CarError` of code `usage`.
 */

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { CarError } from "../base/errors.ts";
import { versionLine } from "../base/version.ts";
import {
  type ArgumentSpec,
  type CommandSpec,
  GLOBAL_OPTIONS,
  GROUPS,
  Inputs,
  type OptionSpec,
  valueWord,
} from "./command.ts";
import { GROUP_SUMMARIES } from "./commands.ts";
import { isPermission } from "./permissions.ts";

export interface GlobalInputs {
  readonly repo: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Null leaves it to the terminal. */
  readonly colour: boolean | null;
}

export type Parsed =
  | {
    readonly type: "command";
    readonly spec: CommandSpec;
    readonly input: Inputs;
    readonly global: GlobalInputs;
  }
  /** Help or version: printed as it is. */
  | { readonly type: "text"; readonly text: string };

/**
 * @param columns Width for help.
 * @throws {CarError} `usage`, with what was likely meant as hint.
 */
export function parseArguments(
  argv: readonly string[],
  table: readonly CommandSpec[],
  columns: number,
): Parsed {
  let chosen: Parsed | undefined;
  let printed = "";
  const program = buildProgram(table, (parsed) => chosen = parsed);
  for (const command of withAll(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => printed += text,
      writeErr: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  try {
    program.parse(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return { type: "text", text: printed };
    throw thrown.code === "commander.help"
      ? incomplete(argv, table)
      : usageError(thrown.message, helpFor(argv, table));
  }
  if (chosen === undefined) throw incomplete(argv, table);
  return chosen;
}

function* withAll(command: Command): Generator<Command> {
  yield command;
  for (const each of command.commands) yield* withAll(each);
}

function buildProgram(
  table: readonly CommandSpec[],
  choose: (parsed: Parsed) => void,
): Command {
  const program = new Command("car")
    .description("Works through a queue of markdown tickets with coding agents, unattended.")
    .usage("[permissions] [options] <command>")
    .version(versionLine(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; `car help COMMAND` for one command")
    .helpCommand("help [command]", "print help for a command")
    .addHelpText("after", START_HERE);
  for (const { flags, summary } of GLOBAL_OPTIONS) program.option(flags, summary);
  const groups = new Map<string, Command>();
  for (const spec of inGroupOrder(table)) addCommand(program, groups, spec, choose);
  return program;
}

const START_HERE = `
Permissions, before the command:
  --safe               only this repo, its agents and git; agents ask (docs/SAFETY.md)
  --allow-KIND=LIST    only these: read, write, net, run, env, sys; or more beside --safe
  --allow-all, -A      everything, as without any of them

Start with:
  car init             set CAR up in this git repo
  car ticket new       write the first ticket
  car run              work the queue`;

/** `run` comes before `run replay`, which is put under it. */
function inGroupOrder(table: readonly CommandSpec[]): readonly CommandSpec[] {
  const order = Object.keys(GROUPS);
  const isUnder = (spec: CommandSpec) => spec.path.split(" ").length;
  return [...table].sort((a, b) =>
    order.indexOf(a.group) - order.indexOf(b.group) || isUnder(a) - isUnder(b)
  );
}

function addCommand(
  program: Command,
  groups: Map<string, Command>,
  spec: CommandSpec,
  choose: (parsed: Parsed) => void,
): void {
  const words = spec.path.split(" ");
  const last = words[words.length - 1] ?? spec.path;
  const parent = groupOf(program, groups, words.slice(0, -1), spec);
  const command = parent.command(last).summary(spec.summary).description(describe(spec))
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", examplesOf(spec));
  if (parent === program) command.helpGroup(`${GROUPS[spec.group]}:`);
  for (const argument of spec.arguments ?? []) command.addArgument(argumentOf(argument));
  for (const option of spec.options ?? []) command.addOption(optionOf(option));
  command.action(() => choose(parsedCall(spec, command)));
}

/** `hub worktree` of `hub worktree list`: each word is made when its first command comes. */
function groupOf(
  program: Command,
  groups: Map<string, Command>,
  words: readonly string[],
  spec: CommandSpec,
): Command {
  const word = words.at(-1);
  if (word === undefined) return program;
  const path = words.join(" ");
  const parent = groupOf(program, groups, words.slice(0, -1), spec);
  const known = groups.get(path) ?? parent.commands.find((each) => each.name() === word);
  if (known !== undefined) return known;
  const made = parent.command(word).description(GROUP_SUMMARIES[path] ?? "");
  if (parent === program) made.helpGroup(`${GROUPS[spec.group]}:`);
  groups.set(path, made);
  return made;
}

function describe(spec: CommandSpec): string {
  const first = `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`;
  return spec.details === undefined ? first : `${first}\n\n${spec.details}`;
}

function examplesOf(spec: CommandSpec): string {
  const lines = spec.examples.map(({ line, what }) => `  ${line}\n      ${what}`);
  return `\nExamples:\n${lines.join("\n")}`;
}

function argumentOf(spec: ArgumentSpec): Argument {
  const name = spec.isRest ? `${spec.name}...` : spec.name;
  const argument = new Argument(spec.isOptional ? `[${name}]` : `<${name}>`, spec.summary);
  return spec.choices === undefined ? argument : argument.choices([...spec.choices]);
}

function optionOf(spec: OptionSpec): Option {
  const names = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
  if (spec.type === "flag") return new Option(names, spec.summary);
  const option = new Option(`${names} ${valueWord(spec)}`, spec.summary);
  if (spec.type === "number") option.argParser(wholeNumber(spec.min ?? 0));
  if (spec.type === "texts") {
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  }
  if (spec.type === "text" && spec.choices !== undefined) option.choices([...spec.choices]);
  return option;
}

function wholeNumber(min: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= min) return number;
    throw new InvalidArgumentError(`It must be a whole number, ${min} or more.`);
  };
}

const camelCase = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function parsedCall(spec: CommandSpec, command: Command): Parsed {
  const raw: Record<string, unknown> = command.optsWithGlobals();
  const given = new Map<string, readonly string[]>();
  for (const [index, argument] of (spec.arguments ?? []).entries()) {
    given.set(
      argument.name,
      argument.isRest ? command.args.slice(index) : [
        ...command.args.slice(index, index + 1),
      ],
    );
  }
  const own = (spec.options ?? []).map((option) =>
    [option.name, raw[camelCase(option.name)]] as const
  );
  return {
    type: "command",
    spec,
    input: new Inputs(spec, given, new Map(own)),
    global: {
      repo: typeof raw["repo"] === "string" ? raw["repo"] : null,
      json: raw["json"] === true,
      quiet: raw["quiet"] === true,
      colour: typeof raw["color"] === "boolean" ? raw["color"] : null,
    },
  };
}

/** `error: unknown command 'lst'\n(Did you mean list?)` in our words. */
function usageError(message: string, help: string): CarError {
  const [first = "", ...rest] = message.replace(/^error: /, "")
    .replace("command-argument value", "value").split("\n");
  const meant = /\(Did you mean (.+?)\?\)/.exec(rest.join(" "))?.[1];
  const permission = /^unknown option '(--[\w-]+)/.exec(first)?.[1];
  if (permission !== undefined && isPermission(permission)) {
    return new CarError("usage", `${permission} stands before the command.`, {
      hint: `For example: car ${permission} status`,
    });
  }
  const sentence = first.charAt(0).toUpperCase() + first.slice(1).replaceAll("'", '"');
  return new CarError("usage", /[.?!]$/.test(sentence) ? sentence : `${sentence}.`, {
    hint: meant === undefined ? `\`${help}\` lists what there is.` : `Did you mean ${meant}?`,
  });
}

/** The help of the command that was meant, as far as it was named. */
function helpFor(argv: readonly string[], table: readonly CommandSpec[]): string {
  const known = prefixesOf(argv)
    .find((path) => table.some((spec) => spec.path === path || spec.path.startsWith(`${path} `)));
  return known === undefined ? "car --help" : `car ${known} --help`;
}

/** The longest command's words that may begin the line, the most first: `a b c`, `a b`, `a`. */
function prefixesOf(argv: readonly string[]): readonly string[] {
  const words = argv.filter((word) => !word.startsWith("-")).slice(0, PATH_WORDS_MAX);
  return words.map((_, at) => words.slice(0, words.length - at).join(" "));
}

/** `hub worktree list` */
const PATH_WORDS_MAX = 3;

/** The name of a group without one of its commands. */
function incomplete(argv: readonly string[], table: readonly CommandSpec[]): CarError {
  const group = prefixesOf(argv)
    .find((path) => table.some((spec) => spec.path.startsWith(`${path} `)));
  if (group === undefined) {
    return new CarError("usage", "No command was given.", { hint: "`car --help` lists them." });
  }
  const names = table.filter((spec) => spec.path.startsWith(`${group} `))
    .map((spec) => spec.path.slice(group.length + 1));
  return new CarError("usage", `"car ${group}" needs one of: ${names.join(", ")}.`, {
    hint: `\`car ${group} --help\` says what each does.`,
  });
}
