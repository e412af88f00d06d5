/** The agent programs the tests run, pinned to the byte. Data and paths only; installing is fetch_agents.ts. */

/** One agent program on one platform, as an npm package. */
export interface PinnedAgent {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** sha512 of the package's tarball, as a lock file spells it. */
  readonly integrity: string;
  /** Where the program lies inside the package. */
  readonly program: string;
}

const CODEX = "@openai/codex";

/** Keys are `NAME-OS-ARCH` with Deno's words for both. A platform that is not here has no tests of the agent. */
export const PINNED_AGENTS = {
  "codex-linux-x86_64": {
    name: "codex",
    package: CODEX,
    version: "0.169.0-linux-x64",
    integrity:
      "sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww==",
    program: "vendor/x86_64-unknown-linux-musl/bin/codex",
  },
  "codex-linux-aarch64": {
    name: "codex",
    package: CODEX,
    version: "0.169.0-linux-arm64",
    integrity:
      "sha512-NZ/DaQUpcQmxmqee7Z9uC1rzw3GhSbooawcaTe1LN5Yk+WlinUKGdTXJgClRT/9ogQEEM9TWxYzvxPfj5G/xFg==",
    program: "vendor/aarch64-unknown-linux-musl/bin/codex",
  },
  "codex-darwin-x86_64": {
    name: "codex",
    package: CODEX,
    version: "0.169.0-darwin-x64",
    integrity:
      "sha512-K1FKSsSLl9v3z5TeagBQXyQRDBIGB5Jncy5dxsRxwT3aaTqN3AI8VrCfoxBxKMOOU9O2QX1vg7WkBwNVth/s9A==",
    program: "vendor/x86_64-apple-darwin/bin/codex",
  },
  "codex-darwin-aarch64": {
    name: "codex",
    package: CODEX,
    version: "0.169.0-darwin-arm64",
    integrity:
      "sha512-5WsWFBbVP78D+6FvNo1MMVxLPZdmcoQlqVJFrF4qx/TmvneLnMQKtLyXkUo54XOTDfoYKpNouTJ/F7gTVA8FnQ==",
    program: "vendor/aarch64-apple-darwin/bin/codex",
  },
  "codex-acp-linux-x86_64": {
    name: "codex-acp",
    package: "@zed-industries/codex-acp-linux-x64",
    version: "0.16.0",
    integrity:
      "sha512-xs5zZBLpJuciEbZNx6ZSNL0qCa9h3i/zWpj40sp6QtF+L4Ow/7qzHdBzboGhHdcz1jrLedfZeRFDA2Elj8TLMA==",
    program: "bin/codex-acp",
  },
  "codex-acp-linux-aarch64": {
    name: "codex-acp",
    package: "@zed-industries/codex-acp-linux-arm64",
    version: "0.16.0",
    integrity:
      "sha512-8HaZGWVPVs1N6yqImLCKlnlcYTYc9BMCEhaVJk0ON9lyofhK9mOBBAHQndKC4Scqq5JLUHQIOyb8+jwHUe3hSQ==",
    program: "bin/codex-acp",
  },
  "codex-acp-darwin-x86_64": {
    name: "codex-acp",
    package: "@zed-industries/codex-acp-darwin-x64",
    version: "0.16.0",
    integrity:
      "sha512-QCWggk0s4GTPLCR7eznyx29Dls4gzUKvp4MjZ4nzPX5gDL/02PGY+oCV1WsQOsnzWRK0RxM+GlK19rG1qzqplw==",
    program: "bin/codex-acp",
  },
  "codex-acp-darwin-aarch64": {
    name: "codex-acp",
    package: "@zed-industries/codex-acp-darwin-arm64",
    version: "0.16.0",
    integrity:
      "sha512-2AmbWsc/+Mpn6U8UOIlPLvgwGsGOr/LFpgcvrnjcCT9V1yY92MLrqzjMX82+VjTrRLRuXvc25SB5Z1++4Pw29g==",
    program: "bin/codex-acp",
  },
  "opencode-linux-x86_64": {
    name: "opencode",
    package: "opencode-linux-x64",
    version: "1.18.33",
    integrity:
      "sha512-q/t/3p2CTxOT9y2kvjesb/LZab2+1eqlhhWA02Be6mjTtmYtNBcBsrI5yDo4Fw7ZSPBW2oyMIGMNRqiKQjiAWw==",
    program: "bin/opencode",
  },
} as const satisfies Record<string, PinnedAgent>;

/** The folder the programs are installed in, below the root of this repository. */
export const AGENTS_FOLDER = new URL("../.deno/agents/", import.meta.url).pathname;

/** The row for this machine, or undefined when the agent is not pinned for it. */
export function pinnedAgent(name: string): PinnedAgent | undefined {
  const rows: Readonly<Record<string, PinnedAgent>> = PINNED_AGENTS;
  return rows[`${name}-${Deno.build.os}-${Deno.build.arch}`];
}

/** The folder one pinned agent is installed in, absolute. */
export const agentFolder = (agent: PinnedAgent): string =>
  `${AGENTS_FOLDER}${agent.name}-${agent.version}`;

/** Where the program lies inside that folder. */
export const programInside = (agent: PinnedAgent): string =>
  `node_modules/${agent.package}/${agent.program}`;

/** Where the program is once installed, absolute. */
export const agentProgram = (agent: PinnedAgent): string =>
  `${agentFolder(agent)}/${programInside(agent)}`;
