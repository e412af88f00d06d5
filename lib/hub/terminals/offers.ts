/** What can be opened in a terminal: a shell, the TUI of Codex, and what the config names. */

import { CODEX_INHERITED } from "../../adapters/codex/program.ts";
import { locateCodex } from "../../adapters/codex/locate.ts";
import { CarError } from "../../base/errors.ts";
import type { RepoConfig } from "../../control/config.ts";
import { codexPlaces } from "../codex_places.ts";

type Environment = Readonly<Record<string, string>>;

export interface TerminalOffer {
  /** What it is asked for by. */
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Environment;
  /** Names of CAR's own variables it gets. */
  readonly inherit: readonly string[];
}

const SHELL_FALLBACK = "/bin/sh";
/** What pages can draw. */
const DRAWN: Environment = { TERM: "xterm-256color", COLORTERM: "truecolor" };
/** The locale of UTF-8 and nothing else, which every system has. */
const UTF8_LOCALE = Deno.build.os === "darwin" ? "UTF-8" : "C.UTF-8";
/** What a person's tools find their keys, editor and screen by; no secret is among them. */
const PERSONAL: readonly string[] = [
  "SSH_AUTH_SOCK",
  "SSH_AGENT_PID",
  "GPG_AGENT_INFO",
  "DBUS_SESSION_BUS_ADDRESS",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "EDITOR",
  "VISUAL",
  "PAGER",
  "LESS",
  "NVM_DIR",
];

/** All offers, those of the config before those of CAR with the same name. */
export async function terminalOffers(
  root: string,
  config: RepoConfig,
  environment: Environment,
): Promise<readonly TerminalOffer[]> {
  const inherit = [...PERSONAL, ...config.terminal.pass_env];
  const drawn = drawnFrom(environment);
  const named = Object.entries(config.terminal.commands).flatMap(([name, [program, ...args]]) =>
    program === undefined ? [] : [{ name, argv: [program, ...args] as const, env: drawn, inherit }]
  );
  const shell = { name: "shell", argv: [shellOf(root, config, environment)], inherit } as const;
  const codex = await codexOffer(root, config, environment);
  const own = [{ ...shell, env: drawn }, ...(codex === null ? [] : [codex])];
  return [...own.filter((it) => !named.some(({ name }) => name === it.name)), ...named]
    .map((it) => ({ ...it, argv: [...it.argv] }));
}

/** @throws {CarError} `not_found` for a name nobody offers. */
export function offerNamed(offers: readonly TerminalOffer[], name: string): TerminalOffer {
  const found = offers.find((it) => it.name === name);
  if (found !== undefined) return found;
  throw new CarError("not_found", `Nothing named "${name}" can be opened in a terminal.`, {
    hint: `There are: ${offers.map((it) => it.name).join(", ")}. ` +
      "More can be named in terminal.commands of the configuration.",
  });
}

/**
 * What tells programs how the page draws. It draws UTF-8: where CAR was started without a locale, as
 * services are, a shell would take every letter beyond ASCII for several keys.
 */
export function drawnFrom(environment: Environment): Environment {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => environment[name] ?? "")
    .find((it) => it !== "") ?? "C";
  return locale === "C" || locale === "POSIX" ? { ...DRAWN, LC_CTYPE: UTF8_LOCALE } : DRAWN;
}

function shellOf(root: string, config: RepoConfig, environment: Environment): string {
  const { shell } = config.terminal;
  if (shell !== null) return shell.startsWith("/") ? shell : `${root}/${shell}`;
  const own = environment["SHELL"] ?? "";
  return own.startsWith("/") ? own : SHELL_FALLBACK;
}

/** Null where no agent of that kind is configured or installed. */
async function codexOffer(
  root: string,
  config: RepoConfig,
  environment: Environment,
): Promise<TerminalOffer | null> {
  const agent = Object.values(config.agents).find(({ kind }) => kind === "codex");
  if (agent === undefined) return null;
  const found = await locateCodex(codexPlaces(agent, config, environment));
  if (found === undefined) return null;
  const { home } = config.app_server;
  const homeFolder = home === null || home.startsWith("/") ? home : `${root}/${home}`;
  return {
    name: "codex",
    argv: [...found.argv, ...config.codex.terminal_args],
    env: {
      ...agent.env,
      ...(homeFolder === null ? {} : { CODEX_HOME: homeFolder }),
      ...drawnFrom(environment),
    },
    inherit: [...PERSONAL, ...CODEX_INHERITED, ...agent.pass_env, ...config.terminal.pass_env],
  };
}
