/** The worktrees of a hub's repos: made, looked at, cleaned up. */

import * as z from "zod/mini";
import { hubPaths } from "../lib/control/roots.ts";
import { Worktrees } from "../lib/hub/worktrees/worktrees.ts";
import { created } from "./answers.ts";
import { type Route, route } from "./route.ts";
import type { Site } from "./site.ts";

const tag = "worktrees";

async function withWorktrees<T>(site: Site, body: (it: Worktrees) => Promise<T>): Promise<T> {
  const { fleet, clock, environment, safe, log } = site;
  const worktrees = await Worktrees.open(hubPaths(fleet.root), {
    clock,
    environment,
    safe,
    say: log,
  });
  try {
    return await body(worktrees);
  } finally {
    await worktrees.close();
  }
}

const LOOK = z.looseObject({
  id: z.string(),
  base: z.string(),
  path: z.string(),
  exists: z.boolean(),
  branch: z.nullable(z.string()),
  trouble: z.nullable(z.string()),
  changed: z.nullable(z.int()),
  untracked: z.nullable(z.int()),
  ahead: z.nullable(z.int()),
  behind: z.nullable(z.int()),
  locked: z.boolean(),
});

export const listWorktrees = route({
  method: "get",
  path: "/hub/worktrees",
  scope: "hub",
  tag,
  summary: "list the worktrees with what is uncommitted and unpushed in each",
  query: z.strictObject({ repo: z.optional(z.string()) }),
  answer: z.object({ worktrees: z.array(LOOK) }),
  handle: ({ site, query }) =>
    withWorktrees(site, async (it) => ({
      worktrees: (await it.list(query.repo)).map((look) => ({ ...look })),
    })),
});

export const createWorktreeRoute = route({
  method: "post",
  path: "/hub/worktrees/create",
  scope: "hub",
  tag,
  summary: "make a worktree of a repo for a branch, new or there already",
  body: z.strictObject({
    repo: z.string(),
    branch: z.string().check(z.trim(), z.minLength(1), z.maxLength(250)),
    from: z.optional(z.string()),
    /** The setup commands of the repo; they run unless this says no. */
    setup: z.optional(z.boolean()),
    withTickets: z.optional(z.boolean()),
    withContext: z.optional(z.boolean()),
  }),
  answer: created(z.object({
    id: z.string(),
    path: z.string(),
    branch: z.string(),
    state: z.string(),
    /** Why its setup failed; the worktree is there all the same. */
    reason: z.nullable(z.string()),
    existed: z.boolean(),
  })),
  errors: ["conflict", "waiting", "unavailable", "timeout"],
  handle: async ({ site, body }) => {
    const { record, existed } = await withWorktrees(
      site,
      (it) =>
        it.create(body.repo, body.branch, {
          from: body.from ?? null,
          setup: body.setup ?? true,
          seeds: {
            tickets: body.withTickets === true ? "open" : "none",
            contextspace: body.withContext ?? false,
          },
        }),
    );
    await site.fleet.scan();
    const { id, path, branch, state, reason } = record;
    return { id, path, branch, state, reason, existed };
  },
});

const REMOVAL = z.strictObject({
  id: z.string(),
  /** Remove it whatever speaks against it; what can be saved is saved all the same. */
  force: z.optional(z.boolean()),
  deleteBranch: z.optional(z.boolean()),
});

const REMOVED = z.object({
  id: z.string(),
  branch: z.string(),
  saved: z.nullable(z.looseObject({ ref: z.string(), files: z.int() })),
  archive: z.nullable(z.string()),
  branchKept: z.boolean(),
  savedBranch: z.nullable(z.string()),
});

function removalRow<const Name extends "cleanup" | "delete">(name: Name, summary: string) {
  return route({
    method: "post",
    path: `/hub/worktrees/${name}`,
    scope: "hub",
    tag,
    summary,
    body: REMOVAL,
    answer: REMOVED,
    errors: ["conflict", "locked", "not_found", "unavailable", "timeout"],
    handle: async ({ site, body }) => {
      const options = { force: body.force ?? false, deleteBranch: body.deleteBranch ?? false };
      const removed = await withWorktrees(
        site,
        (it) => name === "delete" ? it.delete(body.id, options) : it.cleanup(body.id, options),
      );
      await site.fleet.scan();
      return { ...removed, saved: removed.saved === null ? null : { ...removed.saved } };
    },
  });
}

export const HUB_WORKTREE_ROUTES = [
  listWorktrees,
  createWorktreeRoute,
  removalRow("cleanup", "remove a worktree; its work, tickets and runs are kept"),
  removalRow("delete", "remove a worktree without an archive"),
] as const satisfies readonly Route[];
