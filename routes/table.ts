/** Every route, in the order of the API's document. A group is a file; a row is a route. */

import { DOCUMENT_ROUTES } from "./documents.ts";
import { ENTRY_ROUTES } from "./entry.ts";
import { HEALTH_ROUTES } from "./health.ts";
import { HUB_EVENT_ROUTES } from "./hub_events.ts";
import { LIVE_ROUTES } from "./live.ts";
import { REPO_ROUTES } from "./repo.ts";
import type { Route } from "./route.ts";
import { RUN_START_ROUTES } from "./run_start.ts";
import { RUN_ROUTES } from "./runs.ts";
import { TICKET_ROUTES } from "./tickets.ts";

export const ROUTES = [
  ...HEALTH_ROUTES,
  ...ENTRY_ROUTES,
  ...REPO_ROUTES,
  ...RUN_START_ROUTES,
  ...RUN_ROUTES,
  ...LIVE_ROUTES,
  ...TICKET_ROUTES,
  ...DOCUMENT_ROUTES,
  ...HUB_EVENT_ROUTES,
] as const satisfies readonly Route[];
