/** What was taken out of use in a repo and kept; tickets can be put back. */

import { useSignal } from "@preact/signals";
import { byteSize } from "../../lib/base/text.ts";
import type { ArchiveEntry, ArchiveKind } from "../../lib/control/archive.ts";
import { post } from "../api.ts";
import { Ago } from "../parts/ago.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Empty, Notice, Section, Skeleton } from "../parts/small.tsx";
import { toast, toastProblem } from "../parts/toast.tsx";
import { type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";

interface ArchiveList {
  readonly folder: string;
  readonly entries: readonly ArchiveEntry[];
}

const KINDS: Readonly<Record<ArchiveKind, string>> = {
  ticket: "ticket",
  worktree: "worktree",
  damaged: "damaged state",
  older: "older state",
};

const nameOf = (path: string): string => path.slice(path.indexOf("/") + 1);

export default function Archive({ place }: PageProps) {
  const api = repoApi(place);
  const archive = useResource<ArchiveList>(`${api}/archive`);
  const shown = useSignal<string | null>(null);
  const { value, problem } = archive.state.value;
  const restore = async (name: string) => {
    try {
      await post(`${api}/archive/tickets/${encodeURIComponent(name)}/restore`);
      toast("done", "The ticket is back in the queue");
      shown.value = null;
      archive.refresh();
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  return (
    <RepoFrame place={place} tab="archive">
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {value === null
        ? <Skeleton lines={5} />
        : value.entries.length === 0
        ? (
          <Empty title="The archive is empty">
            Tickets you take out of the queue, worktrees you clean up and state that could not be
            read are kept here.
          </Empty>
        )
        : (
          <Section title="Kept" aside={<Foreign text={value.folder} />}>
            <EntryTable entries={value.entries} onShow={(name) => (shown.value = name)} />
          </Section>
        )}
      <ArchivedTicket
        api={api}
        name={shown.value}
        onClose={() => (shown.value = null)}
        onRestore={(name) => void restore(name)}
      />
    </RepoFrame>
  );
}

function EntryTable(
  { entries, onShow }: { entries: readonly ArchiveEntry[]; onShow: (name: string) => void },
) {
  return (
    <div class="panel">
      <table class="table stacked">
        <thead>
          <tr>
            <th scope="col" class="grow">Name</th>
            <th scope="col">Kind</th>
            <th scope="col" class="num">Size</th>
            <th scope="col">Kept</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((it) => (
            <tr key={it.path}>
              <td class="grow">
                {it.kind === "ticket"
                  ? (
                    <button type="button" class="link" onClick={() => onShow(nameOf(it.path))}>
                      <Foreign text={nameOf(it.path)} />
                    </button>
                  )
                  : <Foreign text={it.path} />}
              </td>
              <td class="soft">{KINDS[it.kind]}</td>
              <td class="num dim">{it.bytes === null ? "folder" : byteSize(it.bytes)}</td>
              <td class="dim small">
                <Ago atMs={it.atMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ArchivedTicket(
  { api, name, onClose, onRestore }: {
    api: string;
    name: string | null;
    onClose: () => void;
    onRestore: (name: string) => void;
  },
) {
  const path = name === null ? null : `${api}/archive/tickets/${encodeURIComponent(name)}`;
  const text = useResource<{ text: string }>(path);
  const { value } = text.state.value;
  return (
    <Dialog
      title={name ?? ""}
      open={name !== null}
      wide
      onClose={onClose}
      foot={
        <Button kind="primary" onClick={() => name !== null && onRestore(name)}>
          Put it back into the queue
        </Button>
      }
    >
      {value === null ? <Skeleton lines={4} /> : <Markdown text={value.text} />}
    </Dialog>
  );
}
