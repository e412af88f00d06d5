/** Whether CAR is there: what monitors and scripts ask first. */

import * as z from "zod/mini";
import { VERSION } from "../lib/base/version.ts";
import { moment } from "./fields.ts";
import { type Route, route } from "./route.ts";

export const healthRoute = route({
  method: "get",
  path: "/health",
  scope: "site",
  tag: "site",
  summary: "tell whether CAR answers",
  isOpen: true,
  answer: z.object({
    ok: z.boolean(),
    version: z.string(),
    mode: z.enum(["hub", "repo"]),
    startedMs: moment(),
  }),
  handle: ({ site }) => ({
    ok: true,
    version: VERSION,
    mode: site.fleet.mode,
    startedMs: site.startedMs,
  }),
});

export const HEALTH_ROUTES = [healthRoute] as const satisfies readonly Route[];
