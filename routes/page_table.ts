/** Every page of the browser: its address, its island, its title. */

import type { ComponentType } from "preact";
import type { PageProps } from "../islands/place.ts";
import Home from "../islands/pages/home.tsx";
import Context from "../islands/pages/context.tsx";
import Inbox from "../islands/pages/inbox.tsx";
import Run from "../islands/pages/run.tsx";
import Runs from "../islands/pages/runs.tsx";
import Repo from "../islands/pages/repo.tsx";
import Archive from "../islands/pages/archive.tsx";
import Chat from "../islands/pages/chat.tsx";
import TerminalPage from "../islands/pages/terminal.tsx";
import Settings from "../islands/pages/settings.tsx";
import Ticket from "../islands/pages/ticket.tsx";
import Usage from "../islands/pages/usage.tsx";
import Gallery from "../islands/pages/gallery.tsx";

export interface PageRow {
  /** Its file in islands/pages. */
  readonly island: string;
  /** Names in braces are segments; a `?` lets the last one be absent. */
  readonly path: string;
  /** Before the page knows better. */
  readonly title: string;
  readonly page: ComponentType<PageProps>;
  /** `hub`, `repo`: only in that mode. `sources`: only on a server that runs from the sources. */
  readonly only?: "hub" | "repo" | "sources";
}

export const PAGES: readonly PageRow[] = [
  { island: "home", path: "/", title: "Overview", page: Home, only: "hub" },
  { island: "repo", path: "/", title: "Queue", page: Repo, only: "repo" },
  { island: "inbox", path: "/inbox", title: "Inbox", page: Inbox },
  {
    island: "ticket",
    path: "/repos/{repo}/tickets/{ticket}",
    title: "Ticket",
    page: Ticket,
  },
  {
    island: "context",
    path: "/repos/{repo}/context/{doc?}",
    title: "Contextspace",
    page: Context,
  },
  { island: "runs", path: "/repos/{repo}/runs", title: "Runs", page: Runs },
  { island: "run", path: "/repos/{repo}/runs/{run}", title: "Run", page: Run },
  { island: "chat", path: "/chat/{thread?}", title: "Chat", page: Chat },
  { island: "usage", path: "/usage", title: "Usage", page: Usage },
  { island: "settings", path: "/settings/{section?}", title: "Settings", page: Settings },
  {
    island: "terminal",
    path: "/repos/{repo}/terminal",
    title: "Terminal",
    page: TerminalPage,
  },
  { island: "archive", path: "/repos/{repo}/archive", title: "Archive", page: Archive },
  { island: "repo", path: "/repos/{repo}", title: "Queue", page: Repo },
  { island: "gallery", path: "/_gallery", title: "Gallery", page: Gallery, only: "sources" },
];
