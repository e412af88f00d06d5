/** CAR's own log files of a repo. What a run did is told by its events. */

import * as z from "zod/mini";
import { followLines, tailLines } from "../lib/hub/log_tail.ts";
import { sse } from "./answers.ts";
import { numeral } from "./fields.ts";
import { type Route, route } from "./route.ts";
import { frame } from "./sse.ts";

const tag = "logs";
const WHICH = z.optional(z.enum(["car", "server"]));
const LINES_MAX = 100_000;
const LINES_USUAL = 500;

export const logsRoute = route({
  method: "get",
  path: "/logs",
  scope: "repo",
  tag,
  summary: "read the end of a log",
  query: z.strictObject({ which: WHICH, tail: z.optional(numeral(1, LINES_MAX)) }),
  answer: z.object({ path: z.string(), lines: z.array(z.string()) }),
  handle: async ({ desk, query }) => {
    const path = query.which === "server" ? desk.paths.serverLog : desk.paths.log;
    return { path, lines: [...await tailLines(path, query.tail ?? LINES_USUAL)] };
  },
});

export const logStream = route({
  method: "get",
  path: "/logs/stream",
  scope: "repo",
  tag,
  summary: "follow a log as lines are added",
  query: z.strictObject({ which: WHICH }),
  answer: sse({ lines: z.array(z.string()) }),
  handle: ({ desk, query, site }) => {
    const path = query.which === "server" ? desk.paths.serverLog : desk.paths.log;
    return (client) =>
      followLines(path, site.clock, client.signal, (lines) => {
        client.send(frame({ event: "lines", data: lines }));
      });
  },
});

export const LOG_ROUTES = [logsRoute, logStream] as const satisfies readonly Route[];
