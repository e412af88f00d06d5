/** Doctor's checks of git and of the machine. */

import { statfsSync } from "node:fs";
import { byteSize, duration, oneLine } from "../base/text.ts";
import type { Check, DoctorContext, Finding } from "./doctor.ts";
import { removeFile, systemCode } from "./files.ts";
import { lockWarning } from "./lock.ts";

const ok = (found: string): Finding => ({ ok: true, found });

/** The oldest git whose worktree and porcelain formats CAR reads. */
const GIT_MIN = [2, 25] as const;

async function gitVersion(context: DoctorContext): Promise<Finding> {
  const answer = await context.git(["--version"]);
  if (answer === null || answer.code !== 0) {
    const cure = "Install git with the system's package manager and see that it is on PATH.";
    return { ok: false, found: "There is no git program.", cure };
  }
  const version = answer.stdout.trim();
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const fits = major > GIT_MIN[0] || (major === GIT_MIN[0] && minor >= GIT_MIN[1]);
  if (fits) return ok(version);
  const cure = `Install git ${GIT_MIN.join(".")} or newer.`;
  return { ok: false, found: `${version} is too old.`, cure };
}

async function gitRepo(context: DoctorContext): Promise<Finding> {
  const answer = await context.git(["rev-parse", "--is-inside-work-tree"]);
  if (answer === null) return { ok: false, found: "There is no git.", cure: "Install git." };
  if (answer.code !== 0) {
    const said = oneLine(answer.stderr, 200);
    return {
      ok: false,
      found: said || "Not a git repo.",
      cure: `Run "git init" in ${context.repo.root}.`,
    };
  }
  if (answer.stdout.trim() !== "true") {
    const cure = "Use a clone with a work tree: agents work on files.";
    return { ok: false, found: "The repo is bare: it has no work tree.", cure };
  }
  const [head, branch] = [
    await context.git(["rev-parse", "--verify", "--quiet", "HEAD"]),
    await context.git(["symbolic-ref", "--quiet", "--short", "HEAD"]),
  ];
  if (head?.code !== 0) {
    const cure = 'Make a first commit: "git commit --allow-empty -m start".';
    return { ok: false, severity: "warning", found: "The branch has no commit yet.", cure };
  }
  if (branch?.code === 0) return ok(`On branch ${oneLine(branch.stdout, 100)}.`);
  const cure = 'Switch to a branch, so that commits are not lost: "git switch -c NAME".';
  return {
    ok: false,
    severity: "warning",
    found: "No branch is checked out (detached HEAD).",
    cure,
  };
}

/** A git command that lives holds its lock for less. */
const INDEX_LOCK_MS_MAX = 10_000;

async function indexLock(context: DoctorContext): Promise<Finding> {
  const answer = await context.git(["rev-parse", "--git-path", "index.lock"]);
  if (answer === null || answer.code !== 0) return ok("Not a git repo.");
  const said = answer.stdout.replace(/\r?\n$/, "");
  const path = said.startsWith("/") ? said : `${context.repo.root}/${said}`;
  const modified = modifiedMs(path);
  if (modified === null) return ok("None.");
  const age = Math.max(0, context.clock.now() - modified);
  if (age < INDEX_LOCK_MS_MAX || await context.gitBusy()) return ok("Git is at work just now.");
  return {
    ok: false,
    found: `${path} is ${duration(age)} old, and no git is at work: every commit fails.`,
    cure: "See that no git runs in this repo, then remove the file.",
    fix: async () => {
      if (await context.gitBusy()) return "Left alone: git is at work now.";
      await removeFile(path);
      return `Removed ${path}.`;
    },
  };
}

function modifiedMs(path: string): number | null {
  try {
    return Deno.lstatSync(path).mtime?.getTime() ?? 0;
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

const DISK_BYTES_LOW = 1024 ** 3;
/** The journal, a turn's logs and a commit need room to be finished. */
const DISK_BYTES_MIN = 100 * 1024 ** 2;
const INODES_MIN = 1_000;

function diskSpace({ repo }: DoctorContext): Promise<Finding> {
  const { bavail, bsize, files, ffree } = statfsSync(repo.root);
  const free = bavail * bsize;
  const cure = "Free some space: what is under .codex-autorunner/archive may be moved away.";
  // Some file systems count no inodes and say 0.
  if (files > 0 && ffree < INODES_MIN) {
    return Promise.resolve({ ok: false, found: `Only ${ffree} more files fit on the disk.`, cure });
  }
  if (free >= DISK_BYTES_LOW) return Promise.resolve(ok(`${byteSize(free)} free.`));
  const severity = free < DISK_BYTES_MIN ? "error" : "warning";
  return Promise.resolve({ ok: false, severity, found: `Only ${byteSize(free)} free.`, cure });
}

function fileLocks({ repo }: DoctorContext): Promise<Finding> {
  const warning = lockWarning(repo.root);
  if (warning === null) return Promise.resolve(ok("Locks hold here."));
  const cure = "Keep the repo on a local disk, or use it from one machine only.";
  return Promise.resolve({ ok: false, found: warning, cure });
}

export const GIT_CHECKS = {
  git: { title: "Git", severity: "error", run: gitVersion },
  git_repo: { title: "Git repo", severity: "error", run: gitRepo },
  index_lock: { title: "Git's index lock", severity: "error", run: indexLock },
  disk: { title: "Disk space", severity: "error", run: diskSpace },
  file_locks: { title: "File locks", severity: "warning", run: fileLocks },
} as const satisfies Record<string, Check>;
