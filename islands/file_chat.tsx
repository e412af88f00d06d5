/** An agent asked to change one file: it works on a draft, and a person applies or discards that. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FileChatRow, FileChatView } from "../lib/hub/file_chat/view.ts";
import type { FileChatProgress } from "../lib/hub/file_chat/progress.ts";
import { FileChatAsk } from "./file_chat_ask.tsx";
import { DraftView } from "./file_chat_draft.tsx";
import { withProgress } from "./file_chat_feed.ts";
import { openLive } from "./live.ts";
import { Ago } from "./parts/ago.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Pill } from "./parts/mark.tsx";
import { Section } from "./parts/small.tsx";
import { type Place, repoApi } from "./place.ts";
import { useRepoNews } from "./repo_news.ts";
import { useResource } from "./resource.ts";
import { useSoon } from "./soon.ts";
import type { FeedItem } from "./turn_feed.ts";
import { TurnView } from "./turn_view.tsx";

export interface FileChatProps {
  readonly place: Place;
  /** `ticket:tkt_...` or `contextspace:spec`. */
  readonly target: string;
  /** Those that may be asked. */
  readonly agents: readonly string[];
  /** A draft has been written into the file. */
  readonly onApplied: () => void;
}

export function FileChat({ place, target, agents, onApplied }: FileChatProps) {
  const api = `${repoApi(place)}/file-chat`;
  const drafts = useResource<{ drafts: readonly FileChatRow[] }>(
    `${api}/pending?target=${encodeURIComponent(target)}`,
  );
  const row = drafts.state.value.value?.drafts[0];
  const id = row?.id ?? null;
  const draft = useResource<FileChatView>(id === null ? null : `${api}/${id}`);
  const view = id === null ? null : draft.state.value.value;
  const feed = useProgress(view?.state === "running" ? `${api}/${id}/events` : null, () => {
    draft.refresh();
    drafts.refresh();
  });
  // The file may have moved on from under the draft: its row tells.
  const look = useSoon(drafts.refresh);
  useRepoNews(place.repo, () => {
    if (id !== null) look();
  });
  const over = () => {
    drafts.refresh();
    onApplied();
  };
  return (
    <Section
      title="Ask an agent to change it"
      aside={view === null ? undefined : <Pill {...pillOf(view)} />}
    >
      {view === null ? null : (
        <>
          <Messages view={view} />
          {feed.length === 0
            ? null
            : (
              <div class="panel live-turn" role="log" aria-label="What the agent does" tabIndex={0}>
                <TurnView items={feed} />
              </div>
            )}
          <DraftView
            address={`${api}/${view.id}`}
            view={view}
            isStale={row?.stale ?? view.stale}
            draft={draft}
            onOver={over}
          />
        </>
      )}
      <FileChatAsk
        address={api}
        target={target}
        agents={agents}
        view={view}
        onAsked={() => {
          drafts.refresh();
          draft.refresh();
        }}
      />
    </Section>
  );
}

const WORDS: Readonly<Record<FileChatView["state"], { state: string; words: string }>> = {
  idle: { state: "idle", words: "nothing to change" },
  running: { state: "running", words: "working on it" },
  ready: { state: "held", words: "a draft is ready" },
  failed: { state: "failed", words: "failed" },
  interrupted: { state: "interrupted", words: "interrupted" },
};

const pillOf = ({ state }: FileChatView) => WORDS[state];

/** What is told of the answer in hand; nothing while none is. */
function useProgress(path: string | null, onDraft: () => void): readonly FeedItem[] {
  const items = useSignal<readonly FeedItem[]>([]);
  useEffect(() => {
    items.value = [];
    if (path === null) return;
    const stream = openLive(path, ({ type, data }) => {
      if (type === "progress") items.value = withProgress(items.peek(), data as FileChatProgress);
      const isRunning = type === "draft" && (data as FileChatRow).state === "running";
      if (!isRunning && type !== "progress") onDraft();
    });
    return () => stream.close();
  }, [path]);
  return items.value;
}

function Messages({ view }: { view: FileChatView }) {
  return (
    <ol class="file-chat-messages">
      {view.messages.map((it, at) => (
        <li key={at} class="file-chat-message" data-role={it.role}>
          <div class="small dim">
            {it.role === "person" ? "You" : <Foreign text={it.by} />}, <Ago atMs={it.atMs} />
          </div>
          <Markdown text={it.text} />
        </li>
      ))}
    </ol>
  );
}
