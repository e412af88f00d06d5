/** The queue of a repo: every ticket in its order, moved by hand or by keys. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "./api.ts";
import { listenForKeys } from "./keys.ts";
import { Foreign } from "./parts/foreign.tsx";
import { Icon } from "./parts/icon.tsx";
import { Mark, Pill } from "./parts/mark.tsx";
import { toastProblem } from "./parts/toast.tsx";
import { VirtualList } from "./parts/virtual_list.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { changedPart, moved, waitsFor } from "./queue_order.ts";
import type { ListedTicket } from "./ticket_types.ts";

/** Of a row, in CSS pixels; on a phone two lines need more. */
const ROW_HEIGHT = 44;

export interface QueueListProps {
  readonly place: Place;
  readonly tickets: readonly ListedTicket[];
  /** The ticket in hand. */
  readonly workingOn: string | null;
  readonly canMove: boolean;
  readonly onChanged: () => void;
}

export function QueueList({ place, tickets, workingOn, canMove, onChanged }: QueueListProps) {
  const chosen = useSignal<string | null>(null);
  // Shown in the new order while the server is asked; its own list takes over as soon as it is there.
  const hoped = useSignal<readonly ListedTicket[] | null>(null);
  useEffect(() => void (hoped.value = null), [tickets]);
  const shown = hoped.value ?? tickets;
  const at = shown.findIndex((it) => it.id === chosen.value);
  const reorder = async (from: number, to: number) => {
    const after = moved(shown, from, to);
    const part = changedPart(shown.map((it) => it.name), after.map((it) => it.name));
    if (part === null || !canMove) return;
    hoped.value = after;
    try {
      await post(`${repoApi(place)}/tickets/reorder`, { order: part });
    } catch (thrown) {
      hoped.value = null;
      toastProblem(thrown);
    }
    onChanged();
  };
  useEffect(() => {
    const move = (by: number) => () => {
      const next = shown[at === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
      chosen.value = next?.id ?? null;
    };
    return listenForKeys({
      j: move(1),
      k: move(-1),
      J: () => void reorder(at, at + 1),
      K: () => void reorder(at, Math.max(0, at - 1)),
      Enter: () => {
        const ticket = shown[at];
        if (ticket !== undefined) location.assign(LINKS.ticket(place.repo ?? "", ticket.number));
      },
    });
  }, [at, shown]);
  const drag = useDrag(reorder);
  return (
    <VirtualList
      label="Queue"
      items={shown}
      rowHeight={ROW_HEIGHT}
      keyOf={(it) => it.name}
      {...(at === -1 ? {} : { shownAt: at })}
      render={(ticket, index) => (
        <QueueRow
          place={place}
          ticket={ticket}
          all={tickets}
          index={index}
          isChosen={ticket.id === chosen.value}
          isInHand={ticket.id === workingOn}
          drag={canMove ? drag : null}
        />
      )}
    />
  );
}

interface Drag {
  readonly from: number | null;
  readonly over: number | null;
  start(at: number): void;
  enter(at: number): void;
  drop(): void;
  end(): void;
}

function useDrag(reorder: (from: number, to: number) => Promise<void>): Drag {
  const from = useSignal<number | null>(null);
  const over = useSignal<number | null>(null);
  const end = () => {
    from.value = null;
    over.value = null;
  };
  return {
    from: from.value,
    over: over.value,
    start: (at) => (from.value = at),
    enter: (at) => (over.value = at),
    drop: () => {
      if (from.value !== null && over.value !== null) void reorder(from.value, over.value);
      end();
    },
    end,
  };
}

interface QueueRowProps {
  readonly place: Place;
  readonly ticket: ListedTicket;
  readonly all: readonly ListedTicket[];
  readonly index: number;
  readonly isChosen: boolean;
  readonly isInHand: boolean;
  readonly drag: Drag | null;
}

function QueueRow({ place, ticket, all, index, isChosen, isInHand, drag }: QueueRowProps) {
  const waits = waitsFor(ticket, all).filter((it) =>
    !all.find((other) => other.number === it)?.done
  );
  return (
    <div
      class="queue-row"
      data-chosen={isChosen}
      data-done={ticket.done}
      data-over={drag?.over === index && drag.from !== index}
      draggable={drag !== null}
      onDragStart={() => drag?.start(index)}
      onDragOver={(event) => {
        event.preventDefault();
        drag?.enter(index);
      }}
      onDrop={() => drag?.drop()}
      onDragEnd={() => drag?.end()}
    >
      {drag === null ? null : (
        <span class="grip" title="Drag, or J and K">
          <Icon name="grip" />
        </span>
      )}
      <span class="queue-number">{String(ticket.number).padStart(3, "0")}</span>
      <TicketMark ticket={ticket} isInHand={isInHand} />
      <a class="queue-title" href={LINKS.ticket(place.repo ?? "", ticket.number)}>
        <Foreign text={ticket.title ?? ticket.name} />
      </a>
      {waits.length === 0
        ? null
        : <span class="tag" title="Waits for these tickets">after {waits.join(", ")}</span>}
      {ticket.state === "broken" ? <Pill state="failed" words="needs mending" /> : null}
      <VerdictWord ticket={ticket} />
      <span class="tag queue-agent">
        <Foreign text={ticket.agent} />
      </span>
    </div>
  );
}

function TicketMark({ ticket, isInHand }: { ticket: ListedTicket; isInHand: boolean }) {
  if (isInHand) return <Mark tone="running" label="in hand" />;
  if (ticket.state === "broken") return <Mark tone="failed" label="broken" />;
  return <Mark tone={ticket.done ? "done" : "idle"} label={ticket.done ? "done" : "open"} />;
}

/** What the gate said, where it says more than the mark does. */
function VerdictWord({ ticket }: { ticket: ListedTicket }) {
  const words = ticket.verdict?.replaceAll("_", " ") ?? null;
  if (words === null || words === "accepted" && ticket.done || words === "working") return null;
  return <span class="small dim">{words}</span>;
}
