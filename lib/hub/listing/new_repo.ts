/** The entry for a repo that was found: pure. */

import { type NewRepo, pathInHub } from "../../control/manifest.ts";
import type { Candidate } from "./candidates.ts";

/** What the list knows already. */
export interface KnownRepos {
  /** The id of the repo in a folder, links followed. */
  idAt(root: string): string | undefined;
  readonly ids: ReadonlySet<string>;
}

/** It is on, and its run is not started by itself. Where git tells no base, `<base>--<branch>` may. */
export function newRepo(
  hubRoot: string,
  id: string,
  { root, name, worktree }: Candidate,
  known: KnownRepos,
): NewRepo {
  const entry = { id, path: pathInHub(hubRoot, root), enabled: true, autoRun: false };
  if (worktree === null) return { ...entry, kind: "base" };
  const base = (worktree.base === null ? undefined : known.idAt(worktree.base)) ??
    baseInName(name, known.ids);
  return {
    ...entry,
    kind: "worktree",
    ...(base === undefined ? {} : { worktreeOf: base }),
    ...(worktree.branch === null ? {} : { branch: worktree.branch }),
  };
}

/** The longest beginning that is an id: both parts may have `--` in them. */
function baseInName(name: string, ids: ReadonlySet<string>): string | undefined {
  for (let at = name.lastIndexOf("--"); at > 0; at = name.lastIndexOf("--", at - 1)) {
    if (ids.has(name.slice(0, at))) return name.slice(0, at);
  }
  return undefined;
}
