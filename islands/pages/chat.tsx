/** Chats with agents: the threads at one side, one of them at the other. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Thread } from "../../lib/control/thread_rows.ts";
import { useFlag } from "../flag.ts";
import { Frame } from "../frame.tsx";
import { NewChat } from "../new_chat.tsx";
import { Ago } from "../parts/ago.tsx";
import { Button } from "../parts/button.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { StateMark } from "../parts/mark.tsx";
import { Empty, Notice, Skeleton } from "../parts/small.tsx";
import { LINKS, type PageProps } from "../place.ts";
import { useResource } from "../resource.ts";
import { useSoon } from "../soon.ts";
import { ThreadView } from "../thread_view.tsx";

export default function Chat({ place }: PageProps) {
  const archived = useFlag();
  const list = useResource<{ threads: readonly Thread[] }>(
    `/api/threads?archived=${archived.value ? 1 : 0}`,
  );
  const wanted = useSignal("");
  const beginning = useFlag();
  const chosen = place.params["thread"] ?? null;
  const refresh = useSoon(list.refresh);
  const { value, problem } = list.state.value;
  useEffect(() => {
    // Threads change without the repos doing so: what is shown is looked at when one comes back.
    const look = () => document.visibilityState === "visible" && refresh();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  const words = wanted.value.toLowerCase();
  const threads = value?.threads.filter((it) =>
    `${it.title} ${it.agent} ${it.scope.repo ?? ""}`.toLowerCase().includes(words)
  );
  return (
    <Frame
      place={place}
      title="Chat"
      at="chat"
      full
      actions={<Button icon="plus" onClick={() => (beginning.value = true)}>New chat</Button>}
    >
      <div class="chat" data-open={chosen !== null} data-none={threads?.length === 0}>
        <aside class="chat-list" aria-label="Threads">
          <FindChat wanted={wanted} archived={archived} />
          {problem === null
            ? null
            : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
          {threads === undefined ? <Skeleton lines={4} /> : (
            <ul>
              {threads.map((it) => (
                <ThreadLink
                  key={it.id}
                  thread={it}
                  current={it.id === chosen}
                />
              ))}
            </ul>
          )}
        </aside>
        {chosen === null
          ? <NoChat onBegin={() => (beginning.value = true)} />
          : <ThreadView key={chosen} id={chosen} onChanged={refresh} />}
      </div>
      <NewChat place={place} open={beginning.value} onClose={() => (beginning.value = false)} />
    </Frame>
  );
}

function FindChat(
  { wanted, archived }: { wanted: { value: string }; archived: { value: boolean } },
) {
  return (
    <div class="chat-find">
      <input
        class="input"
        type="search"
        placeholder="Find a chat"
        aria-label="Find a chat"
        value={wanted.value}
        onInput={(event) => (wanted.value = event.currentTarget.value)}
      />
      <label class="check small">
        <input
          type="checkbox"
          checked={archived.value}
          onChange={(event) => (archived.value = event.currentTarget.checked)}
        />
        archived
      </label>
    </div>
  );
}

const NoChat = ({ onBegin }: { onBegin: () => void }) => (
  <Empty
    title="Talk with an agent"
    actions={<Button kind="primary" icon="chat" onClick={onBegin}>New chat</Button>}
  >
    Ask about a repo, have something looked up or tried, plan the next tickets. A chat goes on where
    it was left, also after a restart.
  </Empty>
);

function ThreadLink({ thread, current }: { thread: Thread; current: boolean }) {
  return (
    <li>
      <a
        class="chat-link"
        href={LINKS.chat(thread.id)}
        aria-current={current ? "page" : undefined}
      >
        <span class="chat-link-title">
          {thread.status === "idle" ? null : <StateMark state="running" />}
          <span class="ellipsis">
            <Foreign text={thread.title || "New chat"} />
          </span>
        </span>
        <span class="dim small chat-link-about">
          <Foreign text={[thread.scope.repo, thread.agent].filter(Boolean).join(", ")} />
          <Ago atMs={thread.updatedMs} />
        </span>
      </a>
    </li>
  );
}
