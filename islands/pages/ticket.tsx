/** A ticket: its file to be edited on one side, what happened to it on the other. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Explanation } from "../../lib/engine/explain_run.ts";
import { type Editing, useEditing } from "../editing.ts";
import { FileChat } from "../file_chat.tsx";
import { pageEntries } from "../palette.tsx";
import { LinkButton } from "../parts/button.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Pill } from "../parts/mark.tsx";
import { Empty, Notice, Skeleton } from "../parts/small.tsx";
import { LINKS, type PageProps, repoApi } from "../place.ts";
import type { Problem } from "../problem.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useRepoNews } from "../repo_news.ts";
import { type Resource, useResource } from "../resource.ts";
import { useSoon } from "../soon.ts";
import { NeighbourLinks, TicketActions } from "../ticket_actions.tsx";
import { TicketEditor, ticketEdits, type TicketMode } from "../ticket_editor.tsx";
import { type TicketHistory, TicketPast } from "../ticket_past.tsx";
import type { TicketEdit } from "../ticket_edit.ts";
import type { TicketDocument, TicketList } from "../ticket_types.ts";

export default function TicketPage({ place }: PageProps) {
  const api = repoApi(place);
  const asked = place.params["ticket"] ?? "";
  const kind = useMemo(() => ticketEdits(api), [api]);
  const editing = useEditing(`${api}/tickets/${encodeURIComponent(asked)}`, kind);
  const { value: doc, problem } = editing.resource.value;
  const queue = useResource<TicketList>(`${api}/tickets`).state.value;
  const past = usePast(api, doc);
  const refresh = useSoon(() => {
    editing.refresh();
    past.refresh();
  });
  useRepoNews(place.repo, refresh);
  usePalette(place.repo ?? "", queue.value);
  return (
    <RepoFrame
      place={place}
      tab="queue"
      title={titleOf(doc, asked)}
      state={doc === null ? null : <Pill {...stateOf(doc, past.history)} />}
      actions={doc === null || queue.value?.kind !== "tickets"
        ? undefined
        : <TicketActions place={place} doc={doc} onChanged={changed(editing.show, refresh)} />}
    >
      {problem === null ? null : <Failed place={place} problem={problem} />}
      {doc === null && problem === null ? <Skeleton lines={9} /> : null}
      {doc === null ? null : (
        <div class="ticket-columns">
          <FileSide place={place} doc={doc} editing={editing} queue={queue} />
          <div class="ticket-past">
            {past.history === null
              ? <Skeleton lines={5} />
              : <TicketPast place={place} history={past.history} explanation={past.explanation} />}
            {queue.value?.kind === "tickets"
              ? (
                <FileChat
                  place={place}
                  target={`ticket:${doc.name}`}
                  agents={queue.value.agents}
                  onApplied={refresh}
                />
              )
              : null}
          </div>
          <NeighbourLinks place={place} doc={doc} />
        </div>
      )}
    </RepoFrame>
  );
}

/**
 * What is not there, or no ticket, has no past to be asked for. By the file's name: an id may come
 * when CAR writes one.
 */
function usePast(api: string, doc: TicketDocument | null) {
  const name = doc === null || doc.ticket === null ? null : encodeURIComponent(doc.name);
  const history = useResource<TicketHistory>(name && `${api}/tickets/${name}/history`);
  const explanation = useResource<Explanation>(name && `${api}/explain?ticket=${name}`);
  return {
    history: doc !== null && name === null ? NO_PAST : history.state.value.value,
    explanation: name === null ? null : explanation.state.value.value,
    refresh: () => {
      history.refresh();
      explanation.refresh();
    },
  };
}

interface FileSideProps extends PageProps {
  readonly doc: TicketDocument;
  readonly editing: Editing<TicketDocument, TicketEdit>;
  readonly queue: Resource<TicketList>;
}

/** How it is edited depends on what the queue is made of. */
function FileSide({ place, doc, editing, queue: { value, problem } }: FileSideProps) {
  const mode = useSignal<TicketMode>("form");
  if (value === null && problem === null) return <Skeleton lines={9} />;
  if (value?.kind === "todo") return <Box place={place} doc={doc} />;
  return (
    <TicketEditor
      place={place}
      doc={doc}
      editing={editing}
      mode={mode}
      agents={value?.agents ?? []}
    />
  );
}

const NO_PAST: TicketHistory = { turns: [], verdicts: [] };

/** A box of a list has no file of its own. */
function Box({ place, doc }: PageProps & { doc: TicketDocument }) {
  return (
    <div class="section">
      <Notice
        tone="idle"
        title="This is a box of the list"
        actions={
          <LinkButton icon="edit" href={LINKS.context(place.repo ?? "", "todo")}>
            Edit the list
          </LinkButton>
        }
      >
        The queue of this repo is a list of boxes; what is to be done stands there.
      </Notice>
      <Markdown text={doc.text} />
    </div>
  );
}

const changed =
  (show: (doc: TicketDocument) => void, refresh: () => void) => (doc: TicketDocument) => {
    show(doc);
    refresh();
  };

const titleOf = (doc: TicketDocument | null, asked: string): string =>
  doc === null ? asked : `${doc.number} ${doc.ticket?.title ?? doc.name}`;

/** The newest that is known: a turn on it now, the file, its last verdict. */
function stateOf(
  { ticket }: TicketDocument,
  past: TicketHistory | null,
): { state: string; words?: string } {
  if (past?.turns.at(-1)?.result === null) return { state: "running" };
  if (ticket === null) return { state: "failed", words: "broken" };
  if (ticket.done) return { state: "done" };
  const last = past?.verdicts.at(-1)?.type;
  return { state: last === "held" || last === "rejected" ? last : "open" };
}

function Failed({ place, problem }: PageProps & { problem: Problem }) {
  if (problem.code !== "not_found") {
    return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  return (
    <Empty
      title={problem.message}
      actions={<LinkButton href={LINKS.repo(place.repo ?? "")}>To the queue</LinkButton>}
    >
      {problem.hint ?? "It may have been moved, or taken out of the queue."}
    </Empty>
  );
}

/** The palette knows the other tickets of the queue. */
function usePalette(repo: string, list: TicketList | null): void {
  useEffect(() => {
    pageEntries.value = (list?.tickets ?? []).map((it) => ({
      icon: "doc" as const,
      label: `${it.number} ${it.title ?? it.name}`,
      where: "ticket",
      go: LINKS.ticket(repo, it.number),
    }));
  }, [list]);
}
