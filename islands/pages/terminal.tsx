/** The terminals of a repo: several beside each other, kept while nobody looks, found again after a reload. */

import { useSignal } from "@preact/signals";
import { ask } from "../api.ts";
import { useFlag } from "../flag.ts";
import { Button } from "../parts/button.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Mark } from "../parts/mark.tsx";
import { Menu } from "../parts/menu.tsx";
import { Empty, Notice, Skeleton } from "../parts/small.tsx";
import { toastProblem } from "../parts/toast.tsx";
import { type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";
import { TerminalWindow } from "../terminal_window.tsx";
import type { TerminalList, TerminalRow } from "../terminal_types.ts";

export default function TerminalPage({ place }: PageProps) {
  const api = repoApi(place);
  const list = useResource<TerminalList>(`${api}/sessions`);
  const chosen = useSignal<string | null>(null);
  const busy = useFlag();
  const { value, problem } = list.state.value;
  const ordered = async (work: () => Promise<unknown>) => {
    busy.value = true;
    try {
      await work();
      list.refresh();
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
  };
  const open = (command: string) =>
    void ordered(async () => {
      const wish = { method: "POST", body: { command } } as const;
      chosen.value = (await ask<TerminalRow>(`${api}/sessions`, wish)).value.id;
    });
  const offers = value?.offers ?? [];
  const usual = offers[0]?.name ?? "shell";
  return (
    <RepoFrame
      place={place}
      tab="terminal"
      full
      actions={offers.length === 0
        ? undefined
        : <OpenButtons offers={offers} busy={busy.value} onOpen={open} />}
    >
      {problem !== null
        ? <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>
        : value === null
        ? <Skeleton lines={4} />
        : value.refusal !== null
        ? <Empty title={value.refusal.message}>{value.refusal.hint}</Empty>
        : value.terminals.length === 0
        ? <NoTerminal onOpen={() => open(usual)} />
        : (
          <Terminals
            api={api}
            list={value}
            chosen={chosen}
            ordered={ordered}
            onEnded={list.refresh}
          />
        )}
    </RepoFrame>
  );
}

interface TerminalsProps {
  readonly api: string;
  readonly list: TerminalList;
  readonly chosen: { value: string | null };
  /** Does something about the list, and shows what became of it. */
  readonly ordered: (work: () => Promise<unknown>) => Promise<void>;
  readonly onEnded: () => void;
}

function Terminals({ api, list, chosen, ordered, onEnded }: TerminalsProps) {
  const { terminals } = list;
  const shown = terminals.find((it) => it.id === chosen.value) ?? terminals.at(-1);
  if (shown === undefined) return null;
  const end = (id: string, how: "end" | "remove") =>
    void ordered(() => {
      const path = `${api}/sessions/${encodeURIComponent(id)}`;
      return how === "end"
        ? ask(`${path}/end`, { method: "POST" })
        : ask(path, { method: "DELETE" });
    });
  return (
    <div class="terminals">
      <TerminalTabs
        terminals={terminals}
        shown={shown.id}
        onChoose={(id) => (chosen.value = id)}
        onEnd={end}
      />
      <TerminalWindow key={shown.id} path={`${api}/terminal`} terminal={shown} onEnded={onEnded} />
    </div>
  );
}

function OpenButtons(
  { offers, busy, onOpen }: {
    offers: TerminalList["offers"];
    busy: boolean;
    onOpen: (command: string) => void;
  },
) {
  return (
    <>
      <Button icon="plus" busy={busy} onClick={() => onOpen(offers[0]?.name ?? "shell")}>
        New terminal
      </Button>
      <Menu
        label="Open another program"
        items={offers.map((it) => ({
          label: it.name,
          icon: "terminal",
          onChoose: () => onOpen(it.name),
        }))}
      />
    </>
  );
}

const NoTerminal = ({ onOpen }: { onOpen: () => void }) => (
  <Empty
    title="No terminal is open"
    actions={<Button kind="primary" icon="terminal" onClick={onOpen}>Open a terminal</Button>}
  >
    A terminal runs on this machine, in the folder of the repo. It goes on while you are away, and
    ends with CAR.
  </Empty>
);

interface TabsProps {
  readonly terminals: readonly TerminalRow[];
  readonly shown: string;
  readonly onChoose: (id: string) => void;
  readonly onEnd: (id: string, how: "end" | "remove") => void;
}

function TerminalTabs({ terminals, shown, onChoose, onEnd }: TabsProps) {
  return (
    <div class="terminal-tabs" role="tablist" aria-label="Terminals">
      {terminals.map((it) => {
        const isOn = it.state.type === "running";
        return (
          <span key={it.id} class="terminal-tab" data-shown={it.id === shown}>
            <button
              type="button"
              role="tab"
              class="tab"
              aria-selected={it.id === shown}
              onClick={() => onChoose(it.id)}
            >
              <Mark tone={isOn ? "running" : "idle"} label={isOn ? "running" : "ended"} />
              <Foreign text={it.title} />
            </button>
            <Button
              kind="quiet"
              icon="close"
              label={isOn ? `End ${it.title}` : `Take ${it.title} off the list`}
              onClick={() => onEnd(it.id, isOn ? "end" : "remove")}
            />
          </span>
        );
      })}
    </div>
  );
}
