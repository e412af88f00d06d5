/** The overview of a hub: every repo and worktree with what it does and why, and what one can do. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { post } from "../api.ts";
import { useFlag } from "../flag.ts";
import { Frame } from "../frame.tsx";
import { AddRepo, NewWorktree } from "../home_dialogs.tsx";
import { leave, LeaveDialog, type Leaving } from "../home_leaving.tsx";
import { listenForKeys } from "../keys.ts";
import { Ago } from "../parts/ago.tsx";
import { Button } from "../parts/button.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Pill } from "../parts/mark.tsx";
import { Menu, type MenuItem } from "../parts/menu.tsx";
import { Empty, Meter, Section, Skeleton } from "../parts/small.tsx";
import { toast, toastProblem } from "../parts/toast.tsx";
import { LINKS, type PageProps, type Place } from "../place.ts";
import { nested, shortName, shortReason } from "../repo_rows.ts";
import { act, actionsFor, type RunAction } from "../run_actions.ts";
import { lookAtRows, type RepoRow, rows } from "../store.ts";

export default function Home({ place }: PageProps) {
  const adding = useFlag();
  const worktreeOf = useSignal<string | null>(null);
  const list = rows.value;
  return (
    <Frame
      place={place}
      title="Overview"
      at="home"
      actions={<HeadActions place={place} onAdd={() => (adding.value = true)} />}
    >
      {list === null
        ? <Skeleton lines={6} />
        : list.length === 0
        ? <NoRepos onAdd={() => (adding.value = true)} />
        : <RepoTable place={place} list={list} onWorktree={(repo) => (worktreeOf.value = repo)} />}
      <AddRepo place={place} open={adding.value} onClose={() => (adding.value = false)} />
      <NewWorktree
        place={place}
        repo={worktreeOf.value}
        onClose={() => (worktreeOf.value = null)}
      />
    </Frame>
  );
}

function HeadActions({ place, onAdd }: { place: Place; onAdd: () => void }) {
  const scanning = useFlag();
  const scan = async () => {
    scanning.value = true;
    try {
      await post("/hub/repos/scan");
      await lookAtRows(place);
      toast("done", "The folders have been looked through");
    } catch (thrown) {
      toastProblem(thrown);
    }
    scanning.value = false;
  };
  return (
    <>
      <Button kind="quiet" icon="refresh" busy={scanning.value} onClick={() => void scan()}>
        Scan
      </Button>
      <Button icon="plus" onClick={onAdd}>Add repo</Button>
    </>
  );
}

function NoRepos({ onAdd }: { onAdd: () => void }) {
  return (
    <Empty
      title="No repos yet"
      actions={<Button kind="primary" icon="plus" onClick={onAdd}>Add a repo</Button>}
    >
      The hub works the git repos in its folder. Put one there and scan, or add or clone one from
      here.
    </Empty>
  );
}

function RepoTable(
  { place, list, onWorktree }: {
    place: Place;
    list: readonly RepoRow[];
    onWorktree: (repo: string) => void;
  },
) {
  const shown = nested(list);
  const chosen = useChosen(shown);
  const running = list.filter((row) => row.status === "RUNNING").length;
  const waiting = list.filter((row) => row.attention > 0).length;
  return (
    <Section
      title={`${list.length} ${list.length === 1 ? "repo" : "repos"}`}
      aside={[
        running === 0 ? "none running" : `${running} running`,
        waiting === 0 ? null : `${waiting} waiting for you`,
      ].filter((it) => it !== null).join(", ")}
    >
      <div class="panel">
        <table class="table stacked repos">
          <thead>
            <tr>
              <th scope="col">Repo</th>
              <th scope="col">State</th>
              <th scope="col" class="grow">Why</th>
              <th scope="col">Tickets</th>
              <th scope="col" class="activity">Last activity</th>
              <th scope="col">
                <span class="aside-from-eyes">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <RepoLine
                key={row.id}
                place={place}
                row={row}
                chosen={row.id === chosen}
                onWorktree={onWorktree}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** Which line the keyboard is at: j and k move, Enter opens. */
function useChosen(shown: readonly RepoRow[]): string | null {
  const at = useSignal<number | null>(null);
  useLayoutEffect(() => {
    const move = (by: number) => () => {
      const last = shown.length - 1;
      at.value = at.value === null ? 0 : Math.max(0, Math.min(last, at.value + by));
    };
    return listenForKeys({
      j: move(1),
      k: move(-1),
      Enter: () => {
        const row = shown[at.value ?? -1];
        if (row !== undefined) location.assign(LINKS.repo(row.id));
      },
    });
  }, [shown.map((row) => row.id).join(" ")]);
  return at.value === null ? null : shown[at.value]?.id ?? null;
}

function RepoLine(
  { place, row, chosen, onWorktree }: {
    place: Place;
    row: RepoRow;
    chosen: boolean;
    onWorktree: (repo: string) => void;
  },
) {
  return (
    <tr data-chosen={chosen} data-repo={row.id}>
      <td class={row.kind === "worktree" ? "repo-name nested" : "repo-name"}>
        <a class="ellipsis" href={LINKS.repo(row.id)} title={row.displayName}>
          <Foreign text={shortName(row)} />
        </a>
        {row.dirty === true
          ? <span class="tag" title="Changes that are not committed">dirty</span>
          : null}
        {row.enabled ? null : <span class="tag">off</span>}
        {row.autoRun
          ? <span class="tag" title="Runs by itself when there are tickets">auto</span>
          : null}
      </td>
      <td>
        <Pill state={row.status} words={slotWords(row)} />
      </td>
      <td class="grow why">
        {row.attention > 0
          ? <a class="tone" data-tone="waiting" href={LINKS.inbox()}>{row.attention} for you</a>
          : null}
        <span class="soft">
          <Foreign text={shortReason(row)} title={row.reason} />
        </span>
        {row.sinceMs === null ? null : (
          <span class="dim small">
            <Ago atMs={row.sinceMs} />
          </span>
        )}
      </td>
      <td class="tickets">
        <Tickets row={row} />
      </td>
      <td class="dim small activity">
        <Ago atMs={row.lastActivityMs} />
      </td>
      <td class="actions">
        <RowActions place={place} row={row} onWorktree={onWorktree} />
      </td>
    </tr>
  );
}

const slotWords = (row: RepoRow): string | undefined =>
  typeof row.slot === "object" ? `waits, ${row.slot.waiting} in line` : undefined;

function Tickets({ row }: { row: RepoRow }) {
  if (row.total === null || row.done === null) return <span class="dim">unknown</span>;
  if (row.total === 0) return <span class="dim">no tickets</span>;
  return (
    <span class="tickets-done">
      <Meter
        value={row.done}
        total={row.total}
        label={`${row.done} of ${row.total} tickets done`}
      />
      <span class="small">{row.done}/{row.total}</span>
    </span>
  );
}

function RowActions(
  { place, row, onWorktree }: {
    place: Place;
    row: RepoRow;
    onWorktree: (repo: string) => void;
  },
) {
  const busy = useFlag();
  const leaving = useSignal<Leaving | null>(null);
  const go = async (work: () => Promise<unknown>) => {
    busy.value = true;
    try {
      await work();
      await lookAtRows(place);
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
  };
  if (!row.initialized && row.exists) {
    const init = () => post(`/hub/repos/${encodeURIComponent(row.id)}/init`);
    return <Button busy={busy.value} onClick={() => void go(init)}>Set up</Button>;
  }
  const [first, ...more] = actionsFor(row.status);
  const run = (it: RunAction) => void go(() => act(place, row.id, it.name));
  const items: readonly MenuItem[] = [
    ...more.map((it) => ({
      label: it.label,
      icon: it.icon,
      ...(it.danger ? { kind: "danger" as const } : {}),
      onChoose: () => run(it),
    })),
    ...settingsItems(row, (work) => void go(work)),
    row.kind === "base"
      ? { label: "New worktree", icon: "branch", onChoose: () => onWorktree(row.id) }
      : { label: "Clean up", icon: "archive", onChoose: () => (leaving.value = "cleanup") },
    { label: "Take off the list", icon: "close", onChoose: () => (leaving.value = "remove") },
  ];
  return (
    <div class="row-actions">
      <LeaveDialog
        row={row}
        how={leaving.value}
        onNo={() => (leaving.value = null)}
        onYes={(how) => {
          leaving.value = null;
          void go(() => leave(row, how));
        }}
      />
      {first === undefined
        ? null
        : (
          <Button icon={first.icon} busy={busy.value} onClick={() => run(first)}>
            {first.label}
          </Button>
        )}
      <Menu label={`More for ${row.displayName}`} items={items} />
    </div>
  );
}

function settingsItems(
  row: RepoRow,
  go: (work: () => Promise<unknown>) => void,
): readonly MenuItem[] {
  const set = (body: object) => () =>
    go(() => post(`/hub/repos/${encodeURIComponent(row.id)}/settings`, body));
  return [
    {
      label: row.autoRun ? "Do not run by itself" : "Run by itself",
      icon: "refresh",
      onChoose: set({ autoRun: !row.autoRun }),
    },
    {
      label: row.enabled ? "Turn off" : "Turn on",
      icon: row.enabled ? "pause" : "check",
      onChoose: set({ enabled: !row.enabled }),
    },
  ];
}
