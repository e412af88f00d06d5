/** A ticket's file in hand: its frontmatter as a form over its text, or the whole file. */

import type { Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { LintProblem } from "../lib/engine/ticket.ts";
import { ConflictDialog } from "./conflict.tsx";
import { Editor } from "./editor.tsx";
import type { Editing, EditKind } from "./editing.ts";
import { Choice, EditingBar } from "./editing_bar.tsx";
import { judge, useJudged } from "./judging.ts";
import { toast, toastProblem } from "./parts/toast.tsx";
import { type Place, repoApi } from "./place.ts";
import {
  beginForm,
  changeOf,
  type FormEdit,
  isTicketEdit,
  onto,
  type TicketEdit,
} from "./ticket_edit.ts";
import { OtherProblems, TicketFields } from "./ticket_fields.tsx";
import { hasField } from "./ticket_form.ts";
import type { TicketDocument } from "./ticket_types.ts";

/** By its name: another ticket may take its number. */
export const ticketEdits = (api: string): EditKind<TicketDocument, TicketEdit> => ({
  addressOf: ({ name }) => `${api}/tickets/${encodeURIComponent(name)}`,
  isEdit: isTicketEdit,
  changeOf,
  onto,
  whole: (text) => ({ text }),
});

export type TicketMode = TicketEdit["mode"];

export interface TicketEditorProps {
  readonly place: Place;
  readonly doc: TicketDocument;
  readonly editing: Editing<TicketDocument, TicketEdit>;
  readonly mode: Signal<TicketMode>;
  readonly agents: readonly string[];
}

const MODES: Readonly<Record<TicketMode, string>> = { form: "Form", file: "Whole file" };

export function TicketEditor({ place, doc, editing, mode, agents }: TicketEditorProps) {
  const api = repoApi(place);
  const edit = editing.edit.value;
  const begun = useMemo(() => beginForm(doc), [doc]);
  const judged = useJudged(api, doc.name, edit);
  const problems = edit === null ? doc.problems : judged.value?.problems ?? [];
  const shown = edit ??
    (mode.value === "form" ? begun : { mode: "file", source: doc.text } as const);
  const turn = (wanted: TicketMode) => void turnTo(wanted, { api, doc, editing, mode });
  return (
    <div class="section ticket-editor">
      <EditingBar editing={editing} problems={problems.length}>
        <Choice label="How to edit" value={shown.mode} options={MODES} onChoose={turn} />
      </EditingBar>
      {shown.mode === "form"
        ? <FormView edit={shown} agents={agents} problems={problems} onChange={editing.change} />
        : (
          <FileView
            text={shown.source}
            problems={problems}
            onChange={(source) => editing.change({ mode: "file", source })}
          />
        )}
      <ConflictDialog
        what="The ticket"
        conflict={editing.conflict.value}
        onSettle={(text) => void editing.settle(text)}
        onLater={editing.postpone}
      />
    </div>
  );
}

interface Turning extends Pick<TicketEditorProps, "doc" | "editing" | "mode"> {
  readonly api: string;
}

/** Takes what is changed along: as text into the file, as values into the form. */
async function turnTo(wanted: TicketMode, { api, doc, editing, mode }: Turning): Promise<void> {
  const edit = editing.edit.peek();
  try {
    const now = edit === null ? doc : await judge(api, doc.name, edit);
    if (wanted === "form" && now.ticket === null) {
      return toast("waiting", "The file cannot be shown as a form", "Mend the marked lines first.");
    }
    mode.value = wanted;
    if (edit === null) return;
    editing.change(wanted === "form" ? beginForm(now) : { mode: "file", source: now.text });
  } catch (thrown) {
    toastProblem(thrown);
  }
}

function FormView(
  { edit, agents, problems, onChange }: {
    edit: FormEdit;
    agents: readonly string[];
    problems: readonly LintProblem[];
    onChange: (edit: TicketEdit) => void;
  },
) {
  return (
    <>
      <OtherProblems problems={problems.filter((it) => !hasField(it.key))} />
      <TicketFields
        form={edit.form}
        agents={agents}
        problems={problems}
        onChange={(form) => onChange({ ...edit, form })}
      />
      <div class="field">
        <span class="label">What is to be done</span>
        <Editor
          label="What is to be done"
          hint="Markdown; the agent reads it as it stands"
          text={edit.body}
          onChange={(body) => onChange({ ...edit, body })}
        />
      </div>
    </>
  );
}

function FileView(
  { text, problems, onChange }: {
    text: string;
    problems: readonly LintProblem[];
    onChange: (text: string) => void;
  },
) {
  const marks = useMemo(() => problems.map(({ line, message }) => ({ line, message })), [problems]);
  return <Editor label="The whole file" text={text} marks={marks} onChange={onChange} />;
}
