/** What one does to a ticket as a whole: mark it, move it, take it out, go to its neighbours. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ask, post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { listenForKeys } from "./keys.ts";
import { Button, LinkButton } from "./parts/button.tsx";
import { Confirm, Dialog } from "./parts/dialog.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Menu } from "./parts/menu.tsx";
import { Field } from "./parts/small.tsx";
import { toast, toastProblem } from "./parts/toast.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { whileLeaving } from "./soon.ts";
import type { TicketDocument } from "./ticket_types.ts";

export interface TicketActionsProps {
  readonly place: Place;
  readonly doc: TicketDocument;
  /** The ticket as it now is. */
  readonly onChanged: (doc: TicketDocument) => void;
}

export function TicketActions({ place, doc, onChanged }: TicketActionsProps) {
  const address = `${repoApi(place)}/tickets/${encodeURIComponent(doc.name)}`;
  const busy = useFlag();
  const moving = useFlag();
  const leaving = useFlag();
  const done = doc.ticket?.done ?? false;
  const mark = async () => {
    busy.value = true;
    try {
      onChanged(await post<TicketDocument>(`${address}/done`, { done: !done }));
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
  };
  return (
    <>
      <Neighbours place={place} doc={doc} />
      <Button
        icon={done ? "refresh" : "check"}
        label={done ? "Open again" : "Mark done"}
        busy={busy.value}
        unavailable={doc.ticket === null ? "The file is broken; mend it first" : null}
        onClick={() => void mark()}
      >
        <span class="with-room">{done ? "Open again" : "Mark done"}</span>
      </Button>
      <Menu
        label="More for this ticket"
        items={[
          { label: "Move", icon: "list", onChoose: () => (moving.value = true) },
          {
            label: "Take out",
            icon: "trash",
            kind: "danger",
            onChoose: () => (leaving.value = true),
          },
        ]}
      />
      <Move
        place={place}
        doc={doc}
        address={address}
        open={moving.value}
        onClose={() => (moving.value = false)}
      />
      <TakeOut
        place={place}
        doc={doc}
        address={address}
        open={leaving.value}
        onClose={() => (leaving.value = false)}
      />
    </>
  );
}

/** Also by `[` and `]`. */
function Neighbours({ place, doc: { previous, next } }: { place: Place; doc: TicketDocument }) {
  const go = (number: number | null) => {
    if (number !== null) location.assign(LINKS.ticket(place.repo ?? "", number));
  };
  useLayoutEffect(() => listenForKeys({ "[": () => go(previous), "]": () => go(next) }), [
    previous,
    next,
  ]);
  return (
    <span class="neighbours">
      <Button
        kind="quiet"
        icon="left"
        label="Previous ticket ( [ )"
        unavailable={previous === null ? "This is the first ticket" : null}
        onClick={() => go(previous)}
      />
      <Button
        kind="quiet"
        icon="right"
        label="Next ticket ( ] )"
        unavailable={next === null ? "This is the last ticket" : null}
        onClick={() => go(next)}
      />
    </span>
  );
}

/** On a phone the way to the neighbours stands below the page. */
export function NeighbourLinks(
  { place, doc: { previous, next } }: { place: Place; doc: TicketDocument },
) {
  const repo = place.repo ?? "";
  return (
    <nav class="neighbours-foot" aria-label="Other tickets">
      {previous === null
        ? <span />
        : (
          <LinkButton kind="quiet" icon="left" href={LINKS.ticket(repo, previous)}>
            Ticket {previous}
          </LinkButton>
        )}
      {next === null
        ? <span />
        : (
          <LinkButton kind="quiet" icon="right" href={LINKS.ticket(repo, next)}>
            Ticket {next}
          </LinkButton>
        )}
    </nav>
  );
}

interface Asking {
  readonly place: Place;
  readonly doc: TicketDocument;
  readonly address: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

function Move({ place, doc, address, open, onClose }: Asking) {
  const typed = useSignal("");
  const problem = useSignal<string | null>(null);
  const move = async () => {
    problem.value = null;
    const to = Number(typed.value);
    if (!/^\d{1,9}$/.test(typed.value.trim())) {
      problem.value = "A number is needed: the place in the queue.";
      return;
    }
    try {
      await whileLeaving(async () => {
        await post(`${address}/move`, { to });
        location.assign(LINKS.ticket(place.repo ?? "", to));
      });
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  return (
    <Dialog
      title={`Move ticket ${doc.number}`}
      open={open}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" onClick={() => void move()}>Move</Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void move();
        }}
      >
        <Field
          label="New number"
          error={problem.value}
          hint="What stands there moves up, and what names tickets by number follows."
        >
          {(it) => (
            <input
              {...it}
              class="input"
              inputMode="numeric"
              autofocus
              placeholder={String(doc.number)}
              value={typed.value}
              onInput={(event) => (typed.value = event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function TakeOut({ place, doc, address, open, onClose }: Asking) {
  const takeOut = async () => {
    onClose();
    try {
      await whileLeaving(async () => {
        await ask(address, { method: "DELETE" });
        toast("done", `${doc.name} is in the archive`);
        location.assign(LINKS.repo(place.repo ?? ""));
      });
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  return (
    <Confirm
      title="Take the ticket out of the queue?"
      verb="Take out"
      open={open}
      onNo={onClose}
      onYes={() => void takeOut()}
    >
      <p>
        <Foreign text={doc.name} /> goes to the archive of the repo. From there it can be put back.
      </p>
    </Confirm>
  );
}
