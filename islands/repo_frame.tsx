/** The frame of the pages of one repo: its name and state in the head, its pages as tabs. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useFlag } from "./flag.ts";
import { Frame } from "./frame.tsx";
import { runEntries } from "./palette.tsx";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Pill } from "./parts/mark.tsx";
import { Confirm } from "./parts/dialog.tsx";
import { Tabs } from "./parts/small.tsx";
import { toastProblem } from "./parts/toast.tsx";
import { LINKS, type Place } from "./place.ts";
import { act, actionsFor, type RunAction } from "./run_actions.ts";
import { lookAtRows, type RepoRow, rowOf } from "./store.ts";

export type RepoTab = "queue" | "runs" | "context" | "terminal" | "archive";

export interface RepoFrameProps {
  readonly place: Place;
  readonly tab: RepoTab;
  /** The thing the page is about, e.g. a ticket; the repo itself when absent. */
  readonly title?: string;
  /** Of that thing, beside its title. */
  readonly state?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly full?: boolean;
  readonly children: ComponentChildren;
}

export function RepoFrame({ place, tab, title, state, actions, full, children }: RepoFrameProps) {
  const repo = place.repo ?? "";
  const row = rowOf(repo);
  const name = row?.displayName ?? repo;
  const home = { label: "Overview", href: LINKS.home() };
  const crumbs = [
    ...(place.mode === "hub" ? [home] : []),
    ...(title === undefined ? [] : [{ label: name, href: LINKS.repo(repo) }]),
  ];
  return (
    <Frame
      place={place}
      title={title ?? name}
      crumbs={crumbs}
      state={state ??
        (title === undefined && row !== undefined ? <Pill state={row.status} /> : null)}
      actions={
        <>
          {actions}
          {title === undefined && row !== undefined ? <RunButtons place={place} row={row} /> : null}
        </>
      }
      tabs={<RepoTabs repo={repo} at={tab} />}
      {...(full === undefined ? {} : { full })}
    >
      {children}
    </Frame>
  );
}

const TABS: readonly { tab: RepoTab; label: string; href: (repo: string) => string }[] = [
  { tab: "queue", label: "Queue", href: LINKS.repo },
  { tab: "runs", label: "Runs", href: LINKS.runs },
  { tab: "context", label: "Contextspace", href: (repo) => LINKS.context(repo) },
  { tab: "terminal", label: "Terminal", href: LINKS.terminal },
  { tab: "archive", label: "Archive", href: LINKS.archive },
];

const RepoTabs = ({ repo, at }: { repo: string; at: RepoTab }) => (
  <Tabs
    label="Pages of the repo"
    tabs={TABS.map(({ tab, label, href }) => ({ href: href(repo), label, current: tab === at }))}
  />
);

/** What one can do to the run now; ending it by force is asked about first. */
function RunButtons({ place, row }: { place: Place; row: RepoRow }) {
  const busy = useFlag();
  const asking = useFlag();
  const go = async (action: RunAction) => {
    busy.value = true;
    try {
      await act(place, row.id, action.name);
      await lookAtRows(place);
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
  };
  const actions = actionsFor(row.status);
  useEffect(() => {
    runEntries.value = actions.map((it) => ({
      icon: it.icon,
      label: `${it.label} ${row.displayName}`,
      where: "command",
      go: () => it.danger ? void (asking.value = true) : void go(it),
    }));
    return () => void (runEntries.value = []);
  }, [row.status]);
  return (
    <>
      {actions.map((it, at) => (
        <Button
          key={it.name}
          kind={it.danger ? "danger" : at === 0 && it.icon === "run" ? "primary" : "plain"}
          icon={it.icon}
          label={it.does}
          busy={busy.value}
          onClick={() => it.danger ? (asking.value = true) : void go(it)}
        >
          {it.label}
        </Button>
      ))}
      <Confirm
        title="End the run by force?"
        verb="Kill"
        open={asking.value}
        onNo={() => (asking.value = false)}
        onYes={() => {
          asking.value = false;
          const kill = actions.find((it) => it.danger);
          if (kill !== undefined) void go(kill);
        }}
      >
        <p>
          Every process of <Foreign text={row.displayName} />{" "}
          is ended at once. The turn in hand is broken off; nothing that is committed is lost.
        </p>
      </Confirm>
    </>
  );
}
