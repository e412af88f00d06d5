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

/** Where the program is once installed, absolute. */
export const agentProgram = (agent: PinnedAgent): string =>
  `${agentFolder(agent)}/node_modules/${agent.package}/${agent.program}`;
