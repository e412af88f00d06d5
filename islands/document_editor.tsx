/** One document of a repo: read on one side, edited on the other; on a phone the one or the other. */

import { type Signal, useSignal } from "@preact/signals";
import { ConflictDialog } from "./conflict.tsx";
import type { ContextDoc } from "./context_docs.ts";
import { Editor } from "./editor.tsx";
import { type Base, type EditKind, useEditing } from "./editing.ts";
import { Choice, EditingBar } from "./editing_bar.tsx";
import { FileChat } from "./file_chat.tsx";
import { IngestSpec } from "./ingest_spec.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Notice, Skeleton } from "./parts/small.tsx";
import { type Place, repoApi } from "./place.ts";
import { useRepoNews } from "./repo_news.ts";
import { useSoon } from "./soon.ts";

interface TextDocument extends Base {
  readonly kind: string;
  readonly path: string;
}

const isText = (value: unknown): value is string => typeof value === "string";

const textEdits = (address: string): EditKind<TextDocument, string> => ({
  addressOf: () => address,
  isEdit: isText,
  changeOf: (text, standing) => text === standing ? null : { text },
  onto: (text) => text,
  whole: (text) => ({ text }),
});

type Side = "read" | "edit";
const SIDES: Readonly<Record<Side, string>> = { read: "Read", edit: "Edit" };

export function DocumentEditor(
  { place, doc, agents }: { place: Place; doc: ContextDoc; agents: readonly string[] },
) {
  const address = `${repoApi(place)}/${doc.path}`;
  const editing = useEditing(address, textEdits(address));
  const side = useSignal<Side>("read");
  const refresh = useSoon(editing.refresh);
  useRepoNews(place.repo, refresh);
  const { value, problem } = editing.resource.value;
  if (value === null) {
    return problem === null
      ? <Skeleton lines={8} />
      : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  const text = editing.edit.value ?? value.text;
  const isEdited = editing.edit.value !== null;
  return (
    <div class="section">
      <EditingBar
        editing={editing}
        problems={0}
        actions={doc.id === "spec"
          ? <IngestSpec place={place} isEmpty={text.trim() === ""} isEdited={isEdited} />
          : null}
      >
        <span class="sides">
          <Choice
            label="What is shown"
            value={side.value}
            options={SIDES}
            onChoose={(it) => (side.value = it)}
          />
        </span>
      </EditingBar>
      <Sides doc={doc} text={text} side={side} onChange={editing.change} />
      <div class="doc-chat">
        <FileChat place={place} target={doc.chat} agents={agents} onApplied={refresh} />
      </div>
      <ConflictDialog
        what="The document"
        conflict={editing.conflict.value}
        onSettle={(settled) => void editing.settle(settled)}
        onLater={editing.postpone}
      />
    </div>
  );
}

function Sides(
  { doc, text, side, onChange }: {
    doc: ContextDoc;
    text: string;
    side: Signal<Side>;
    onChange: (text: string) => void;
  },
) {
  return (
    <div class="doc-sides" data-side={side.value}>
      <div class="doc-reader">
        {text.trim() === ""
          ? (
            <p class="soft">
              It is empty. {doc.about}
            </p>
          )
          : <Markdown text={text} />}
      </div>
      <div class="doc-editor">
        <Editor label={doc.label} hint={doc.about} text={text} onChange={onChange} />
      </div>
    </div>
  );
}
