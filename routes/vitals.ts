/** How the server itself is: its loops, its delays, who listens. For monitors, `car doctor` and the page. */

import * as z from "zod/mini";
import { VERSION } from "../lib/base/version.ts";
import { moment } from "./fields.ts";
import { type Route, route } from "./route.ts";

/** Milliseconds. */
const lag = z.object({
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
  windowMs: z.number(),
  samples: z.int(),
});

const loop = z.object({
  name: z.string(),
  periodMs: z.number(),
  heartbeatAgeMs: z.number(),
  restarts: z.int(),
  lastError: z.nullable(z.string()),
});

export const vitalsRoute = route({
  method: "get",
  path: "/api/vitals",
  scope: "site",
  tag: "site",
  summary: "tell how the server itself is",
  details:
    "`lag` is how late timers ran; a loop whose heartbeat is older than three of its periods is started anew.",
  answer: z.object({
    version: z.string(),
    pid: z.int(),
    startedMs: moment(),
    /** Of the whole process, in bytes. */
    rssBytes: z.int(),
    /** Streams that are open. */
    streams: z.int(),
    lag,
    loops: z.array(loop),
    /** What is wrong with the list of repos, as sentences. */
    problems: z.array(z.string()),
  }),
  handle: ({ site }) => ({
    version: VERSION,
    pid: Deno.pid,
    startedMs: site.startedMs,
    rssBytes: Deno.memoryUsage().rss,
    streams: site.streams(),
    lag: site.fleet.lag(),
    loops: site.fleet.loops(),
    problems: site.fleet.problems(),
  }),
});

export const VITALS_ROUTES = [vitalsRoute] as const satisfies readonly Route[];
