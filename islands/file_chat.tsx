/** An agent asked to change one file: it works on a draft, and a person applies or discards that. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FileChatRow, FileChatView } from "../lib/hub/file_chat/view.ts";
import type { FileChatProgress } from "../lib/hub/file_chat/progress.ts";
import { post } from "./api.ts";
import { conflictOf } from "./editing.ts";
import { FileChatAsk } from "./file_chat_ask.tsx";
import { withProgress } from "./file_chat_feed.ts";
import { useFlag } from "./flag.ts";
import { openLive } from "./live.ts";
import { Ago } from "./parts/ago.tsx";
import { Button } from "./parts/button.tsx";
import { Diff } from "./parts/diff.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Pill } from "./parts/mark.tsx";
import { Notice, Section } from "./parts/small.tsx";
import { toast, toastProblem } from "./parts/toast.tsx";
import { type Place, repoApi } from "./place.ts";
import { type ResourceHandle, useResource } from "./resource.ts";
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
  const id = drafts.state.value.value?.drafts[0]?.id ?? null;
  const draft = useResource<FileChatView>(id === null ? null : `${api}/${id}`);
  const view = id === null ? null : draft.state.value.value;
  const feed = useProgress(view?.state === "running" ? `${api}/${id}/events` : null, () => {
    draft.refresh();
    drafts.refresh();
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
          <DraftView address={`${api}/${view.id}`} view={view} draft={draft} onOver={over} />
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

interface DraftProps {
  /** Of the draft, in the API. */
  readonly address: string;
  readonly view: FileChatView;
  readonly draft: ResourceHandle<FileChatView>;
  /** The draft is no more. */
  readonly onOver: () => void;
}

function DraftView({ address, view, draft, onOver }: DraftProps) {
  const busy = useFlag();
  const go = async (name: "apply" | "discard" | "interrupt", body: object = {}) => {
    busy.value = true;
    try {
      await post(`${address}/${name}`, body);
      if (name === "apply") toast("done", `${view.path} is written`);
      if (name !== "interrupt") onOver();
      else draft.refresh();
    } catch (thrown) {
      if (conflictOf(thrown) === null) toastProblem(thrown);
      // What it is held against is another now: the difference and its notice tell.
      draft.refresh();
    }
    busy.value = false;
  };
  const { state, error, note, diff, stale, current, problems } = view;
  if (state === "running") {
    return (
      <div class="button-row">
        <Button icon="stop" busy={busy.value} onClick={() => void go("interrupt")}>
          Interrupt
        </Button>
      </div>
    );
  }
  return (
    <>
      {error === null ? null : <Notice tone="failed" title={error} />}
      {note === null ? null : (
        <p class="small soft">
          <Foreign text={note} />
        </p>
      )}
      {diff === "" ? null : <Diff text={diff} />}
      {problems.length === 0 ? null : (
        <Notice tone="waiting" title="The linter would say of it">
          <ul>{problems.map((it) => <li key={it.code + it.line}>{it.message}</li>)}</ul>
        </Notice>
      )}
      {stale && diff !== "" ? <Stale view={view} /> : null}
      <div class="button-row">
        {diff === "" ? null : (
          <Button
            kind="primary"
            icon="check"
            busy={busy.value}
            unavailable={current === null ? view.missing ?? "The file is gone" : null}
            onClick={() => void go("apply", stale ? { etag: current?.etag } : {})}
          >
            {stale ? "Apply over the newer file" : "Apply"}
          </Button>
        )}
        <Button icon="trash" busy={busy.value} onClick={() => void go("discard")}>
          {diff === "" ? "End the chat" : "Discard"}
        </Button>
      </div>
    </>
  );
}

const Stale = ({ view }: { view: FileChatView }) => (
  <Notice tone="waiting" title="The file has been changed since the draft was made">
    {view.current === null
      ? <Foreign text={view.missing ?? "It is gone."} />
      : "Applying takes the other change back. Ask once more to have both, or discard the draft."}
  </Notice>
);
