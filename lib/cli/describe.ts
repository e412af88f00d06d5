/** What `car describe` says of CAR, made from the tables the program runs by. Pure. */

import { ERROR_CODES } from "../base/errors.ts";
import { COMMIT, VERSION } from "../base/version.ts";
import { envVariable } from "../control/config_env.ts";
import { CONFIG_VERSION, configKeys, type ConfigMode } from "../control/config_keys.ts";
import { type FoundRoot, repoPaths, STATE_FOLDER } from "../control/roots.ts";
import { TICKET_KEYS } from "../control/ticket_keys.ts";
import { LINT_RULES } from "../control/ticket_rules.ts";
import { type ArgumentSpec, type CommandSpec, GLOBAL_OPTIONS, type OptionSpec } from "./command.ts";
import { DESCRIBE_VERSION, type Description } from "./describe_schema.ts";

export const EXIT_CODES: Description["exit_codes"] = [
  { code: 0, meaning: "done" },
  { code: 1, meaning: "failed" },
  { code: 2, meaning: "the command line is wrong" },
  { code: 3, meaning: "a person has to do something first" },
  { code: 4, meaning: "another process owns the repo" },
];

const CONFIG_LAYERS: readonly string[] = [
  "built-in values",
  "codex-autorunner.yml",
  "codex-autorunner.override.yml",
  `${STATE_FOLDER}/config.yml`,
  "environment: CAR_SECTION__KEY",
];

/** Which settings and routes there are where the person stands. */
export const describedMode = (here: FoundRoot): ConfigMode => here.type === "hub" ? "hub" : "repo";

/** @param here Where the person stands. */
export function describeCar(
  table: readonly CommandSpec[],
  routes: Description["routes"],
  here: FoundRoot,
): Description {
  const mode = describedMode(here);
  return {
    describe_version: DESCRIBE_VERSION,
    car: { version: VERSION, commit: COMMIT },
    here: { type: here.type, root: here.type === "none" ? null : here.root },
    exit_codes: EXIT_CODES,
    error_codes: Object.entries(ERROR_CODES).map(([code, { exit, http }]) => ({
      code,
      exit,
      http,
    })),
    global_options: [...GLOBAL_OPTIONS],
    commands: table.map(describeCommand),
    routes,
    config: {
      version: CONFIG_VERSION,
      layers: [...CONFIG_LAYERS],
      settings: configKeys(mode).map(({ path, key }) => ({
        key: path,
        kind: key.kind,
        default: key.default,
        unit: key.unit,
        allowed: key.allowed,
        meaning: key.meaning,
        since: key.since,
        secret: key.secret,
        env: envVariable(path),
      })),
    },
    tickets: {
      folder: repoPaths("/").tickets.slice(1),
      name: "TICKET-001.md or TICKET-001-some-words.md; three to nine digits give the order",
      keys: Object.entries(TICKET_KEYS).map(([key, facts]) => ({ key, ...facts })),
      problems: Object.entries(LINT_RULES).map(([code, { fixable }]) => ({ code, fixable })),
    },
  };
}

function describeCommand(spec: CommandSpec): Description["commands"][number] {
  return {
    path: spec.path,
    usage: usageLine(spec),
    group: spec.group,
    summary: spec.summary,
    details: spec.details ?? null,
    mode: spec.mode,
    changes: spec.changes,
    arguments: (spec.arguments ?? []).map((argument) => ({
      name: argument.name,
      summary: argument.summary,
      required: argument.isOptional !== true,
      repeatable: argument.isRest === true,
      choices: argument.choices === undefined ? null : [...argument.choices],
    })),
    options: (spec.options ?? []).map(describeOption),
    examples: spec.examples.map(({ line, what }) => ({ line, what })),
  };
}

function describeOption(option: OptionSpec): Description["commands"][number]["options"][number] {
  const choices = option.type === "text" ? option.choices : undefined;
  return {
    name: `--${option.name}`,
    summary: option.summary,
    short: option.short === undefined ? null : `-${option.short}`,
    type: option.type,
    placeholder: option.type === "flag" ? null : option.placeholder,
    choices: choices === undefined ? null : [...choices],
  };
}

/** `car ticket move <ticket> <to>`. */
export function usageLine(spec: CommandSpec): string {
  const options = spec.options === undefined ? [] : ["[options]"];
  return ["car", spec.path, ...options, ...(spec.arguments ?? []).map(argumentWord)].join(" ");
}

function argumentWord({ name, isOptional, isRest }: ArgumentSpec): string {
  const word = isRest ? `${name}...` : name;
  return isOptional ? `[${word}]` : `<${word}>`;
}
