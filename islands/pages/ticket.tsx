/** A ticket: its file to be edited on one side, what happened to it on the other. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Explanation } from "../../lib/engine/explain_run.ts";
import { useEditing } from "../editing.ts";
import { FileChat } from "../file_chat.tsx";
import { pageEntries } from "../palette.tsx";
import { LinkButton } from "../parts/button.tsx";
import { Pill } from "../parts/mark.tsx";
import { Empty, Notice, Skeleton } from "../parts/small.tsx";
import { LINKS, type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useRepoNews } from "../repo_news.ts";
import { useResource } from "../resource.ts";
import { useSoon } from "../soon.ts";
import { NeighbourLinks, TicketActions } from "../ticket_actions.tsx";
import { TicketEditor, ticketEdits, type TicketMode } from "../ticket_editor.tsx";
import { type TicketHistory, TicketPast } from "../ticket_past.tsx";
import type { TicketDocument, TicketList } from "../ticket_types.ts";

export default function TicketPage({ place }: PageProps) {
  const api = repoApi(place);
  const asked = encodeURIComponent(place.params["ticket"] ?? "");
  const kind = useMemo(() => ticketEdits(api), [api]);
  const editing = useEditing(`${api}/tickets/${asked}`, kind);
  const list = useResource<TicketList>(`${api}/tickets`);
  const history = useResource<TicketHistory>(`${api}/tickets/${asked}/history`);
  const explanation = useResource<Explanation>(`${api}/explain?ticket=${asked}`);
  const refresh = useSoon(() => {
    editing.refresh();
    history.refresh();
    explanation.refresh();
  });
  useRepoNews(place.repo, refresh);
  const mode = useSignal<TicketMode>("form");
  const { value: doc, problem } = editing.resource.value;
  usePalette(place.repo ?? "", list.state.value.value);
  const past = history.state.value.value;
  return (
    <RepoFrame
      place={place}
      tab="queue"
      title={titleOf(doc, place.params["ticket"] ?? "")}
      state={doc === null ? null : <Pill {...stateOf(doc, past)} />}
      actions={doc === null || list.state.value.value?.kind !== "tickets"
        ? undefined
        : <TicketActions place={place} doc={doc} onChanged={changed(editing.show, refresh)} />}
    >
      {problem === null
        ? null
        : problem.code === "not_found"
        ? <Gone place={place} hint={problem.hint} message={problem.message} />
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {doc === null
        ? (problem === null ? <Skeleton lines={9} /> : null)
        : (
          <div class="ticket-columns">
            <TicketEditor
              place={place}
              doc={doc}
              editing={editing}
              mode={mode}
              agents={list.state.value.value?.agents ?? []}
            />
            <div class="ticket-past">
              {past === null ? <Skeleton lines={5} /> : (
                <TicketPast
                  place={place}
                  history={past}
                  explanation={explanation.state.value.value}
                />
              )}
              <FileChat
                place={place}
                target={`ticket:${doc.ticket?.id ?? doc.name}`}
                agents={list.state.value.value?.agents ?? []}
                onApplied={refresh}
              />
            </div>
            <NeighbourLinks place={place} doc={doc} />
          </div>
        )}
    </RepoFrame>
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

function Gone(
  { place, message, hint }: PageProps & { message: string; hint: string | null },
) {
  return (
    <Empty
      title={message}
      actions={<LinkButton href={LINKS.repo(place.repo ?? "")}>To the queue</LinkButton>}
    >
      {hint ?? "It may have been moved, or taken out of the queue."}
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
