/** The queue of a repo: every ticket in its order, moved by hand or by keys. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { listenForKeys } from "./keys.ts";
import { Foreign } from "./parts/foreign.tsx";
import { Icon } from "./parts/icon.tsx";
import { Mark, Pill } from "./parts/mark.tsx";
import { VirtualList } from "./parts/virtual_list.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { useQueueMoves } from "./queue_moves.ts";
import { waitsFor } from "./queue_order.ts";
import type { ListedTicket } from "./ticket_types.ts";

/** Of a row, in CSS pixels; on a phone two lines need more. */
const ROW_HEIGHT = 44;

export interface QueueListProps {
  readonly place: Place;
  readonly tickets: readonly ListedTicket[];
  /** The ticket in hand. */
  readonly workingOn: string | null;
  /** A turn on it is on; else the run rests. */
  readonly isWorked: boolean;
  readonly canMove: boolean;
  readonly onChanged: () => void;
}

export function QueueList(props: QueueListProps) {
  const { place, tickets, workingOn, isWorked, canMove, onChanged } = props;
  const chosen = useSignal<string | null>(null);
  const api = repoApi(place);
  const { shown, move: reorder } = useQueueMoves({ api, tickets, chosen, canMove, onChanged });
  const at = shown.findIndex((it) => it.name === chosen.value);
  // Keys may come faster than the page is drawn: each goes by what the one before has left.
  const latest = useRef({ shown, tickets, reorder });
  latest.current = { shown, tickets, reorder };
  useLayoutEffect(() => {
    const where = () => latest.current.shown.findIndex((it) => it.name === chosen.peek());
    const choose = (by: number) => () => {
      const { shown } = latest.current;
      const now = where();
      const to = now === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, now + by));
      chosen.value = shown[to]?.name ?? null;
    };
    const carry = (by: number) => () => {
      const now = where();
      if (now !== -1) void latest.current.reorder(now, Math.max(0, now + by));
    };
    return listenForKeys({
      j: choose(1),
      k: choose(-1),
      J: carry(1),
      K: carry(-1),
      Enter: () => {
        const ticket = latest.current.tickets[where()];
        if (ticket !== undefined) location.assign(LINKS.ticket(place.repo ?? "", ticket.number));
      },
    });
  }, []);
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
          number={tickets[index]?.number ?? ticket.number}
          isChosen={ticket.name === chosen.value}
          inHand={ticket.id !== workingOn ? null : isWorked ? "worked" : "rests"}
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

/** Null for all tickets but the one that the run is at. */
type InHand = "worked" | "rests" | null;

interface QueueRowProps {
  readonly place: Place;
  readonly ticket: ListedTicket;
  readonly all: readonly ListedTicket[];
  readonly index: number;
  /** Of the place, which the ticket will have once the server has moved it. */
  readonly number: number;
  readonly isChosen: boolean;
  readonly inHand: InHand;
  readonly drag: Drag | null;
}

function QueueRow(props: QueueRowProps) {
  const { place, ticket, all, index, number, isChosen, inHand, drag } = props;
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
      <span class="queue-number">{String(number).padStart(3, "0")}</span>
      <TicketMark ticket={ticket} inHand={inHand} />
      <a class="queue-title" href={LINKS.ticket(place.repo ?? "", number)}>
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

function TicketMark({ ticket, inHand }: { ticket: ListedTicket; inHand: InHand }) {
  if (inHand === "worked") return <Mark tone="running" label="in hand" />;
  if (inHand === "rests") return <Mark tone="waiting" label="in hand, while the run rests" />;
  if (ticket.state === "broken") return <Mark tone="failed" label="broken" />;
  return <Mark tone={ticket.done ? "done" : "idle"} label={ticket.done ? "done" : "open"} />;
}

/** What the gate said, where it says more than the mark does. */
function VerdictWord({ ticket }: { ticket: ListedTicket }) {
  const words = ticket.verdict?.replaceAll("_", " ") ?? null;
  if (words === null || words === "accepted" && ticket.done || words === "working") return null;
  return <span class="small dim">{words}</span>;
}
