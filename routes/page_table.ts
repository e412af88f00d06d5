/** Every page of the browser: its address, its island, its title. */

import type { ComponentType } from "preact";
import { type PageProps, type Place, repoApi } from "../islands/place.ts";
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
  /** What it asks of the API as soon as it is drawn, so that it can be asked for while it loads. */
  readonly first?: (place: Place) => readonly string[];
  /** `hub`, `repo`: only in that mode. `sources`: only on a server that runs from the sources. */
  readonly only?: "hub" | "repo" | "sources";
}

type FirstAsks = NonNullable<PageRow["first"]>;

/** What a page asks beside the rows of the repos. */
const inRepo = (...paths: readonly string[]): FirstAsks => (place) =>
  paths.map((path) => `${repoApi(place)}${path}`);

const param = ({ params }: Place, name: string): string => encodeURIComponent(params[name] ?? "");

const QUEUE = inRepo("/tickets", "/state");

export const PAGES: readonly PageRow[] = [
  { island: "home", path: "/", title: "Overview", page: Home, only: "hub" },
  { island: "repo", path: "/", title: "Queue", page: Repo, only: "repo", first: QUEUE },
  {
    island: "inbox",
    path: "/inbox",
    title: "Inbox",
    page: Inbox,
    first: (place) => place.mode === "hub" ? ["/hub/inbox"] : [`${repoApi(place)}/inbox`],
  },
  {
    island: "ticket",
    path: "/repos/{repo}/tickets/{ticket}",
    title: "Ticket",
    page: Ticket,
    first: (place) => inRepo(`/tickets/${param(place, "ticket")}`, "/tickets")(place),
  },
  {
    island: "context",
    path: "/repos/{repo}/context/{doc?}",
    title: "Contextspace",
    page: Context,
    first: inRepo("/tickets"),
  },
  { island: "runs", path: "/repos/{repo}/runs", title: "Runs", page: Runs, first: inRepo("/runs") },
  {
    island: "run",
    path: "/repos/{repo}/runs/{run}",
    title: "Run",
    page: Run,
    first: (place) => {
      const run = `/runs/${param(place, "run")}`;
      return inRepo(run, `${run}/replay`)(place);
    },
  },
  {
    island: "chat",
    path: "/chat/{thread?}",
    title: "Chat",
    page: Chat,
    first: () => ["/api/threads?archived=0"],
  },
  { island: "usage", path: "/usage", title: "Usage", page: Usage },
  { island: "settings", path: "/settings/{section?}", title: "Settings", page: Settings },
  {
    island: "terminal",
    path: "/repos/{repo}/terminal",
    title: "Terminal",
    page: TerminalPage,
  },
  {
    island: "archive",
    path: "/repos/{repo}/archive",
    title: "Archive",
    page: Archive,
    first: inRepo("/archive"),
  },
  { island: "repo", path: "/repos/{repo}", title: "Queue", page: Repo, first: QUEUE },
  { island: "gallery", path: "/_gallery", title: "Gallery", page: Gallery, only: "sources" },
];
