/** What waits for a person, in every repo: handoffs, held claims, approvals, questions, parked runs. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { Frame } from "../frame.tsx";
import { InboxCard } from "../inbox_card.tsx";
import type { HubInbox, HubInboxItem, RepoInbox } from "../inbox_types.ts";
import { listenForKeys } from "../keys.ts";
import { Foreign } from "../parts/foreign.tsx";
import { Empty, Notice, Section, Skeleton } from "../parts/small.tsx";
import { type PageProps, repoApi } from "../place.ts";
import { useResource } from "../resource.ts";
import { useSoon } from "../soon.ts";
import { onLive } from "../store.ts";

export default function Inbox({ place }: PageProps) {
  const path = place.mode === "hub" ? "/hub/inbox" : `${repoApi(place)}/inbox`;
  const inbox = useResource<HubInbox | RepoInbox>(path);
  const refresh = useSoon(inbox.refresh);
  useEffect(() => onLive(refresh), []);
  const { value, problem } = inbox.state.value;
  const items = useMemo(() => value === null ? null : itemsOf(value, place.repo), [value]);
  return (
    <Frame place={place} title="Inbox" at="inbox">
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {items === null
        ? <Skeleton lines={4} />
        : <Items place={place} items={items} onAnswered={refresh} />}
      {value !== null && "failed" in value
        ? value.failed.map((it) => (
          <Notice key={it.repo} tone="failed" title={`${it.repo} could not be asked`}>
            <Foreign text={it.message} />
          </Notice>
        ))
        : null}
    </Frame>
  );
}

const itemsOf = (value: HubInbox | RepoInbox, repo: string | null): readonly HubInboxItem[] =>
  value.items.map((it) => "repo" in it ? it : { ...it, repo: repo ?? "" });

/** Two items are the same while repo and id are. */
const keyOf = (it: HubInboxItem): string => `${it.repo} ${it.id} ${it.sinceMs}`;

function Items(
  { place, items, onAnswered }: PageProps & {
    items: readonly HubInboxItem[];
    onAnswered: () => void;
  },
) {
  const chosen = useSignal<string | null>(null);
  const at = items.findIndex((it) => keyOf(it) === chosen.value);
  useLayoutEffect(() => {
    const choose = (index: number) => {
      const item = items[Math.max(0, Math.min(items.length - 1, index))];
      if (item === undefined) return;
      chosen.value = keyOf(item);
      document.getElementById(keyOf(item))?.scrollIntoView({ block: "nearest" });
    };
    return listenForKeys({
      j: () => choose(at + 1),
      k: () => choose(at === -1 ? 0 : at - 1),
      Enter: () => focusIn(chosen.value),
    });
  }, [at, items]);
  if (items.length === 0) {
    return (
      <Empty title="Nothing waits for you">
        Runs go on by themselves. What needs your word comes here: questions of agents, claims the
        checks do not bear out, commands to approve, runs that wait for their quota.
      </Empty>
    );
  }
  return (
    <Section title={items.length === 1 ? "One thing waits" : `${items.length} things wait`}>
      <div class="inbox">
        {items.map((item) => (
          <InboxCard
            key={keyOf(item)}
            id={keyOf(item)}
            place={place}
            item={item}
            isChosen={keyOf(item) === chosen.value}
            onAnswered={onAnswered}
          />
        ))}
      </div>
    </Section>
  );
}

/** Enter goes to the first thing one can do. */
function focusIn(id: string | null): void {
  const card = id === null ? null : document.getElementById(id);
  card?.querySelector<HTMLElement>("textarea, input, button")?.focus();
}
