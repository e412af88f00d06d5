/** The stream of a whole hub. */

import * as z from "zod/mini";
import { sse } from "./answers.ts";
import { moment } from "./fields.ts";
import { type Route, route } from "./route.ts";

export const hubEventsRoute = route({
  method: "get",
  path: "/hub/events",
  scope: "hub",
  tag: "hub",
  summary: "follow all repos of the hub as they change",
  details:
    "Goes on after `Last-Event-ID`, or `?after=`. `repos` names the rows that are others than before; `reset` means " +
    "that something was missed: ask for the list anew. A repo's own `/live` tells more.",
  query: z.strictObject({ after: z.optional(z.string()) }),
  answer: sse({
    hello: z.object({ boot: z.string() }),
    reset: z.object({ reason: z.string() }),
    repos: z.object({ ids: z.array(z.string()), version: z.int() }),
    changed: z.object({ repo: z.string(), what: z.string() }),
    step: z.object({
      repo: z.string(),
      seq: z.int(),
      run: z.string(),
      atMs: moment(),
      type: z.string(),
      ticket: z.nullable(z.string()),
    }),
  }),
  handle: ({ site }) => (client) => {
    site.fleet.watch(client.signal);
    site.news.open(client);
  },
});

export const HUB_EVENT_ROUTES = [hubEventsRoute] as const satisfies readonly Route[];
