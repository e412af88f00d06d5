/** Which commit a new worktree begins at, decided from what the repo and its remote have. */

import {
  branchCommit,
  commitOf,
  fetchRemote,
  isBranchName,
  isContained,
  remoteFor,
  upstreamOf,
} from "../../adapters/git/branches.ts";
import { headOf } from "../../adapters/git/state.ts";
import { listWorktrees } from "../../adapters/git/worktrees.ts";
import { CarError } from "../../base/errors.ts";
import { mayRunHooks, type Site } from "./site.ts";

export interface StartPoint {
  readonly commit: string;
  /** The branch has to be made. */
  readonly isNew: boolean;
  /** `origin/x`, which the new branch follows; else null. */
  readonly follows: string | null;
}

/**
 * A branch that is there is taken as it is; one that the remote has is followed. Any other begins at
 * `from`, else at the repo's own HEAD, or where the remote has gone on from that.
 *
 * @throws {CarError} `invalid` for a name no branch can have, `not_found` for an unknown `from`,
 * `conflict` when the branch is checked out elsewhere, begins elsewhere, or there is no commit yet.
 */
export async function findStart(
  site: Site,
  branch: string,
  from: string | null,
): Promise<StartPoint> {
  const { git } = site.tools;
  const { repository } = site.base;
  if (!await isBranchName(git, repository, branch)) {
    throw new CarError("invalid", `No git branch can be called "${branch}".`, {
      hint: "Use letters, digits, dots, dashes and slashes, and do not begin with a dash.",
    });
  }
  await refuseCheckedOut(site, branch);
  const head = await headOf(git, repository);
  const remote = await remoteFor(git, repository, head.kind === "detached" ? null : head.branch);
  if (remote !== null) await fetch(site, remote);
  const there = await branchCommit(git, repository, branch);
  if (there !== null) return await existing(site, branch, there, from);
  if (from !== null) return await named(site, from, remote);
  const far = remote === null ? null : `${remote}/${branch}`;
  const farCommit = far === null ? null : await commitOf(git, repository, `refs/remotes/${far}`);
  if (farCommit !== null) return { commit: farCommit, isNew: true, follows: far };
  if (head.kind === "unborn") {
    throw new CarError("conflict", `${repository.root} has no commit yet.`, {
      hint: "Commit something first: a worktree needs a commit to begin at.",
    });
  }
  return { commit: await newest(site, head), isNew: true, follows: null };
}

async function refuseCheckedOut(site: Site, branch: string): Promise<void> {
  const worktrees = await listWorktrees(site.tools.git, site.base.repository);
  const other = worktrees.find((it) => it.branch === branch);
  if (other === undefined) return;
  throw new CarError("conflict", `The branch ${branch} is checked out in ${other.path}.`, {
    hint: "Use that one, switch it to another branch, or name another branch here.",
  });
}

/** What cannot be fetched may be there from before: that is for a person to know, and no failure. */
async function fetch({ tools, base, say }: Site, remote: string): Promise<void> {
  const problem = await fetchRemote(tools.git, base.repository, remote, {
    trusted: mayRunHooks(base, tools),
    timeoutMs: base.config.git.network_timeout_seconds * 1000,
  });
  if (problem !== null) say(`Could not fetch from ${remote}, so it may have newer: ${problem}`);
}

async function existing(
  { tools, base }: Site,
  branch: string,
  commit: string,
  from: string | null,
): Promise<StartPoint> {
  const asked = from === null ? commit : await commitOf(tools.git, base.repository, from);
  if (asked === commit) return { commit, isNew: false, follows: null };
  throw new CarError(
    "conflict",
    `The branch ${branch} is there already, at ${commit.slice(0, 10)} and not at ${from}.`,
    { hint: "Leave --from out to use it as it is, or name another branch." },
  );
}

async function named(
  { tools, base }: Site,
  from: string,
  remote: string | null,
): Promise<StartPoint> {
  const { git } = tools;
  const commit = await commitOf(git, base.repository, from) ??
    (remote === null
      ? null
      : await commitOf(git, base.repository, `refs/remotes/${remote}/${from}`));
  if (commit !== null) return { commit, isNew: true, follows: null };
  throw new CarError("not_found", `There is no commit "${from}" in ${base.repository.root}.`, {
    hint: "Name a branch, a tag or a commit's id.",
  });
}

async function newest(
  { tools, base, say }: Site,
  head: { readonly kind: "branch" | "detached"; readonly sha: string; readonly branch?: string },
): Promise<string> {
  if (head.kind === "detached" || head.branch === undefined) return head.sha;
  const { git } = tools;
  const upstream = await upstreamOf(git, base.repository, head.branch);
  const far = upstream === null ? null : await commitOf(git, base.repository, upstream);
  if (upstream === null || far === null || far === head.sha) return head.sha;
  const name = upstream.replace(/^refs\/remotes\//, "");
  if (await isContained(git, base.repository, head.sha, far)) {
    say(`${name} is ahead of ${head.branch}: the new branch begins there`);
    return far;
  }
  if (!await isContained(git, base.repository, far, head.sha)) {
    say(`${head.branch} and ${name} have parted: the new branch begins at ${head.branch}`);
  }
  return head.sha;
}
