/** The ACP agents CAR knows by name: how each is started, what its postures are, where it is odd. One table. */

import { basename } from "node:path";
import type { Posture } from "../../engine/ports.ts";

/** What one of CAR's postures is for one agent. */
export interface PostureRow {
  /** Arguments after the command's own. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Session modes, best first: one of them has to be offered, unless the posture is `yolo`. */
  readonly modes?: readonly string[];
}

export interface AcpPreset {
  readonly command: readonly [string, ...string[]];
  /** How to get it: one sentence. */
  readonly install: string;
  /** A posture that is not here cannot be had of this agent. */
  readonly postures: Readonly<Partial<Record<Posture, PostureRow>>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Names of CAR's own environment it needs to find its settings and login. */
  readonly inherit?: readonly string[];
  /** A variable that gets a fresh secret each start, for agents that open a port of their own. */
  readonly secretEnv?: string;
  /** It does not end when its stdin does: it is sent TERM at once. */
  readonly isDeafToEof?: true;
  /** It is offered neither files nor terminals of CAR's: it works better with its own. */
  readonly offersNothing?: true;
}

/** Modes of the family that took Claude Code's names. */
const DEFAULT_AND_PLAN = {
  safe: { modes: ["default"] },
  "read-only": { modes: ["plan"] },
} as const;

/** As `-c`: what a mode of the agent would set, without the refusals that come with its full access. */
const codexArgs = (approval: string, sandbox: string) => [
  "-c",
  `approval_policy="${approval}"`,
  "-c",
  `sandbox_mode="${sandbox}"`,
];

/** What OpenCode asks for in the safe posture, and what it leaves in the read-only one. */
const OPENCODE_SAFE = {
  edit: "allow",
  bash: "ask",
  webfetch: "ask",
  external_directory: "ask",
  question: "deny",
};
const OPENCODE_READ = { ...OPENCODE_SAFE, edit: "deny", bash: "deny", external_directory: "deny" };
const opencodeEnv = (rules: Readonly<Record<string, string>>) => ({
  OPENCODE_PERMISSION: JSON.stringify(rules),
});

export const PRESETS = {
  hermes: {
    command: ["hermes", "acp"],
    install: "Install Hermes Agent and check that `hermes acp` starts.",
    inherit: ["HERMES_HOME"],
    postures: { yolo: {}, safe: {} },
  },
  "opencode-acp": {
    command: ["opencode", "acp", "--hostname", "127.0.0.1"],
    install: "Install it with `npm install -g opencode-ai`.",
    inherit: ["OPENCODE_CONFIG", "OPENCODE_CONFIG_DIR"],
    // Without a password its port answers everybody on the machine.
    secretEnv: "OPENCODE_SERVER_PASSWORD",
    // It would rewrite the repo's own opencode.json.
    env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1", OPENCODE_DISABLE_AUTOUPDATE: "1" },
    postures: {
      yolo: { env: opencodeEnv({ "*": "allow", question: "deny" }) },
      safe: { env: opencodeEnv(OPENCODE_SAFE) },
      "read-only": { env: opencodeEnv(OPENCODE_READ) },
    },
    // It writes each approved edit a second time through the client.
    offersNothing: true,
  },
  "codex-acp": {
    command: ["codex-acp"],
    install: "Install it with `npm install -g @zed-industries/codex-acp`.",
    inherit: ["CODEX_HOME", "CODEX_CA_CERTIFICATE"],
    isDeafToEof: true,
    postures: {
      yolo: {
        args: codexArgs("on-request", "danger-full-access"),
        modes: ["agent-full-access"],
      },
      safe: { args: codexArgs("on-request", "workspace-write") },
      "read-only": { args: codexArgs("never", "read-only") },
    },
  },
  "claude-agent-acp": {
    command: ["claude-agent-acp"],
    install: "Install it with `npm install -g @agentclientprotocol/claude-agent-acp`.",
    inherit: ["CLAUDE_CONFIG_DIR"],
    env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    postures: { yolo: { modes: ["bypassPermissions"] }, ...DEFAULT_AND_PLAN },
  },
  gemini: {
    command: ["gemini", "--acp"],
    install: "Install it with `npm install -g @google/gemini-cli`.",
    postures: { yolo: { modes: ["yolo"] }, ...DEFAULT_AND_PLAN },
  },
  qwen: {
    command: ["qwen", "--acp"],
    install: "Install it with `npm install -g @qwen-code/qwen-code`.",
    postures: { yolo: { modes: ["yolo"] }, ...DEFAULT_AND_PLAN },
  },
  goose: {
    command: ["goose", "acp"],
    install: "Install goose and check that `goose acp` starts.",
    postures: {
      yolo: { env: { GOOSE_MODE: "auto" } },
      safe: { env: { GOOSE_MODE: "approve" } },
    },
  },
} as const satisfies Record<string, AcpPreset>;

/** What is assumed of an agent that CAR does not know. It can promise nothing, so not read-only. */
const CUSTOM = {
  install: "Check agents.NAME.command in the config.",
  postures: { yolo: {}, safe: {} },
} as const satisfies Omit<AcpPreset, "command">;

/**
 * The preset behind a configured agent: the one its program is named for, else the one it is itself
 * named for. Undefined: the config names no command and CAR knows none.
 */
export function presetFor(name: string, command: readonly string[] | null): AcpPreset | undefined {
  const rows: Readonly<Record<string, AcpPreset>> = PRESETS;
  const [program, ...args] = command ?? [];
  if (program === undefined) return Object.hasOwn(rows, name) ? rows[name] : undefined;
  const own = basename(program);
  const known = Object.entries(rows).find(([key, row]) => key === name || row.command[0] === own);
  return { ...(known?.[1] ?? CUSTOM), command: [program, ...args] };
}

/** What CAR itself does in each posture; the agent's own part comes on top. */
const CLIENT_WORDS = {
  yolo: "requests are answered yes",
  safe: "requests wait for a person; files through CAR stay in the repo",
  "read-only": "requests are answered no; CAR writes and runs nothing for it",
} as const satisfies Record<Posture, string>;

/** Each posture in words, for `car agents`. @param mode the agent's mode as the config sets it. */
export function postureWords(
  preset: AcpPreset | undefined,
  mode: string | null,
): Readonly<Record<Posture, string>> {
  const wordsOf = (posture: Posture): string => {
    const row = preset?.postures[posture];
    const modes = mode === null ? row?.modes : [mode];
    if (row === undefined && mode === null) return "refused: this agent cannot promise it";
    const own = [
      ...(modes === undefined ? [] : [`mode ${modes.join(" or ")}`]),
      ...(row?.args ?? []).filter((arg) => arg !== "-c"),
      ...Object.entries(row?.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ];
    return [...own, CLIENT_WORDS[posture]].join("; ");
  };
  return { yolo: wordsOf("yolo"), safe: wordsOf("safe"), "read-only": wordsOf("read-only") };
}
