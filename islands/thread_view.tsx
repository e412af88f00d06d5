/** One chat: what was said and done, what waits, and where one writes. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Thread } from "../lib/control/thread_rows.ts";
import { ask, post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { openLive } from "./live.ts";
import { Ago } from "./parts/ago.tsx";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Icon } from "./parts/icon.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Pill } from "./parts/mark.tsx";
import { Menu } from "./parts/menu.tsx";
import { Notice } from "./parts/small.tsx";
import { toastProblem } from "./parts/toast.tsx";
import { LINKS } from "./place.ts";
import { useResource } from "./resource.ts";
import { access } from "./session.ts";
import { Composer } from "./composer.tsx";
import {
  EMPTY_THREAD,
  type FeedThreadEvent,
  type ShownMessage,
  type ThreadFeed,
  withThreadEvent,
  withThreadLive,
} from "./thread_feed.ts";
import { TurnView } from "./turn_view.tsx";

export function ThreadView({ id, onChanged }: { id: string; onChanged: () => void }) {
  const api = `/api/threads/${encodeURIComponent(id)}`;
  const detail = useResource<{ thread: Thread }>(api);
  const feed = useThreadFeed(api, () => {
    detail.refresh();
    onChanged();
  });
  const { value, problem } = detail.state.value;
  if (problem !== null && value === null) {
    return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  const isAnswering = feed.messages.some((it) => it.state === "running");
  return (
    <section class="thread" aria-label="Chat">
      <ThreadHead
        api={api}
        thread={value?.thread ?? null}
        title={feed.title}
        onChanged={onChanged}
      />
      <Transcript api={api} feed={feed} />
      <Composer
        api={api}
        isAnswering={isAnswering}
        isArchived={value?.thread.archivedMs !== null && value !== null}
        draft={value?.thread.draft ?? ""}
      />
    </section>
  );
}

interface ThreadHeadProps {
  readonly api: string;
  readonly thread: Thread | null;
  readonly title: string | null;
  readonly onChanged: () => void;
}

function ThreadHead({ api, thread, title, onChanged }: ThreadHeadProps) {
  const renaming = useFlag();
  const name = thread?.title || title || "";
  const change = async (body: object) => {
    try {
      await ask(api, { method: "PATCH", body });
      renaming.value = false;
      onChanged();
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  const fork = async () => {
    try {
      const { thread: forked } = await post<{ thread: { id: string } }>(`${api}/fork`);
      location.assign(LINKS.chat(forked.id));
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  const isArchived = thread !== null && thread.archivedMs !== null;
  return (
    <header class="thread-head">
      <a
        class="button icon-only chat-back"
        data-kind="quiet"
        href={LINKS.chats()}
        aria-label="All chats"
      >
        <Icon name="left" />
      </a>
      {renaming.value
        ? <Rename name={name} onNamed={(now) => void change({ title: now })} />
        : (
          <h2 class="ellipsis">
            <Foreign text={name || "New chat"} />
          </h2>
        )}
      <span class="fill" />
      {thread === null ? null : (
        <span class="dim small">
          <Foreign text={[thread.scope.repo, thread.agent].filter(Boolean).join(", ")} />
        </span>
      )}
      <Menu
        label="More for this chat"
        items={[
          { label: "Rename", icon: "edit", onChoose: () => (renaming.value = true) },
          { label: "Fork", icon: "branch", onChoose: () => void fork() },
          {
            label: isArchived ? "Bring it back" : "Archive",
            icon: "archive",
            onChoose: () => void change({ archived: !isArchived }),
          },
        ]}
      />
    </header>
  );
}

function Rename({ name, onNamed }: { name: string; onNamed: (name: string) => void }) {
  const text = useSignal(name);
  return (
    <form
      class="button-row"
      onSubmit={(event) => {
        event.preventDefault();
        onNamed(text.value);
      }}
    >
      <input
        class="input"
        autofocus
        aria-label="Title"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <Button type="submit">Rename</Button>
    </form>
  );
}

/** Keeps to the end while it grows, as long as the reader is there. */
function Transcript({ api, feed }: { api: string; feed: ThreadFeed }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef<"yes" | "no">("yes");
  useEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current === "yes") element.scrollTop = element.scrollHeight;
  }, [feed]);
  return (
    <div
      ref={box}
      class="transcript"
      role="log"
      aria-label="What was said"
      tabIndex={0}
      onScroll={({ currentTarget: it }) => {
        const isAtEnd = it.scrollTop + it.clientHeight > it.scrollHeight - 60;
        atEnd.current = isAtEnd ? "yes" : "no";
      }}
    >
      {feed.messages.map((it) => <MessageView key={it.id} api={api} message={it} />)}
    </div>
  );
}

function MessageView({ api, message }: { api: string; message: ShownMessage }) {
  const { id, text, state, words, feed } = message;
  const move = (name: "cancel" | "retry") => async () => {
    try {
      await post(`${api}/messages/${encodeURIComponent(id)}/${name}`);
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  return (
    <article class="message" data-state={state}>
      <div class="said">
        <Markdown text={text} />
        <footer class="small dim">
          <Foreign text={message.by} /> <Ago atMs={message.atMs} />
          {state === "done" || state === "running" ? null : <Pill state={state} />}
          {state === "queued"
            ? <Button kind="quiet" onClick={() => void move("cancel")()}>Take it back</Button>
            : null}
        </footer>
      </div>
      <TurnView items={feed.items} />
      {feed.status === null ? null : <p class="small dim">{feed.status}</p>}
      {state === "running" && feed.items.length === 0
        ? (
          <p class="small dim">
            <Pill state="running" words="answering" />
          </p>
        )
        : null}
      {state === "failed" || state === "interrupted"
        ? (
          <Notice
            tone={state === "failed" ? "failed" : "waiting"}
            title={words ?? (state === "failed" ? "No answer" : "Interrupted")}
            actions={
              <Button icon="refresh" onClick={() => void move("retry")()}>Send again</Button>
            }
          />
        )
        : null}
    </article>
  );
}

/** The transcript from its beginning, kept up by the thread's own stream. */
function useThreadFeed(api: string, onMessage: () => void): ThreadFeed {
  const feed = useSignal<ThreadFeed>(EMPTY_THREAD);
  const changed = useRef(onMessage);
  changed.current = onMessage;
  const isOpen = access.value === "open";
  useEffect(() => {
    if (!isOpen) return;
    feed.value = EMPTY_THREAD;
    const stream = openLive(`${api}/live`, ({ type, data }) => {
      if (type === "event") {
        const event = data as FeedThreadEvent;
        feed.value = withThreadEvent(feed.peek(), event);
        if (event.type === "message" || event.type === "thread") changed.current();
      } else if (type === "delta" || type === "output") {
        feed.value = withThreadLive(feed.peek(), type, data);
      }
    });
    return () => stream.close();
  }, [api, isOpen]);
  return feed.value;
}
