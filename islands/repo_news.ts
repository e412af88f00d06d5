/** Calls when something of a repo has changed, whichever stream the page has: the hub's or the repo's. */

import { useEffect, useRef } from "preact/hooks";
import type { DeskChange } from "../lib/hub/fleet/desk.ts";
import type { LiveMessage } from "./live.ts";
import { onLive } from "./store.ts";

/** `step`: a run went on; `reset`: something was missed, so anything may have changed. */
export type RepoNews = DeskChange | "step" | "reset";

/** Null for what is not about this repo, or is told word by word. */
export function newsOf({ type, data }: LiveMessage, repo: string | null): RepoNews | null {
  if (type === "reset") return "reset";
  const { repo: about, what } = (data ?? {}) as { repo?: string; what?: DeskChange };
  if (about !== undefined && about !== repo) return null;
  if (type === "journal" || type === "step") return "step";
  return type === "changed" ? what ?? null : null;
}

export function useRepoNews(repo: string | null, onNews: (news: RepoNews) => void): void {
  const latest = useRef(onNews);
  latest.current = onNews;
  useEffect(() =>
    onLive((message) => {
      const news = newsOf(message, repo);
      if (news !== null) latest.current(news);
    }), [repo]);
}
