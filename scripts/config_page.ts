/** docs/CONFIG.md: every key of the config, made from the table the program reads by. Pure. */

import { CONFIG_VERSION, configKeys, type KeyRow } from "../lib/control/config_keys.ts";
import { envVariable } from "../lib/control/config_env.ts";

/**
 * Keys and sections that are read and checked but that nothing acts on yet, so that a file may have
 * them already. Whoever makes use of one takes its line away.
 */
export const UNUSED_YET: readonly string[] = [
  "app_server.initialize_seconds",
  "opencode.base_url",
  "opencode.username",
  "opencode.password_env",
  "opencode.idle_seconds",
  "opencode.max_servers",
  "notify",
  "voice",
  "github",
  "telegram",
  "discord",
  "templates",
];

/** Whether nothing acts on the key yet. */
export const isUnusedYet = (path: string): boolean =>
  UNUSED_YET.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));

const cell = (text: string): string => text.replaceAll("|", "\\|");

function defaultWords({ key }: KeyRow): string {
  if (key.secret) return "(secret)";
  if (key.default === null) return "none";
  const text = JSON.stringify(key.default);
  return text === "[]" || text === "{}" ? "empty" : `\`${text.replace(/^"(.*)"$/, "$1")}\``;
}

function row(it: KeyRow): string {
  const { path, key } = it;
  const unit = key.unit === null ? "" : ` ${key.unit}`;
  const mark = isUnusedYet(path) ? " *Not used yet.*" : "";
  const cells = [`\`${path}\``, `${defaultWords(it)}${unit}`, key.allowed, key.meaning + mark];
  return `| ${cells.map(cell).join(" | ")} |`;
}

const sectionOf = (path: string): string => path.split(".")[0] ?? path;

function sections(): string {
  const bySection = Map.groupBy(configKeys("hub"), ({ path }) => sectionOf(path));
  return [...bySection].map(([name, rows]) =>
    [
      `## ${name}`,
      ["| Key | Default | Allowed | Meaning |", "| --- | --- | --- | --- |", ...rows.map(row)]
        .join("\n"),
    ].join("\n\n")
  ).join("\n\n");
}

/** The whole page. It says how it is made, so that nobody edits it by hand. */
export function configPage(): string {
  const example = "limits.silence_seconds";
  return [
    "# Settings",
    "<!-- Made from lib/control/config_keys.ts by `deno task docs`. Edit the table, not this page. -->",
    `A config file is YAML with \`version: ${CONFIG_VERSION}\` and \`mode: repo\` or \`mode: hub\`. Laid over each ` +
    "other, the later before the earlier: built-in values, `codex-autorunner.yml`, " +
    "`codex-autorunner.override.yml`, `.codex-autorunner/config.yml`, the environment " +
    `(\`${
      envVariable(example)
    }\` for \`${example}\`). A wrong key or value stops the command and is named ` +
    "with file, line and what is allowed. `car config keys` prints this table, `car config show --origin` " +
    "says where each value comes from.",
    "`NAME` stands for a name of your choosing. Paths are relative to the root of the repo or hub. " +
    "What is marked *Not used yet* is read and checked, and nothing acts on it in this version.",
    sections(),
  ].join("\n\n") + "\n";
}
