/** Where in CAR a page stands, and the addresses of pages and of the API. */

/** Given to every page by its shell; nothing in it is private. */
export interface Place {
  readonly mode: "hub" | "repo";
  /** The repo the page is about; in repo mode always the one there is. */
  readonly repo: string | null;
  /** What the address names besides: a ticket, a run, a thread. */
  readonly params: Readonly<Record<string, string>>;
  /** What this server cannot do, and why: e.g. terminals in the safe posture. */
  readonly missing: Readonly<Record<string, string>>;
}

/** What the pages of one place share. */
export interface PageProps {
  readonly place: Place;
}

const segment = encodeURIComponent;

/** Where the API of a repo lies. */
export const repoApi = (place: Place, repo: string | null = place.repo): string =>
  place.mode === "repo" ? "/api" : `/repos/${segment(repo ?? "")}/api`;

/** Where every page asks for the repos it names. */
export const rowsPath = (place: Place): string =>
  place.mode === "hub" ? "/hub/repos" : `${repoApi(place)}/repo`;

const inRepo = (repo: string, ...rest: readonly string[]): string =>
  ["/repos", repo, ...rest].map((part, at) => at === 0 ? part : segment(part)).join("/");

/** The address of every page. */
export const LINKS = {
  home: () => "/",
  inbox: () => "/inbox",
  usage: () => "/usage",
  settings: (section?: string) => section === undefined ? "/settings" : `/settings/${section}`,
  chats: () => "/chat",
  chat: (thread: string) => `/chat/${segment(thread)}`,
  repo: (repo: string) => inRepo(repo),
  ticket: (repo: string, ticket: string | number) => inRepo(repo, "tickets", String(ticket)),
  runs: (repo: string) => inRepo(repo, "runs"),
  run: (repo: string, run: string) => inRepo(repo, "runs", run),
  context: (repo: string, doc?: string) =>
    doc === undefined ? inRepo(repo, "context") : inRepo(repo, "context", doc),
  terminal: (repo: string) => inRepo(repo, "terminal"),
  archive: (repo: string) => inRepo(repo, "archive"),
} as const;
