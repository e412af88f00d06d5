/** A scratch hub with repos in it: real git, tickets for the `shell` agent, a manifest that names them all. */

import { initHub, initRepo } from "../../lib/control/init.ts";
import { hubPaths, repoPaths } from "../../lib/control/roots.ts";
import { ticketText } from "./car_repo.ts";

export interface HubFolder extends AsyncDisposable {
  /** Absolute, without links. */
  readonly root: string;
  /** An empty HOME beside it. */
  readonly home: string;
  repo(id: string): string;
  /** Writes `TICKET-00N.md` of a repo: its `sh` block, and its frontmatter. */
  ticket(id: string, number: number, script: string, keys?: TicketKeys): Promise<void>;
  isDone(id: string, number: number): Promise<boolean>;
  /** Writes the manifest anew. */
  manifest(entries: readonly ManifestLine[]): Promise<void>;
}

type TicketKeys = Readonly<Record<string, string | boolean | readonly string[]>>;

export interface ManifestLine {
  readonly id: string;
  readonly path?: string;
  readonly auto_run?: boolean;
  readonly enabled?: boolean;
}

export interface HubFolderOptions {
  readonly repos: readonly string[];
  readonly maxParallel?: number;
  /** Lines of each repo's own config, beneath its head. */
  readonly config?: string;
}

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

/** What a process of CAR in this hub gets as its environment. */
export const hubEnvironment = (home: string): Record<string, string> => ({
  PATH,
  HOME: home,
  GIT_CONFIG_NOSYSTEM: "1",
});

const ticketName = (number: number): string => `TICKET-${String(number).padStart(3, "0")}.md`;

export async function makeHubFolder(options: HubFolderOptions): Promise<HubFolder> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-hub-" }));
  const [root, home, first] = [`${base}/hub`, `${base}/home`, `${base}/first`];
  for (const folder of [root, home, first]) await Deno.mkdir(folder);
  const remove = () => Deno.remove(base, { recursive: true });
  try {
    await initHub(root);
    const parallel = options.maxParallel ?? null;
    await Deno.writeTextFile(
      hubPaths(root).config,
      `version: 2\nmode: hub\nhub:\n  max_parallel: ${parallel ?? "null"}\n`,
    );
    await makeFirst(first, home, options.config ?? "");
    for (const id of options.repos) await copy(first, `${root}/${id}`);
  } catch (thrown) {
    await remove();
    throw thrown;
  }
  const folder: HubFolder = {
    root,
    home,
    repo: (id) => `${root}/${id}`,
    ticket: (id, number, script, keys = {}) =>
      Deno.writeTextFile(
        `${repoPaths(`${root}/${id}`).tickets}/${ticketName(number)}`,
        ticketText({ agent: "shell", ...keys }, `\`\`\`sh\n${script}\n\`\`\`\n`),
      ),
    isDone: async (id, number) => {
      const path = `${repoPaths(`${root}/${id}`).tickets}/${ticketName(number)}`;
      return /^done: true$/m.test(await Deno.readTextFile(path));
    },
    manifest: (entries) => Deno.writeTextFile(hubPaths(root).manifest, manifestText(entries)),
    [Symbol.asyncDispose]: remove,
  };
  await folder.manifest(options.repos.map((id) => ({ id })));
  return folder;
}

function manifestText(entries: readonly ManifestLine[]): string {
  const lines = entries.flatMap(({ id, path, auto_run, enabled }) => [
    `  - id: ${id}`,
    `    path: ${path ?? id}`,
    `    enabled: ${enabled ?? true}`,
    `    auto_run: ${auto_run ?? false}`,
    `    kind: base`,
  ]);
  return `version: 3\nrepos:${lines.length === 0 ? " []" : `\n${lines.join("\n")}`}\n`;
}

async function makeFirst(cwd: string, home: string, config: string): Promise<void> {
  const script = "git init -q -b main . && git config user.name Test && " +
    "git config user.email test@example.invalid && echo hi > README.md && git add . && " +
    "git commit -qm Begin";
  await sh(script, cwd, home);
  await initRepo(cwd);
  await Deno.writeTextFile(repoPaths(cwd).config, `version: 2\nmode: repo\n${config}`);
}

async function copy(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-R", from, to] }).output();
  if (!success) throw new Error(`cp -R ${from} ${to} failed`);
}

async function sh(script: string, cwd: string, home: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-euc", script],
    cwd,
    clearEnv: true,
    env: hubEnvironment(home),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
