/** Every route, in the order of the API's document. A group is a file; a row is a route. */

import { ARCHIVE_ROUTES } from "./archive.ts";
import { DISPATCH_ROUTES } from "./dispatches.ts";
import { DOCUMENT_ROUTES } from "./documents.ts";
import { ENTRY_ROUTES } from "./entry.ts";
import { FILE_CHAT_ROUTES } from "./file_chat.ts";
import { HEALTH_ROUTES } from "./health.ts";
import { HUB_EVENT_ROUTES } from "./hub_events.ts";
import { HUB_INBOX_ROUTES } from "./hub_inbox.ts";
import { HUB_REPO_ROUTES } from "./hub_repos.ts";
import { HUB_WORKTREE_ROUTES } from "./hub_worktrees.ts";
import { LIVE_ROUTES } from "./live.ts";
import { LOG_ROUTES } from "./logs.ts";
import { NOT_YET_ROUTES } from "./not_yet.ts";
import { REPO_ROUTES } from "./repo.ts";
import type { Route } from "./route.ts";
import { RUN_START_ROUTES } from "./run_start.ts";
import { RUN_ROUTES } from "./runs.ts";
import { SETTINGS_ROUTES } from "./settings.ts";
import { TERMINAL_ROUTES } from "./terminal.ts";
import { THREAD_ROUTES } from "./threads.ts";
import { TICKET_ROUTES } from "./tickets.ts";
import { USAGE_ROUTES } from "./usage.ts";
import { VITALS_ROUTES } from "./vitals.ts";

export const ROUTES = [
  ...HEALTH_ROUTES,
  ...ENTRY_ROUTES,
  ...VITALS_ROUTES,
  ...REPO_ROUTES,
  ...RUN_START_ROUTES,
  ...RUN_ROUTES,
  ...LIVE_ROUTES,
  ...TICKET_ROUTES,
  ...DOCUMENT_ROUTES,
  ...FILE_CHAT_ROUTES,
  ...DISPATCH_ROUTES,
  ...ARCHIVE_ROUTES,
  ...LOG_ROUTES,
  ...USAGE_ROUTES,
  ...SETTINGS_ROUTES,
  ...THREAD_ROUTES,
  ...TERMINAL_ROUTES,
  ...HUB_EVENT_ROUTES,
  ...HUB_REPO_ROUTES,
  ...HUB_WORKTREE_ROUTES,
  ...HUB_INBOX_ROUTES,
  ...NOT_YET_ROUTES,
] as const satisfies readonly Route[];
