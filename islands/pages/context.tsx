/** The contextspace of a repo: what agents read before each turn, read and edited side by side. */

import { type ContextDoc, docsOf, findDoc } from "../context_docs.ts";
import { DocumentEditor } from "../document_editor.tsx";
import { LinkButton } from "../parts/button.tsx";
import { Empty, Notice, Skeleton, Tabs } from "../parts/small.tsx";
import { LINKS, type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";
import type { TicketList } from "../ticket_types.ts";

export default function Context({ place }: PageProps) {
  const queue = useResource<TicketList>(`${repoApi(place)}/tickets`);
  const { value, problem } = queue.state.value;
  const asked = place.params["doc"];
  const repo = place.repo ?? "";
  const docs = docsOf(value?.kind ?? null);
  const doc = findDoc(docs, asked);
  // Which documents there are depends on the queue: one that is not among them may yet be.
  const isKnown = value !== null || problem !== null || (asked !== undefined && doc !== null);
  return (
    <RepoFrame place={place} tab="context">
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      <DocTabs repo={repo} docs={docs} at={doc?.id ?? null} />
      {doc !== null && isKnown
        ? <DocumentEditor key={doc.id} place={place} doc={doc} agents={value?.agents ?? []} />
        : isKnown
        ? (
          <Empty
            title="There is no such document"
            actions={<LinkButton href={LINKS.context(repo)}>To the contextspace</LinkButton>}
          >
            This repo keeps {docs.map((it) => it.label).join(", ")}.
          </Empty>
        )
        : <Skeleton lines={8} />}
    </RepoFrame>
  );
}

const DocTabs = (
  { repo, docs, at }: { repo: string; docs: readonly ContextDoc[]; at: string | null },
) => (
  <div class="doc-tabs">
    <Tabs
      label="Documents"
      tabs={docs.map((it) => ({
        href: LINKS.context(repo, it.id),
        label: it.label,
        current: it.id === at,
      }))}
    />
  </div>
);
