/** What a command is: its row in the table, and what it is given when it runs. */

import { CarError } from "../base/errors.ts";
import type { CommandMode, Context } from "./context.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";
import type { Surfaces } from "./surfaces.ts";

export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly isOptional?: boolean;
  /** Takes all that follow. */
  readonly isRest?: boolean;
  readonly choices?: readonly string[];
}

/** `name` without its dashes. `placeholder` is what help prints for the value. */
export type OptionSpec =
  & { readonly name: string; readonly short?: string; readonly summary: string }
  & (
    | { readonly type: "flag" }
    | {
      readonly type: "text";
      readonly placeholder: string;
      readonly choices?: readonly string[];
      /** It may stand alone: then its text is "". Only where no argument can follow it. */
      readonly isValueOptional?: boolean;
    }
    /** May be given several times. */
    | { readonly type: "texts"; readonly placeholder: string }
    /** A whole number, `min` at least (0 when absent). */
    | { readonly type: "number"; readonly placeholder: string; readonly min?: number }
  );

/** `<value>`, or `[value]` for one that may be left out. */
export function valueWord(spec: Exclude<OptionSpec, { readonly type: "flag" }>): string {
  const isOptional = spec.type === "text" && spec.isValueOptional === true;
  return isOptional ? `[${spec.placeholder}]` : `<${spec.placeholder}>`;
}

/** Headings of `car --help`, in this order. */
export const GROUPS = {
  start: "Start here",
  tickets: "Tickets and context",
  run: "Work the queue",
  look: "See what happened",
  hub: "Many repos",
  setup: "Settings and health",
  tools: "For scripts and agents",
} as const satisfies Record<string, string>;

export type CommandGroup = keyof typeof GROUPS;

export interface Example {
  readonly line: string;
  readonly what: string;
}

/** One row of the command table. Help, completions, `car describe` and docs/COMMANDS.md are made from it. */
export interface CommandSpec {
  /** Words after `car`: `ticket new`. */
  readonly path: string;
  readonly group: CommandGroup;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** More, for the command's own help; paragraphs divided by an empty line. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly [Example, Example, ...Example[]];
  readonly mode: CommandMode;
  /** Whether it may change anything on disk or in a run. */
  readonly changes: boolean;
  readonly load: () => Promise<CommandModule>;
}

export interface CommandModule {
  /**
   * Does the command.
   * @returns the exit code; nothing is 0.
   * @throws {CarError} printed, and turned into the exit code, by run.ts alone.
   */
  run(call: Call): Promise<number | void>;
}

/** All a command gets. */
export interface Call {
  readonly spec: CommandSpec;
  readonly io: Io;
  readonly input: Inputs;
  readonly output: Output;
  /** Where the person stands; what the row's `mode` asks for has been found before `run`. */
  readonly context: Context;
  /** Whether --json was given. */
  readonly json: boolean;
  readonly surfaces: Surfaces;
}

/** Arguments and options of one call, by the names of its row. Unknown names are a bug of the caller. */
export class Inputs {
  readonly #spec: CommandSpec;
  readonly #arguments: ReadonlyMap<string, readonly string[]>;
  readonly #options: ReadonlyMap<string, unknown>;

  constructor(
    spec: CommandSpec,
    given: ReadonlyMap<string, readonly string[]>,
    options: ReadonlyMap<string, unknown>,
  ) {
    this.#spec = spec;
    this.#arguments = given;
    this.#options = options;
  }

  #option(name: string, type: OptionSpec["type"]): unknown {
    const option = this.#spec.options?.find((each) => each.name === name);
    if (option?.type === type) return this.#options.get(name);
    throw new CarError("internal", `car ${this.#spec.path} has no ${type} option --${name}.`);
  }

  #given(name: string): readonly string[] {
    if (this.#spec.arguments?.some((each) => each.name === name)) {
      return this.#arguments.get(name) ?? [];
    }
    throw new CarError("internal", `car ${this.#spec.path} has no argument ${name}.`);
  }

  flag(name: string): boolean {
    return this.#option(name, "flag") === true;
  }

  /** Null when it was not given; "" when it stands alone and may. */
  text(name: string): string | null {
    const value = this.#option(name, "text");
    if (value === true) return "";
    return typeof value === "string" ? value : null;
  }

  texts(name: string): readonly string[] {
    const value = this.#option(name, "texts");
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  }

  /** Null when it was not given. */
  number(name: string): number | null {
    const value = this.#option(name, "number");
    return typeof value === "number" ? value : null;
  }

  /** A required argument. */
  argument(name: string): string {
    const [value] = this.#given(name);
    if (value !== undefined) return value;
    throw new CarError("usage", `${name} is missing.`);
  }

  /** Null when it was not given. */
  optionalArgument(name: string): string | null {
    return this.#given(name)[0] ?? null;
  }

  /** All values of the argument that takes the rest. */
  rest(name: string): readonly string[] {
    return this.#given(name);
  }
}

export interface GlobalOptionSpec {
  /** As help prints it. */
  readonly flags: string;
  readonly summary: string;
}

/** Accepted before and after every command. */
export const GLOBAL_OPTIONS: readonly GlobalOptionSpec[] = [
  {
    flags: "--repo <path>",
    summary: "work on the repo or hub at this path, or on the hub's repo of this id",
  },
  { flags: "--json", summary: "answer in JSON, errors too" },
  { flags: "--color", summary: "colour although this is no terminal" },
  { flags: "--no-color", summary: "no colour" },
  { flags: "-q, --quiet", summary: "leave out what is not the answer itself" },
];
