/** docs/COMMANDS.md: the manual of all commands, made from the command table. Pure. */

import { type CommandSpec, GLOBAL_OPTIONS, GROUPS, type OptionSpec, valueWord } from "./command.ts";
import { EXIT_CODES, usageLine } from "./describe.ts";

const WHERE = {
  repo: "in a repo",
  hub: "in a hub",
  either: "in a repo or a hub",
  any: "anywhere",
} as const satisfies Record<CommandSpec["mode"], string>;

/** The whole page. It says how it is made, so that nobody edits it by hand. */
export function commandsPage(table: readonly CommandSpec[]): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const specs = table.filter((spec) => spec.group === group);
    return specs.length === 0 ? "" : [`## ${title}`, ...specs.map(section)].join("\n\n");
  });
  return [
    "# Commands",
    "<!-- Made from lib/cli/commands.ts by `deno task docs`. Edit the table, not this page. -->",
    "`car help COMMAND` prints the same in the terminal.",
    "Before and after every command:",
    GLOBAL_OPTIONS.map(({ flags, summary }) => `- \`${flags}\`: ${summary}`).join("\n"),
    `Exit codes: ${EXIT_CODES.map(({ code, meaning }) => `${code} ${meaning}`).join(", ")}.`,
    ...groups.filter((text) => text !== ""),
  ].join("\n\n") + "\n";
}

function section(spec: CommandSpec): string {
  const inputs = [
    ...(spec.arguments ?? []).map(({ name, summary, choices }) =>
      `- \`${name}\`: ${summary}${choices === undefined ? "" : ` (${choices.join(", ")})`}`
    ),
    ...(spec.options ?? []).map((option) => `- ${optionWords(option)}`),
  ];
  const facts = `Works ${WHERE[spec.mode]}; ${spec.changes ? "may change things" : "only looks"}.`;
  return [
    `### car ${spec.path}`,
    `\`${usageLine(spec)}\``,
    `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}. ${facts}`,
    ...(spec.details === undefined ? [] : [spec.details]),
    ...(inputs.length === 0 ? [] : [inputs.join("\n")]),
    ["```sh", ...spec.examples.map(({ line, what }) => `${line}   # ${what}`), "```"].join("\n"),
  ].join("\n\n");
}

function optionWords(option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.type === "flag" ? "" : ` ${valueWord(option)}`;
  const choices = option.type === "text" && option.choices !== undefined
    ? ` (${option.choices.join(", ")})`
    : "";
  return `\`${short}--${option.name}${value}\`: ${option.summary}${choices}`;
}
