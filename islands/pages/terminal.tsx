/** The terminals of a repo: several beside each other, kept while nobody looks, found again after a reload. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../api.ts";
import { useFlag } from "../flag.ts";
import { Button } from "../parts/button.tsx";
import { Empty, Notice, Skeleton } from "../parts/small.tsx";
import { toastProblem } from "../parts/toast.tsx";
import { type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";
import { isRunning, TerminalBar } from "../terminal_bar.tsx";
import { type Heard, mergeRows, NOTHING_HEARD } from "../terminal_rows.ts";
import type { TerminalList, TerminalRow } from "../terminal_types.ts";
import { TerminalWindow } from "../terminal_window.tsx";

export default function TerminalPage({ place }: PageProps) {
  return (
    <RepoFrame place={place} tab="terminal" full>
      <Terminals api={repoApi(place)} />
    </RepoFrame>
  );
}

function Terminals({ api }: { api: string }) {
  const list = useResource<TerminalList>(`${api}/sessions`);
  const chosen = useSignal<string | null>(null);
  const desk = useDesk(api, list.refresh, chosen);
  const finding = useFlag();
  const reader = useReader();
  const { value, problem } = list.state.value;
  useEffect(() => {
    // Where the page was left, or led to.
    chosen.value = location.hash.slice(1) || null;
    const look = () => document.visibilityState === "visible" && list.refresh();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  const rows = desk.rowsOf(value?.terminals ?? []);
  if (problem !== null && rows.length === 0) {
    return (
      <div class="terminal-none">
        <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>
      </div>
    );
  }
  if (value === null) {
    return (
      <div class="terminal-none">
        <Skeleton lines={4} />
      </div>
    );
  }
  if (rows.length === 0) return <NoTerminal list={value} onOpen={desk.open} />;
  const shown = rows.find((it) => it.id === chosen.value) ?? rows.at(-1);
  return (
    <div class="terminals">
      <TerminalBar
        rows={rows}
        heardOf={desk.heardOf}
        shown={shown?.id ?? ""}
        offers={value.offers}
        busy={desk.busy.value}
        finding={finding}
        reader={reader}
        onChoose={desk.choose}
        onOpen={desk.open}
        onClose={desk.close}
      />
      {rows.map((row) => (
        <TerminalWindow
          key={row.id}
          api={api}
          terminal={row}
          shown={row.id === shown?.id}
          finding={finding}
          reader={reader.value}
          onHear={(what) => desk.hear(row.id, what)}
          onEnded={list.refresh}
          onRemoved={() => desk.forget(row.id)}
          onLeave={() => document.querySelector<HTMLElement>(SHOWN_TAB)?.focus()}
          onAgain={() => desk.open(row.command)}
        />
      ))}
    </div>
  );
}

const READER_KEY = "car-terminal-reader";

/** Whether what programs write is said to screen readers: remembered in this browser, since it costs time. */
function useReader(): Signal<boolean> {
  const reader = useFlag();
  useEffect(() => {
    reader.value = localStorage.getItem(READER_KEY) === "yes";
    return reader.subscribe((now) => localStorage.setItem(READER_KEY, now ? "yes" : "no"));
  }, []);
  return reader;
}

const SHOWN_TAB = '.terminal-tab [aria-current="true"]';

/** What is known of the terminals beside the list, and what can be done to them. */
function useDesk(api: string, refresh: () => void, chosen: Signal<string | null>) {
  const busy = useFlag();
  const known = useRef<readonly TerminalRow[]>([]);
  const listedNow = useRef<readonly TerminalRow[]>([]);
  const isListed = (id: string) => listedNow.current.some((it) => it.id === id);
  const forgotten = useSignal<ReadonlySet<string>>(new Set());
  const heard = useSignal<ReadonlyMap<string, Heard>>(new Map());
  const heardOf = (id: string) => heard.value.get(id) ?? NOTHING_HEARD;
  const forget = (id: string) => void (forgotten.value = new Set([...forgotten.peek(), id]));
  const choose = (id: string) => {
    chosen.value = id;
    history.replaceState(history.state, "", `#${id}`);
  };
  const ordered = async (work: () => Promise<void>) => {
    busy.value = true;
    try {
      await work();
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
    refresh();
  };
  return {
    busy,
    heardOf,
    forget,
    choose,
    rowsOf: (listed: readonly TerminalRow[]) => {
      listedNow.current = listed;
      return (known.current = mergeRows(known.current, listed, forgotten.value));
    },
    hear: (id: string, what: Partial<Heard>) => {
      const before = heard.peek().get(id) ?? NOTHING_HEARD;
      const after = { ...before, ...what };
      const isSame = before.title === after.title && before.rang === after.rang &&
        before.isOver === after.isOver;
      if (!isSame) heard.value = new Map([...heard.peek(), [id, after]]);
    },
    open: (command: string) =>
      void ordered(async () => {
        const wish = { method: "POST", body: { command } } as const;
        choose((await ask<TerminalRow>(`${api}/sessions`, wish)).value.id);
      }),
    close: (row: TerminalRow) =>
      void ordered(async () => {
        const path = `${api}/sessions/${encodeURIComponent(row.id)}`;
        if (isRunning(row, heardOf(row.id))) {
          await ask(`${path}/end`, { method: "POST" });
        } else {
          // What an earlier start of CAR had is nowhere but here.
          if (isListed(row.id)) await ask(path, { method: "DELETE" });
          forget(row.id);
        }
      }),
  };
}

function NoTerminal({ list, onOpen }: { list: TerminalList; onOpen: (command: string) => void }) {
  const { refusal, offers: [usual, ...others] } = list;
  if (refusal !== null) {
    return (
      <div class="terminal-none">
        <Empty title={refusal.message}>{refusal.hint}</Empty>
      </div>
    );
  }
  return (
    <div class="terminal-none">
      <Empty
        title="No terminal is open"
        actions={
          <>
            <Button
              kind="primary"
              icon="terminal"
              onClick={() => onOpen(usual?.name ?? "shell")}
            >
              Open a terminal
            </Button>
            {others.map(({ name }) => (
              <Button key={name} onClick={() => onOpen(name)}>Open {name}</Button>
            ))}
          </>
        }
      >
        A terminal runs on this machine, in the folder of the repo. It goes on while you are away,
        and ends with CAR.
      </Empty>
    </div>
  );
}
