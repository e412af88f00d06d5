/** The palette on Ctrl-K: repos, pages, tickets, and what can be done, found by a few letters. */

import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { flag } from "./flag.ts";
import { ranked } from "./fuzzy.ts";
import { Icon, type IconName } from "./parts/icon.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Kbd } from "./parts/button.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { useResource } from "./resource.ts";
import type { RunSummary } from "./run_types.ts";
import type { TicketList } from "./ticket_types.ts";
import { KEYS } from "./keys.ts";
import { rows } from "./store.ts";

export interface PaletteEntry {
  readonly icon: IconName;
  readonly label: string;
  /** What kind of thing it is, or where it lies. */
  readonly where: string;
  readonly go: string | (() => void);
}

const isOpen = flag();
const helpOpen = flag();

export const openPalette = (): void => void (isOpen.value = true);
export const openKeys = (): void => void (helpOpen.value = true);

/** What the page at hand adds: its tickets, its commands. */
export const pageEntries = signal<readonly PaletteEntry[]>([]);

/** What can be done to the run at hand. */
export const runEntries = signal<readonly PaletteEntry[]>([]);

const SHOWN_MAX = 60;

export function Palette({ place }: { place: Place }) {
  return (
    <>
      {isOpen.value ? <PaletteBox place={place} /> : null}
      <KeysDialog />
    </>
  );
}

function PaletteBox({ place }: { place: Place }) {
  const query = useSignal("");
  const chosen = useSignal(0);
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  const inRepo = useRepoEntries(place);
  const entries = ranked(
    [...inRepo, ...allEntries(place)],
    query.value,
    (it) => `${it.label} ${it.where}`,
  )
    .slice(0, SHOWN_MAX);
  const close = () => (isOpen.value = false);
  const choose = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    close();
    if (typeof entry.go === "string") location.assign(entry.go);
    else entry.go();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") {
      event.preventDefault();
      choose(entries[chosen.value]);
    } else if (by !== 0) {
      event.preventDefault();
      chosen.value = Math.max(0, Math.min(entries.length - 1, chosen.value + by));
      box.current?.querySelector(`#entry-${chosen.value}`)?.scrollIntoView({ block: "nearest" });
    }
  };
  return (
    <dialog
      ref={box}
      class="palette"
      aria-label="Find anything"
      onClose={close}
      onClick={(event) => event.target === box.current && close()}
      onKeyDown={onKeyDown}
    >
      <Query
        query={query}
        chosen={entries.length === 0 ? null : chosen.value}
        onChange={() => (chosen.value = 0)}
      />
      {entries.length === 0 ? <p class="palette-none">Nothing matches "{query.value}".</p> : null}
      <div class="palette-list" role="listbox" id="palette-list" aria-label="Found">
        {entries.map((entry, at) => (
          <div
            key={`${entry.where} ${entry.label}`}
            id={`entry-${at}`}
            class="palette-item"
            role="option"
            aria-selected={at === chosen.value}
            onPointerMove={() => (chosen.value = at)}
            onClick={() => choose(entry)}
          >
            <Icon name={entry.icon} />
            <span class="ellipsis">{entry.label}</span>
            <span class="where">{entry.where}</span>
          </div>
        ))}
      </div>
    </dialog>
  );
}

function Query(
  { query, chosen, onChange }: {
    query: { value: string };
    chosen: number | null;
    onChange: () => void;
  },
) {
  return (
    <input
      class="palette-input"
      placeholder="Find a repo, a ticket, a page, a command"
      role="combobox"
      aria-label="Find"
      aria-expanded="true"
      aria-controls="palette-list"
      aria-activedescendant={chosen === null ? undefined : `entry-${chosen}`}
      autofocus
      value={query.value}
      onInput={(event) => {
        query.value = event.currentTarget.value;
        onChange();
      }}
    />
  );
}

/** Tickets and runs of the repo at hand, asked for when the palette is opened. */
function useRepoEntries(place: Place): readonly PaletteEntry[] {
  const { repo } = place;
  const api = repo === null ? null : repoApi(place);
  const tickets = useResource<TicketList>(api === null ? null : `${api}/tickets`);
  const runs = useResource<{ runs: readonly RunSummary[] }>(
    api === null ? null : `${api}/runs?limit=20`,
  );
  if (repo === null) return [];
  return [
    ...(tickets.state.value.value?.tickets ?? []).map((it) => ({
      icon: "doc" as const,
      label: `${it.number} ${it.title ?? it.name}`,
      where: "ticket",
      go: LINKS.ticket(repo, it.number),
    })),
    ...(runs.state.value.value?.runs ?? []).map((it) => ({
      icon: "clock" as const,
      label: `${it.id} ${it.status}`,
      where: "run",
      go: LINKS.run(repo, it.id),
    })),
  ];
}

function allEntries(place: Place): readonly PaletteEntry[] {
  const repos: readonly PaletteEntry[] = (rows.value ?? []).map((row) => ({
    icon: row.kind === "worktree" ? "branch" : "repo",
    label: row.displayName,
    where: row.kind === "worktree" ? "worktree" : "repo",
    go: LINKS.repo(row.id),
  }));
  const home = place.mode === "hub" ? [OVERVIEW] : [];
  return [
    ...runEntries.value,
    ...pageEntries.value,
    ...repoPages(place),
    ...repos,
    ...home,
    ...SITE_PAGES,
  ];
}

const OVERVIEW: PaletteEntry = {
  icon: "home",
  label: "Overview",
  where: "page",
  go: LINKS.home(),
};

const SITE_PAGES: readonly PaletteEntry[] = [
  { icon: "inbox", label: "Inbox", where: "page", go: LINKS.inbox() },
  { icon: "chat", label: "Chat", where: "page", go: LINKS.chats() },
  { icon: "usage", label: "Usage", where: "page", go: LINKS.usage() },
  { icon: "settings", label: "Settings", where: "page", go: LINKS.settings() },
  { icon: "help", label: "Keyboard", where: "help", go: openKeys },
];

function repoPages({ repo }: Place): readonly PaletteEntry[] {
  if (repo === null) return [];
  return [
    { icon: "list", label: "Queue", where: repo, go: LINKS.repo(repo) },
    { icon: "clock", label: "Runs", where: repo, go: LINKS.runs(repo) },
    { icon: "doc", label: "Contextspace", where: repo, go: LINKS.context(repo) },
    { icon: "terminal", label: "Terminal", where: repo, go: LINKS.terminal(repo) },
    { icon: "archive", label: "Archive", where: repo, go: LINKS.archive(repo) },
  ];
}

function KeysDialog() {
  return (
    <Dialog title="Keyboard" open={helpOpen.value} onClose={() => (helpOpen.value = false)}>
      <dl class="keys">
        {KEYS.map(({ keys, does }) => (
          <>
            <dt>{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
    </Dialog>
  );
}
