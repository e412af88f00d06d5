/** A scratch repository that CAR works in: committed once, initialised, with tickets, and a HOME of its own. */

import { initRepo } from "../../lib/control/init.ts";
import { repoPaths } from "../../lib/control/roots.ts";

export interface CarRepo extends AsyncDisposable {
  /** The repository's top folder, absolute, without symlinks. */
  readonly cwd: string;
  /** An empty HOME beside it. */
  readonly home: string;
  /** Where ticket `number` lies, absolute. */
  ticketPath(number: number): string;
  /** Paths are relative to `cwd`; folders are made as needed. */
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** Runs git as the repository's author. @throws with what git said, when it fails. */
  git(...args: string[]): Promise<string>;
}

export interface CarRepoOptions {
  /** Whole texts, which become TICKET-001.md and so on. */
  readonly tickets?: readonly string[];
  /** Instead of the config.yml that `car init` writes. */
  readonly config?: string;
  /** Committed files besides README.md: path -> text. */
  readonly files?: Readonly<Record<string, string>>;
  /** False leaves the repository without `.codex-autorunner`. */
  readonly initialised?: boolean;
  /** Name of the repository's folder; blanks by default, so that no test forgets to quote. */
  readonly folder?: string;
}

/** The text of a ticket: `done: false` and the given keys, then the body. */
export function ticketText(
  keys: Readonly<Record<string, string | number | boolean | readonly string[]>>,
  body: string,
): string {
  const lines = Object.entries({ done: false, ...keys }).map(([key, value]) =>
    `${key}: ${JSON.stringify(value)}`
  );
  return `---\n${lines.join("\n")}\n---\n\n${body.trimEnd()}\n`;
}

/** The body of a ticket for the `shell` agent: its commands in one fenced block. */
export const shellBody = (...commands: string[]): string =>
  `\`\`\`sh\n${commands.join("\n")}\n\`\`\`\n`;

const AUTHOR = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.invalid",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.invalid",
};

async function runGit(cwd: string, home: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { ...AUTHOR, HOME: home, PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" },
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function writeInto(folder: string, path: string, text: string): Promise<void> {
  const whole = `${folder}/${path}`;
  await Deno.mkdir(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(whole, text);
}

const ticketName = (number: number): string => `TICKET-${String(number).padStart(3, "0")}.md`;

async function fill(cwd: string, home: string, options: CarRepoOptions): Promise<void> {
  await runGit(cwd, home, ["init", "--quiet", "--initial-branch=main", "."]);
  // Commits made by CAR itself need an author too, and HOME has no configuration.
  await runGit(cwd, home, ["config", "user.name", AUTHOR.GIT_AUTHOR_NAME]);
  await runGit(cwd, home, ["config", "user.email", AUTHOR.GIT_AUTHOR_EMAIL]);
  const files = { "README.md": "# Scratch\n", ...options.files };
  for (const [path, text] of Object.entries(files)) await writeInto(cwd, path, text);
  await runGit(cwd, home, ["add", "--all"]);
  await runGit(cwd, home, ["commit", "--quiet", "--message=Begin"]);
  if (options.initialised === false) return;
  await initRepo(cwd);
  const paths = repoPaths(cwd);
  if (options.config !== undefined) await Deno.writeTextFile(paths.config, options.config);
  for (const [at, text] of (options.tickets ?? []).entries()) {
    await writeInto(paths.tickets, ticketName(at + 1), text);
  }
}

/** Makes the repository; `await using` removes it with its HOME. */
export async function makeCarRepo(options: CarRepoOptions = {}): Promise<CarRepo> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-test-" }));
  const cwd = `${base}/${options.folder ?? "a repo"}`;
  const home = `${base}/home`;
  const remove = () => Deno.remove(base, { recursive: true });
  try {
    await Deno.mkdir(cwd);
    await Deno.mkdir(home);
    await fill(cwd, home, options);
  } catch (thrown) {
    await remove();
    throw thrown;
  }
  return {
    cwd,
    home,
    ticketPath: (number) => `${repoPaths(cwd).tickets}/${ticketName(number)}`,
    write: (path, text) => writeInto(cwd, path, text),
    read: (path) => Deno.readTextFile(`${cwd}/${path}`),
    git: (...args) => runGit(cwd, home, args),
    [Symbol.asyncDispose]: remove,
  };
}
