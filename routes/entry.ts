/** What a page or program needs before anything else: the API's document, and tickets for sockets. */

import * as z from "zod/mini";
import { ENTRY_TICKET_MS } from "../lib/hub/access/entry_tickets.ts";
import { created } from "./answers.ts";
import { moment } from "./fields.ts";
import { type Route, route } from "./route.ts";

export const openApiRoute = route({
  method: "get",
  path: "/api/openapi.json",
  scope: "site",
  tag: "site",
  summary: "describe every route",
  answer: z.record(z.string(), z.unknown()),
  version: () => 1,
  handle: ({ site }) => site.document(),
});

export const wsTicketRoute = route({
  method: "post",
  path: "/api/ws-ticket",
  scope: "site",
  tag: "site",
  summary: "get a ticket for one websocket",
  details: "Good once, for this path alone, for 30 seconds: open `PATH?ticket=TICKET` at once.",
  body: z.strictObject({
    /** Of the socket, without query. */
    path: z.string().check(z.regex(/^\/[^?#\s]*$/), z.maxLength(1_000)),
  }),
  answer: created(z.object({ ticket: z.string(), expiresMs: moment() })),
  errors: ["unavailable"],
  handle: ({ site, body, actor }) => ({
    ticket: site.access.tickets.issue(body.path, actor),
    expiresMs: site.clock.now() + ENTRY_TICKET_MS,
  }),
});

export const ENTRY_ROUTES = [openApiRoute, wsTicketRoute] as const satisfies readonly Route[];
