/**
 * The places at which the durability tests have CAR die, or have the disk say no. Every act that is
 * meant to last passes one. They do nothing unless CAR_TEST=1 and CAR_FAILPOINT are in the environment
 * with which CAR was started.
 *
 * CAR_FAILPOINT: `N:kill`, `N:enospc` or `N:eio` acts at the N-th place passed, counted from 1;
 * `0:count` acts nowhere. CAR_FAILPOINT_LOG: a file that gets the name of each place passed.
 */

/** What is about to happen, or has just happened, at each place. */
export const FAILPOINTS = {
  "file.create": "a new file is about to be made",
  "file.write": "bytes are about to be written",
  "file.fsync": "the disk is about to be asked to keep a file or folder",
  "file.rename": "a file is about to get its name",
  "file.unlink": "a file is about to go",
  "folder.make": "a folder is about to be made",
  "database.write": "a transaction is about to be committed",
  "database.written": "a transaction is on the disk, and nothing has followed from it",
  "git.commit": "git is about to commit",
  "git.committed": "git has committed, and nobody has noted it",
  "worktree.step": "git has done a step of making or removing a worktree, and nobody has noted it",
} as const satisfies Record<string, string>;

export type Failpoint = keyof typeof FAILPOINTS;

interface Plan {
  readonly at: number;
  readonly how: string;
  readonly log: string | undefined;
}

/** How the system and SQLite name the two troubles of a disk. */
const TROUBLES = {
  enospc: { code: "ENOSPC", errcode: 13 },
  eio: { code: "EIO", errcode: 10 },
} as const satisfies Record<string, { code: string; errcode: number }>;

let plan: Plan | null | undefined;
let passed = 0;

function readPlan(): Plan | null {
  try {
    if (Deno.env.get("CAR_TEST") !== "1") return null;
    const match = /^(\d+):(kill|enospc|eio|count)$/.exec(Deno.env.get("CAR_FAILPOINT") ?? "");
    if (match === null) return null;
    const [, at, how = ""] = match;
    return { at: Number(at), how, log: Deno.env.get("CAR_FAILPOINT_LOG") };
  } catch {
    // A posture that may not read the environment is no test.
    return null;
  }
}

/** A place at which CAR may die; the act before it has happened and cannot fail any more. */
export function killpoint(place: Failpoint): void {
  if (plan === undefined) plan = readPlan();
  if (plan === null) return;
  passed++;
  if (plan.log !== undefined) note(plan.log, place);
  if (passed === plan.at && plan.how === "kill") Deno.kill(Deno.pid, "SIGKILL");
}

/**
 * A place at which CAR may die, or the act that follows may fail.
 * @throws {Error} as the system or SQLite would, only in a test that asked for it.
 */
export function failpoint(place: Failpoint): void {
  killpoint(place);
  if (plan === null || plan === undefined || passed !== plan.at) return;
  if (plan.how !== "enospc" && plan.how !== "eio") return;
  throw Object.assign(new Error(`injected at ${place}`), TROUBLES[plan.how]);
}

function note(log: string, place: Failpoint): void {
  using file = Deno.openSync(log, { append: true, create: true });
  file.writeSync(new TextEncoder().encode(`${place}\n`));
}
