/** The git program and what every call of it carries: looking at a repo must never run its code. */

import { CarError } from "../../base/errors.ts";

/** Since 2.31 git takes settings from the environment, which is how filters are switched off. */
export const GIT_VERSION_MIN = [2, 31] as const;

/**
 * Settings that outrank the repo's own. The repo's `.git/config` may have been written by an agent:
 * each row is a way by which it would run a program, or change what a reading command does.
 */
export const READING_SETTINGS = {
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "core.alternateRefsCommand": "",
  "core.askPass": "",
  "core.pager": "cat",
  "core.sshCommand": "ssh -oBatchMode=yes",
  "core.safecrlf": "false",
  "credential.helper": "",
  "protocol.ext.allow": "never",
  "safe.bareRepository": "explicit",
  "commit.gpgSign": "false",
  "tag.gpgSign": "false",
  "log.showSignature": "false",
  "submodule.recurse": "false",
} as const satisfies Record<string, string>;

/** For every call, also those that keep the person's rules: output that can be parsed, no work behind our back. */
export const COMMON_SETTINGS = {
  "advice.addEmbeddedRepo": "false",
  "core.quotePath": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
} as const satisfies Record<string, string>;

/** Nobody sits at this terminal. */
export const GIT_ENVIRONMENT = {
  GIT_TERMINAL_PROMPT: "0",
  GIT_PAGER: "cat",
  GIT_EDITOR: "true",
  GIT_SEQUENCE_EDITOR: "true",
  GIT_ASKPASS: "",
  GIT_SSH_COMMAND: "ssh -oBatchMode=yes",
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
} as const satisfies Record<string, string>;

/** Of CAR's own environment: who the person is to git, and where keys are asked for. */
export const GIT_INHERITED = [
  "EMAIL",
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_CONFIG_NOSYSTEM",
  "GNUPGHOME",
  "SSH_AUTH_SOCK",
] as const;

/**
 * The absolute path of git, looked for once: a PATH that changes later cannot bring in another.
 * @throws {CarError} `unavailable` when there is none.
 */
export function findGit(path: string): string {
  for (const folder of path.split(":").filter((it) => it.startsWith("/"))) {
    if (isProgram(`${folder}/git`)) return `${folder}/git`;
  }
  throw new CarError("unavailable", "git was not found on PATH.", {
    hint: "Install git 2.31 or newer.",
  });
}

function isProgram(path: string): boolean {
  try {
    const found = Deno.statSync(path);
    return found.isFile && ((found.mode ?? 0o111) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Settings as environment: names and values of any shape pass unharmed. */
export function settingsAsEnvironment(
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const rows = Object.entries(settings);
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(rows.length) };
  rows.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}
