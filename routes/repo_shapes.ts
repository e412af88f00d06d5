/** The shape of a repo in the list. */

import * as z from "zod/mini";
import { type HubRepoRow, REPO_STATUSES, type RepoStatusName } from "../lib/hub/fleet/row.ts";
import { moment } from "./fields.ts";

const STATUS_NAMES = Object.keys(REPO_STATUSES) as RepoStatusName[];

export const HUB_REPO_ROW = z.object({
  id: z.string(),
  path: z.string(),
  root: z.string(),
  displayName: z.string(),
  enabled: z.boolean(),
  autoRun: z.boolean(),
  kind: z.enum(["base", "worktree"]),
  worktreeOf: z.nullable(z.string()),
  branch: z.nullable(z.string()),
  exists: z.boolean(),
  initialized: z.boolean(),
  initError: z.nullable(z.string()),
  setupTrouble: z.nullable(z.string()),
  status: z.enum(STATUS_NAMES),
  lock: z.enum(["UNLOCKED", "LOCKED_ALIVE", "LOCKED_STALE"]),
  reason: z.string(),
  sinceMs: z.nullable(moment()),
  run: z.nullable(z.string()),
  lastRun: z.nullable(z.object({
    id: z.string(),
    status: z.string(),
    startedMs: moment(),
    endedMs: z.nullable(moment()),
  })),
  done: z.nullable(z.int()),
  total: z.nullable(z.int()),
  dirty: z.nullable(z.boolean()),
  attention: z.int(),
  lastActivityMs: z.nullable(moment()),
  slot: z.union([z.enum(["none", "held"]), z.object({ waiting: z.int() })]),
  destination: z.looseObject({ kind: z.string() }),
});

/** A row as it is sent. */
export const shownRow = (row: HubRepoRow) => ({ ...row, destination: { ...row.destination } });
