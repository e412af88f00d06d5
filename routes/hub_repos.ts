/** The repos of a hub: the list, what is added and taken off, its switches, and the run of each. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import type { RepoChanges } from "../lib/control/manifest.ts";
import { initRepo } from "../lib/control/init.ts";
import type { HubRepoRow } from "../lib/hub/fleet/row.ts";
import { cloneRepo } from "../lib/hub/listing/clone.ts";
import { hubGround } from "../lib/hub/listing/hub_scanner.ts";
import { addRepo, changeRepo, removeRepo } from "../lib/hub/listing/roster.ts";
import { accepted, created } from "./answers.ts";
import { segment } from "./fields.ts";
import { HUB_REPO_ROW, shownRow } from "./repo_shapes.ts";
import { type Route, route } from "./route.ts";
import { RUN_SUMMARY } from "./run_shapes.ts";
import { startedRun } from "./run_start.ts";
import { commanded } from "./runs.ts";
import type { Site } from "./site.ts";

const tag = "hub";
const ID = z.object({ id: segment() });

/**
 * The row with the names that the older papers have for the same facts, so that programs written for
 * them can read it.
 */
const OLDER_NAMES = z.extend(HUB_REPO_ROW, {
  display_name: z.string(),
  auto_run: z.boolean(),
  exists_on_disk: z.boolean(),
  init_error: z.nullable(z.string()),
  lock_status: z.string(),
  last_run_id: z.nullable(z.string()),
  worktree_of: z.nullable(z.string()),
  is_clean: z.nullable(z.boolean()),
});

const listed = (row: HubRepoRow) => ({
  ...shownRow(row),
  display_name: row.displayName,
  auto_run: row.autoRun,
  exists_on_disk: row.exists,
  init_error: row.initError,
  lock_status: row.lock.toLowerCase(),
  last_run_id: row.lastRun?.id ?? null,
  worktree_of: row.worktreeOf,
  is_clean: row.dirty === null ? null : !row.dirty,
});

const LIST = z.object({
  version: z.int(),
  repos: z.array(OLDER_NAMES),
  /** Questions that wait in chats about the hub as a whole: no repo counts them. */
  attention: z.int(),
});

const listOf = ({ fleet }: Site) => ({
  version: fleet.version(),
  repos: fleet.repos().map(listed),
  attention: fleet.attention(),
});

export const listRepos = route({
  method: "get",
  path: "/hub/repos",
  scope: "hub",
  tag,
  summary: "list the repos and worktrees of the hub, with what each does and why",
  answer: LIST,
  version: ({ site }) => site.fleet.version(),
  handle: ({ site }) => listOf(site),
});

export const scanRoute = route({
  method: "post",
  path: "/hub/repos/scan",
  scope: "hub",
  tag,
  summary: "look through the hub's folders again, and set CAR up in what is found",
  answer: LIST,
  errors: ["invalid"],
  handle: async ({ site }) => {
    await site.fleet.scan();
    return listOf(site);
  },
});

const ADDED = z.object({
  id: z.string(),
  root: z.string(),
  isNew: z.boolean(),
  initError: z.nullable(z.string()),
});

const ground = ({ fleet, environment }: Site) => hubGround(fleet.root, environment);

export const addRoute = route({
  method: "post",
  path: "/hub/repos",
  scope: "hub",
  tag,
  summary: "list a git repo that lies somewhere on this machine, and set CAR up in it",
  body: z.strictObject({
    path: z.string().check(z.minLength(1), z.maxLength(4_096)),
    id: z.optional(z.string()),
  }),
  answer: created(ADDED),
  errors: ["conflict"],
  handle: async ({ site, body }) => {
    const folder = body.path.startsWith("/") ? body.path : `${site.fleet.root}/${body.path}`;
    const options = body.id === undefined ? {} : { id: body.id };
    const { repo, isNew, initError } = await addRepo(await ground(site), folder, options);
    await site.fleet.scan();
    return { id: repo.id, root: repo.root, isNew, initError };
  },
});

export const cloneRoute = route({
  method: "post",
  path: "/hub/repos/clone",
  scope: "hub",
  tag,
  summary: "clone a repo into the hub, list it and set CAR up in it",
  body: z.strictObject({
    url: z.string().check(z.minLength(1), z.maxLength(4_096)),
    name: z.optional(z.string()),
  }),
  answer: created(ADDED),
  errors: ["conflict", "unavailable", "timeout"],
  handle: async ({ site, body, signal }) => {
    const { clock, environment, safe, fleet } = site;
    const { repo, isNew, initError } = await cloneRepo(await ground(site), body.url, {
      clock,
      environment,
      safe,
      cwd: fleet.root,
      signal,
      onProgress: () => {},
      ...(body.name === undefined ? {} : { name: body.name }),
    });
    await fleet.scan();
    return { id: repo.id, root: repo.root, isNew, initError };
  },
});

export const settingsRoute = route({
  method: "post",
  path: "/hub/repos/{id}/settings",
  scope: "hub",
  tag,
  summary: "turn a repo on or off, have it run by itself or not, or name it",
  params: ID,
  body: z.strictObject({
    enabled: z.optional(z.boolean()),
    autoRun: z.optional(z.boolean()),
    displayName: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(200))),
  }),
  answer: z.object({ id: z.string(), enabled: z.boolean(), autoRun: z.boolean() }),
  handle: async ({ site, params, body }) => {
    const changes: RepoChanges = {
      ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
      ...(body.autoRun === undefined ? {} : { autoRun: body.autoRun }),
      ...(body.displayName === undefined ? {} : { displayName: body.displayName }),
    };
    const { id, enabled, autoRun } = await changeRepo(await ground(site), params.id, changes);
    await site.fleet.scan();
    return { id, enabled, autoRun };
  },
});

export const removeRoute = route({
  method: "delete",
  path: "/hub/repos/{id}",
  scope: "hub",
  tag,
  summary: "take a repo off the list; no file of it is touched",
  params: ID,
  answer: z.object({ id: z.string(), root: z.string(), worktrees: z.array(z.string()) }),
  errors: ["locked"],
  handle: async ({ site, params }) => {
    const { repo, worktrees } = await removeRepo(await ground(site), params.id);
    await site.fleet.scan();
    return { id: repo.id, root: repo.root, worktrees };
  },
});

export const initRoute = route({
  method: "post",
  path: "/hub/repos/{id}/init",
  scope: "hub",
  tag,
  summary: "set CAR up in a repo of the list, or see that it is",
  params: ID,
  answer: z.object({ repo: HUB_REPO_ROW, made: z.array(z.string()) }),
  errors: ["conflict", "unavailable"],
  handle: async ({ site, params }) => {
    const { made } = await initRepo(requireRow(site, params.id).root);
    await site.fleet.scan();
    return { repo: shownRow(requireRow(site, params.id)), made };
  },
});

function requireRow({ fleet }: Site, id: string): HubRepoRow {
  const row = fleet.repos().find((it) => it.id === id);
  if (row !== undefined) return row;
  throw new CarError("not_found", `The hub has no repo "${id}".`, {
    hint: "GET /hub/repos lists those there are.",
  });
}

const RUN = accepted(z.object({ run: RUN_SUMMARY }));

export const runRoute = route({
  method: "post",
  path: "/hub/repos/{id}/run",
  scope: "hub",
  tag,
  summary: "begin or go on with the run of a repo",
  params: ID,
  body: z.strictObject({ once: z.optional(z.boolean()) }),
  answer: RUN,
  errors: ["locked", "waiting", "conflict", "unavailable"],
  handle: async ({ site, params, body, actor }) => {
    const desk = site.fleet.requireDesk(params.id);
    const wish = { stopAfterTickets: body.once === true ? 1 : null };
    return { run: (await startedRun(desk, actor, "run", wish)).run };
  },
});

export const resumeRepoRoute = route({
  method: "post",
  path: "/hub/repos/{id}/resume",
  scope: "hub",
  tag,
  summary: "go on with the run of a repo that is paused, stopped, failed or was cut off",
  params: ID,
  answer: RUN,
  errors: ["locked", "waiting", "conflict", "unavailable"],
  handle: async ({ site, params, actor }) => {
    const desk = site.fleet.requireDesk(params.id);
    const wish = { stopAfterTickets: null };
    return { run: (await startedRun(desk, actor, "resume", wish)).run };
  },
});

/** A command to the run of a repo, by the address the papers give it. */
const commandRow = <const Name extends "stop" | "kill" | "pause">(name: Name, summary: string) =>
  route({
    method: "post",
    path: `/hub/repos/{id}/${name}`,
    scope: "hub",
    tag,
    summary,
    params: ID,
    answer: RUN,
    errors: ["conflict", "timeout"],
    handle: ({ site, params, actor }) =>
      commanded(site.fleet.requireDesk(params.id), { type: name, by: actor.by }),
  });

export const HUB_REPO_ROUTES = [
  listRepos,
  scanRoute,
  addRoute,
  cloneRoute,
  settingsRoute,
  removeRoute,
  initRoute,
  runRoute,
  resumeRepoRoute,
  commandRow("pause", "pause the run of a repo once the turn in hand has ended"),
  commandRow("stop", "end the turn in hand politely, then stop the run of a repo"),
  commandRow("kill", "end every process of a repo's run at once"),
] as const satisfies readonly Route[];
