/** A real repository for tests, with a git that knows nothing of the machine's own configuration. */

import { systemClock } from "../../lib/base/clock.ts";
import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { Git, type GitOptions } from "../../lib/adapters/git/git.ts";
import { locate, type Repository } from "../../lib/adapters/git/repository.ts";

export interface TestRepo {
  readonly room: ProcessRoom;
  readonly git: Git;
  /** The folder around everything: home, repository and room for more. */
  readonly base: string;
  /** `base/repo`, initialised on branch main, nothing committed. */
  readonly root: string;
  /** Runs the plain git in `root`, as a person or agent would. @throws when it fails. */
  sh(script: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  repository(): Promise<Repository>;
}

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

export async function withRepo(
  body: (repo: TestRepo) => Promise<void>,
  options: Partial<GitOptions> & { readonly folder?: string } = {},
): Promise<void> {
  const outer = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-git-" }));
  // Every test also tests that blanks and quotes in names need no care.
  const base = `${outer}/${options.folder ?? 'a "b"'}`;
  await Deno.mkdir(base);
  const root = `${base}/repo`;
  await Deno.mkdir(`${base}/home`);
  await Deno.mkdir(root);
  const environment = { PATH, HOME: `${base}/home`, GIT_CONFIG_NOSYSTEM: "1" };
  const owner = crypto.randomUUID();
  const room = ProcessRoom.open({ root: base, owner, clock: systemClock, environment });
  const git = Git.find({ room, clock: systemClock, path: PATH, ...options });
  const sh = (script: string) => shell(script, root, environment);
  try {
    await sh("git init -q -b main .");
    await body({
      room,
      git,
      base,
      root,
      sh,
      write: (path, text) => Deno.writeTextFile(`${root}/${path}`, text),
      repository: () => repositoryOf(root),
    });
  } finally {
    await room.close();
    await Deno.remove(outer, { recursive: true });
  }
}

export async function repositoryOf(folder: string): Promise<Repository> {
  const located = await locate(folder);
  if (located.kind === "repository") return located.repository;
  throw new Error(`${folder}: ${located.kind}`);
}

async function shell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  const output = await new Deno.Command("/bin/sh", {
    args: ["-euc", script],
    cwd,
    clearEnv: true,
    env: { ...env, GIT_CONFIG_PARAMETERS: "'user.name=T' 'user.email=t@t' 'commit.gpgSign=false'" },
  }).output();
  if (output.success) return new TextDecoder().decode(output.stdout);
  throw new Error(`${script}: ${new TextDecoder().decode(output.stderr)}`);
}
