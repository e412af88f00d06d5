/** The dialog for a new ticket: a title is enough. */

import { type Signal, useSignal } from "@preact/signals";
import { ask } from "./api.ts";
import { Button } from "./parts/button.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Field, Notice } from "./parts/small.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { Problem } from "./problem.ts";
import type { TicketDocument, TicketList } from "./ticket_types.ts";
import { useFlag } from "./flag.ts";

interface Draft {
  readonly title: string;
  readonly agent: string;
  readonly goal: string;
  readonly verify: string;
  readonly body: string;
}

const EMPTY: Draft = { title: "", agent: "", goal: "", verify: "", body: "" };

const lines = (text: string): readonly string[] =>
  text.split("\n").map((it) => it.trim()).filter((it) => it !== "");

export interface NewTicketProps {
  readonly place: Place;
  readonly list: TicketList;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onMade: () => void;
}

export function NewTicket({ place, list, open, onClose, onMade }: NewTicketProps) {
  const draft = useSignal<Draft>(EMPTY);
  const problem = useSignal<Problem | null>(null);
  const busy = useFlag();
  const submit = async (then: "close" | "open") => {
    busy.value = true;
    problem.value = null;
    const { agent, verify, ...rest } = draft.value;
    try {
      const { value } = await ask<TicketDocument>(`${repoApi(place)}/tickets`, {
        method: "POST",
        body: { ...rest, agent: agent === "" ? list.usualAgent : agent, verify: lines(verify) },
      });
      draft.value = EMPTY;
      onMade();
      onClose();
      if (then === "open") location.assign(LINKS.ticket(place.repo ?? "", value.number));
    } catch (thrown) {
      problem.value = Problem.of(thrown);
    }
    busy.value = false;
  };
  return (
    <Dialog
      title="New ticket"
      open={open}
      onClose={onClose}
      foot={
        <>
          <Button busy={busy.value} onClick={() => void submit("open")}>Add and open</Button>
          <Button kind="primary" busy={busy.value} onClick={() => void submit("close")}>Add</Button>
        </>
      }
    >
      <form
        class="section"
        onSubmit={(event) => {
          event.preventDefault();
          void submit("close");
        }}
      >
        <DraftFields draft={draft} list={list} />
        {problem.value === null
          ? null
          : <Notice tone="failed" title={problem.value.message}>{problem.value.hint}</Notice>}
      </form>
    </Dialog>
  );
}

function DraftFields({ draft, list }: { draft: Signal<Draft>; list: TicketList }) {
  const { title, agent, goal, body, verify } = draft.value;
  const set = (key: keyof Draft) =>
  (
    event: { currentTarget: { value: string } },
  ) => (draft.value = { ...draft.value, [key]: event.currentTarget.value });
  return (
    <>
      <Field label="Title">
        {(it) => <input class="input" autofocus {...it} value={title} onInput={set("title")} />}
      </Field>
      <Field label="Agent">
        {(it) => (
          <select class="select" {...it} value={agent || list.usualAgent} onChange={set("agent")}>
            {list.agents.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        )}
      </Field>
      <Field label="Goal" hint="What is true when it is done">
        {(it) => <input class="input" {...it} value={goal} onInput={set("goal")} />}
      </Field>
      <Field label="What is to be done" hint="Markdown; the agent reads it as it stands">
        {(it) => <textarea class="textarea" {...it} value={body} onInput={set("body")} />}
      </Field>
      <Field label="Checks" hint="Commands that must pass, one a line">
        {(it) => (
          <textarea class="textarea mono" rows={2} {...it} value={verify} onInput={set("verify")} />
        )}
      </Field>
    </>
  );
}
