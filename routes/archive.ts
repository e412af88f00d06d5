/** What was taken out of use in a repo and kept. */

import * as z from "zod/mini";
import { listArchive, readArchivedTicket, restoreTicket } from "../lib/control/archive.ts";
import { moment, segment } from "./fields.ts";
import { type Route, route } from "./route.ts";

const tag = "archive";

export const archiveRoute = route({
  method: "get",
  path: "/archive",
  scope: "repo",
  tag,
  summary: "list what was taken out of use and kept, newest first",
  answer: z.object({
    folder: z.string(),
    entries: z.array(z.object({
      kind: z.enum(["ticket", "worktree", "damaged", "older"]),
      path: z.string(),
      atMs: moment(),
      bytes: z.nullable(z.int()),
    })),
  }),
  handle: async ({ desk }) => ({
    folder: desk.paths.archive,
    entries: await listArchive(desk.paths),
  }),
});

export const archivedTicketRoute = route({
  method: "get",
  path: "/archive/tickets/{name}",
  scope: "repo",
  tag,
  summary: "read a ticket of the archive",
  params: z.object({ name: segment() }),
  answer: z.object({ name: z.string(), text: z.string() }),
  handle: async ({ desk, params }) => ({
    name: params.name,
    text: await readArchivedTicket(desk.paths, params.name),
  }),
});

export const restoreRoute = route({
  method: "post",
  path: "/archive/tickets/{name}/restore",
  scope: "repo",
  tag,
  summary: "put a ticket of the archive back into the queue",
  params: z.object({ name: segment() }),
  answer: z.object({ name: z.string() }),
  handle: async ({ desk, params }) => ({ name: await restoreTicket(desk.paths, params.name) }),
});

export const ARCHIVE_ROUTES = [
  archiveRoute,
  archivedTicketRoute,
  restoreRoute,
] as const satisfies readonly Route[];
