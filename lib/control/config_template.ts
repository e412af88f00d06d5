/** The config file that `car init` writes: the keys people change, each as a comment with its built-in value. */

import { CONFIG_VERSION, type ConfigMode, sectionsOf } from "./config_keys.ts";
import { type Key, keyAt, type KeyKind } from "./config_keys/row.ts";

/** What the file shows of each mode. All other keys are told by `car config keys`. */
const SHOWN: Readonly<Record<ConfigMode, readonly string[]>> = {
  repo: [
    "gate.verify",
    "gate.attempts",
    "gate.timeout_seconds",
    "git.auto_commit",
    "git.require_commit",
    "limits.silence_seconds",
    "limits.turn_seconds",
    "limits.ticket_turns",
    "runner.default_agent",
    "runner.stop_after_runs",
    "runner.max_wallclock_seconds",
    "runner.max_total_turns",
    "quota.resume",
    "quota.quiet_hours",
    "agents.codex.posture",
    "agents.codex.model",
    "queue",
  ],
  hub: [
    "hub.repos_root",
    "hub.auto_init_missing",
    "hub.max_parallel",
    "server.host",
    "server.port",
    "notify.events",
    "telegram.enabled",
    "telegram.allowed_user_ids",
    "discord.enabled",
    "discord.allowed_user_ids",
  ],
};

/** Values that say more than the built-in one, where that is empty. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "gate.verify": '["deno test", {run: "npm run lint", timeout_s: 120}]',
  "quota.quiet_hours": '"22:00-07:00"',
};

/** Kinds whose values cannot be guessed from the one that is shown. */
const WORDS_NEEDED: ReadonlySet<KeyKind> = new Set(["enum", "list", "checks", "hours", "ids"]);

/** The text of a new config file. As it stands it changes no built-in value. */
export function configTemplate(mode: ConfigMode): string {
  const lines = [
    `# Settings of CAR for this ${mode}. What is commented out shows the built-in value.`,
    '# "car config keys" tells every key, "car config show --origin" where each value comes from.',
    `version: ${CONFIG_VERSION}`,
    `mode: ${mode}`,
  ];
  let above: readonly string[] = [];
  for (const path of SHOWN[mode]) {
    const parts = path.split(".");
    const key = keyAt(sectionsOf(mode), parts);
    if (key === undefined) continue;
    if (parts[0] !== above[0]) lines.push("");
    lines.push(...sectionLines(parts, above), ...keyLines(path, parts, key));
    above = parts;
  }
  return lines.join("\n") + "\n";
}

const indent = (depth: number): string => "  ".repeat(depth);

/** The lines of the sections that were not open yet. */
function sectionLines(parts: readonly string[], above: readonly string[]): readonly string[] {
  const sections = parts.slice(0, -1);
  const open = sections.findIndex((part, depth) => above[depth] !== part);
  if (open < 0) return [];
  return sections.slice(open).map((part, at) => `# ${indent(open + at)}${part}:`);
}

function keyLines(path: string, parts: readonly string[], key: Key<unknown>): readonly string[] {
  const space = indent(parts.length - 1);
  const example = EXAMPLES[path];
  const value = example ?? JSON.stringify(key.default);
  const words = WORDS_NEEDED.has(key.kind) ? [`# ${space}# Allowed: ${key.allowed}.`] : [];
  return [
    `# ${space}# ${key.meaning}${example === undefined ? "" : " Built in: none."}`,
    ...words,
    `# ${space}${parts.at(-1)}: ${value.replace(/^"([a-z./-]+)"$/i, "$1")}`,
  ];
}
