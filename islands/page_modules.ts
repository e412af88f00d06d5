/** Every page by its name, loaded when it is shown. `routes/pages.tsx` says at which addresses. */

import type { ComponentType } from "preact";
import type { PageProps } from "./place.ts";

type PageModule = Promise<{ readonly default: ComponentType<PageProps> }>;

export const PAGE_MODULES: Readonly<Record<string, () => PageModule>> = {
  home: () => import("./pages/home.tsx"),
  inbox: () => import("./pages/inbox.tsx"),
  ticket: () => import("./pages/ticket.tsx"),
  context: () => import("./pages/context.tsx"),
  runs: () => import("./pages/runs.tsx"),
  run: () => import("./pages/run.tsx"),
  chat: () => import("./pages/chat.tsx"),
  terminal: () => import("./pages/terminal.tsx"),
  usage: () => import("./pages/usage.tsx"),
  archive: () => import("./pages/archive.tsx"),
  settings: () => import("./pages/settings.tsx"),
  repo: () => import("./pages/repo.tsx"),
  gallery: () => import("./pages/gallery.tsx"),
};
