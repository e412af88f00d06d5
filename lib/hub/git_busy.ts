/** Whether a git that is not ours is at work in a folder. */

/** Fields of /proc/PID/stat behind the name: the parent, and the session. */
const PARENT_FIELD = 1;
const SESSION_FIELD = 3;

interface SeenGit {
  readonly parent: number;
  readonly session: number;
  readonly cwd: string;
}

/**
 * Looks at the processes of the system; those that this process started are left out.
 * @param root Absolute, without links. @returns True also where it cannot be told.
 */
export function isGitBusy(root: string): boolean {
  let pids: readonly string[];
  try {
    pids = [...Deno.readDirSync("/proc")].map(({ name }) => name);
  } catch {
    // No /proc to look into: a lock is left alone rather than taken from a git at work.
    return true;
  }
  return pids.filter((name) => /^\d+$/.test(name)).map(seenGit).some((git) =>
    git !== null && isBelow(root, git.cwd) && !isOurs(git)
  );
}

const isBelow = (root: string, path: string): boolean =>
  path === root || path.startsWith(`${root}/`);

/** Each of our processes leads a session of its own, in which its helpers are. */
function isOurs({ parent, session }: SeenGit): boolean {
  return parent === Deno.pid || parentOf(session) === Deno.pid;
}

/** Null for what is no git, has ended, or may not be looked at. */
function seenGit(pid: string): SeenGit | null {
  try {
    if (!/^git(-|$)/.test(Deno.readTextFileSync(`/proc/${pid}/comm`).trim())) return null;
    const fields = fieldsOf(pid);
    return {
      parent: Number(fields[PARENT_FIELD]),
      session: Number(fields[SESSION_FIELD]),
      cwd: Deno.readLinkSync(`/proc/${pid}/cwd`),
    };
  } catch {
    return null;
  }
}

function fieldsOf(pid: string): readonly string[] {
  const line = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return line.slice(line.lastIndexOf(")") + 2).split(" ");
}

function parentOf(pid: number): number | null {
  try {
    return Number(fieldsOf(String(pid))[PARENT_FIELD]);
  } catch {
    return null;
  }
}
