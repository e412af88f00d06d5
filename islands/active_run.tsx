/** The run at hand: what it does and why, and the turn that is on, as it happens. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { duration, plural, thousands } from "../lib/base/text.ts";
import type { RepoStatus, StatusLimits } from "../lib/hub/status.ts";
import { get } from "./api.ts";
import { openLive } from "./live.ts";
import { nextInPage } from "./next_step.ts";
import { Ago, Elapsed, Until } from "./parts/ago.tsx";
import { LinkButton } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Pill } from "./parts/mark.tsx";
import { Notice, Section } from "./parts/small.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { withoutState } from "./repo_rows.ts";
import { access } from "./session.ts";
import { EMPTY_FEED, type Feed, type FeedEvent, withJournal, withLive } from "./turn_feed.ts";
import { TurnView } from "./turn_view.tsx";

export function ActiveRun(
  { place, status, onChanged }: {
    place: Place;
    status: RepoStatus;
    /** Something of the repo is another than it was. */
    onChanged: () => void;
  },
) {
  const feed = useTurnFeed(place, status.turn?.id ?? null, status.run, onChanged);
  const { pause } = status;
  const state = pause?.reason === "parked" ? "parked" : status.status;
  return (
    <Section
      title={status.run === null ? "No run yet" : status.run}
      aside={status.run === null ? undefined : <Pill state={state} />}
      actions={status.run === null
        ? undefined
        : (
          <LinkButton kind="quiet" icon="clock" href={LINKS.run(place.repo ?? "", status.run)}>
            Timeline
          </LinkButton>
        )}
    >
      {pause === null
        ? (
          <p class="soft">
            <Foreign text={withoutState(status.reason)} />.{" "}
            {status.turn === null ? <Foreign text={nextInPage(status.next)} /> : null}
          </p>
        )
        : (
          <Notice
            tone={pause.reason === "parked" ? "parked" : "waiting"}
            title={pause.detail}
            actions={pause.reason === "parked"
              ? undefined
              : <LinkButton icon="inbox" href={LINKS.inbox()}>Answer</LinkButton>}
          >
            <Foreign text={nextInPage(pause.next)} />
            {pause.resumesAtMs === null ? null : (
              <>
                {" "}Goes on by itself in <Until atMs={pause.resumesAtMs} />.
              </>
            )}
          </Notice>
        )}
      <RunFacts status={status} tokens={feed.tokens} />
      {feed.status === null ? null : <Notice tone="waiting" title={feed.status} />}
      <LiveTurn feed={feed} />
    </Section>
  );
}

function RunFacts({ status, tokens }: { status: RepoStatus; tokens: number }) {
  const { turn, ticket } = status;
  if (status.run === null) return null;
  return (
    <dl class="facts run-facts">
      {ticket === null ? null : (
        <>
          <dt>Ticket</dt>
          <dd>
            <Foreign text={ticket.label} /> <span class="dim">by {ticket.agent}</span>
          </dd>
        </>
      )}
      {turn === null
        ? (
          <>
            <dt>Since</dt>
            <dd>
              <Ago atMs={status.sinceAtMs} />
            </dd>
          </>
        )
        : (
          <>
            <dt>Turn</dt>
            <dd>
              {turn.ordinal}, <Elapsed sinceMs={turn.startedAtMs} />,{" "}
              {thousands(Math.max(tokens, turn.tokens))} tokens
            </dd>
          </>
        )}
      <dt>Run</dt>
      <dd>
        {plural(status.turns, "turn")}, {thousands(status.tokens)} tokens
      </dd>
      {status.limits === null ? null : (
        <>
          <dt>Limits</dt>
          <dd class="dim">{limitWords(status.limits)}</dd>
        </>
      )}
    </dl>
  );
}

function limitWords({ turns, tokens, wallclockMs, ticketTurns }: StatusLimits): string {
  return [
    `${plural(ticketTurns, "turn")} a ticket`,
    `${plural(turns, "turn")} a run`,
    tokens === null ? null : `${thousands(tokens)} tokens`,
    wallclockMs === null ? null : duration(wallclockMs),
  ].filter((it) => it !== null).join(", ");
}

/** Keeps to the end while it grows, as long as the reader is there. */
function LiveTurn({ feed }: { feed: Feed }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef<"yes" | "no">("yes");
  useEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current === "yes") element.scrollTop = element.scrollHeight;
  }, [feed]);
  if (feed.items.length === 0) return null;
  return (
    <div
      ref={box}
      class="panel live-turn"
      role="log"
      aria-label="What the agent does"
      tabIndex={0}
      onScroll={({ currentTarget: it }) => {
        const isAtEnd = it.scrollTop + it.clientHeight > it.scrollHeight - 40;
        atEnd.current = isAtEnd ? "yes" : "no";
      }}
    >
      <TurnView items={feed.items} />
    </div>
  );
}

/** Events of the turn that were told before the page was opened. */
const EVENTS_BEFORE = 1_000;

interface EventsAnswer {
  readonly events: readonly FeedEvent[];
}

/** The feed of the turn at hand, from its beginning, kept up by the repo's own stream. */
function useTurnFeed(
  place: Place,
  turn: string | null,
  run: string | null,
  onChanged: () => void,
): Feed {
  const feed = useSignal<Feed>(EMPTY_FEED);
  const current = useRef(turn);
  current.current = turn;
  const changed = useRef(onChanged);
  changed.current = onChanged;
  const api = repoApi(place);
  const isOpen = access.value === "open";
  useEffect(() => {
    feed.value = EMPTY_FEED;
    if (turn === null || run === null || !isOpen) return;
    const path = `${api}/runs/${run}/events?turn=${turn}&last=${EVENTS_BEFORE}`;
    void get<EventsAnswer>(path).then(({ events }) => {
      // What streamed in meanwhile lies behind these: the journal's numbers keep them in order.
      if (current.current === turn) feed.value = events.reduce(withJournal, feed.peek());
    }).catch(() => {});
  }, [turn, run, isOpen]);
  useEffect(() => {
    if (!isOpen) return;
    const stream = openLive(`${api}/live`, ({ type, data }) => {
      if (type === "journal") takeJournal(feed, data as JournalData, current.current);
      if (type === "live") takeLive(feed, data as LiveData, current.current);
      if (type !== "live") changed.current();
    });
    return () => stream.close();
  }, [api, isOpen]);
  return feed.value;
}

type JournalData = FeedEvent & { readonly turn: string | null };
type LiveData = { readonly type: string; readonly turnId?: string; readonly event?: unknown };
type FeedSignal = { value: Feed; peek(): Feed };

function takeJournal(feed: FeedSignal, event: JournalData, turn: string | null): void {
  if (turn !== null && event.turn === turn) feed.value = withJournal(feed.peek(), event);
}

function takeLive(feed: FeedSignal, told: LiveData, turn: string | null): void {
  if (told.type === "turn" && told.turnId === turn) {
    feed.value = withLive(feed.peek(), told.event);
  }
}
