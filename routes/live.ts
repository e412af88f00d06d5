/**
 * One repo as it happens: its journal from where the client is, then what is written, then what is
 * told and written nowhere. The id of an event is the journal's sequence number.
 */

import * as z from "zod/mini";
import type { JournalEvent } from "../lib/control/journal.ts";
import type { DeskEvent, RepoDesk } from "../lib/hub/fleet/desk.ts";
import type { LiveEvent } from "../lib/hub/live.ts";
import { sse } from "./answers.ts";
import { moment, queryFlag } from "./fields.ts";
import { type Route, route } from "./route.ts";
import { type EventClient, type Frame, frame, framed, joined } from "./sse.ts";

/** Events of the journal sent before the client is asked whether it has room. */
const PAGE = 200;

/** One row of the journal as it is sent. */
const journalEvent = z.object({
  seq: z.int(),
  run: z.string(),
  atMs: moment(),
  kind: z.enum(["step", "refused", "note"]),
  type: z.string(),
  turn: z.nullable(z.string()),
  ticket: z.nullable(z.string()),
  body: z.unknown(),
});

export const liveRoute = route({
  method: "get",
  path: "/live",
  scope: "repo",
  tag: "run",
  summary: "follow the repo as it happens",
  details:
    "Goes on after `Last-Event-ID`, or `?after=`; without either it begins now. `hello` tells where that is. " +
    "`reset` means that something was missed: ask for the state anew. `live` events are told once and kept nowhere.",
  query: z.strictObject({
    after: z.optional(z.string()),
    /** `?live=0`: only what the journal has. */
    live: z.optional(queryFlag()),
  }),
  answer: sse({
    hello: z.object({ seq: z.int() }),
    reset: z.object({ reason: z.string() }),
    journal: journalEvent,
    live: z.object({ type: z.string() }),
    changed: z.object({ what: z.enum(["tickets", "contextspace", "config", "lock", "status"]) }),
  }),
  errors: ["damaged", "unavailable"],
  handle: ({ desk, site, query }) => {
    const clean = site.redact;
    return (client) => {
      site.fleet.watch(client.signal);
      return follow(desk, client, { withLive: query.live ?? true, clean });
    };
  },
});

export const LIVE_ROUTES = [liveRoute] as const satisfies readonly Route[];

interface Wanted {
  readonly withLive: boolean;
  readonly clean: (text: string) => string;
}

async function follow(desk: RepoDesk, client: EventClient, wanted: Wanted): Promise<void> {
  const high = (await desk.reading()).past?.journal.highSeq() ?? 0;
  const asked = client.after === null ? high : Number(client.after);
  const isKnown = Number.isSafeInteger(asked) && asked >= 0 && asked <= high;
  // It has seen what is not there: that was another journal, or another stream.
  if (!isKnown) client.send(frame({ event: "reset", data: { reason: "gone" } }));
  const from = isKnown ? asked : high;
  client.send(frame({ event: "hello", id: from, data: { seq: from } }));
  const after = await sendPast(desk, client, from, wanted.clean);
  if (client.signal.aborted) return;
  desk.subscribe((event) => sendNew(client, event, wanted), client.signal, { after });
}

/** What is in the journal already, as fast as the client reads it. @returns How far it came. */
async function sendPast(
  desk: RepoDesk,
  client: EventClient,
  from: number,
  clean: Wanted["clean"],
): Promise<number> {
  for (let after = from;;) {
    if (!await client.room()) return after;
    const { past } = await desk.reading();
    const events = past?.journal.events({ after, limit: PAGE }) ?? [];
    for (const event of events) client.send(journalFrame(clean)(event));
    after = events.at(-1)?.seq ?? after;
    if (events.length < PAGE) return after;
  }
}

function sendNew(client: EventClient, event: DeskEvent, { withLive, clean }: Wanted): void {
  if (event.type === "journal") {
    client.send(pageFrame(clean)(event.events));
  } else if (event.type === "changed") {
    client.send(changedFrame(clean)(event));
  } else if (withLive && event.event.type !== "step") {
    // Steps come from the journal, where they are safe.
    client.send(liveFrame(clean)(event.event));
  }
}

type Clean = Wanted["clean"];
type Encoder<T> = (it: T) => Frame;

/** One encoder for each cleaner, of which a server has one: its frames serve all clients. */
function perCleaner<T extends object>(encode: (it: T, clean: Clean) => Frame) {
  const known = new WeakMap<Clean, Encoder<T>>();
  return (clean: Clean): Encoder<T> => {
    let found = known.get(clean);
    if (found === undefined) known.set(clean, found = framed((it: T) => encode(it, clean)));
    return found;
  };
}

const journalFrame = perCleaner((it: JournalEvent, clean) =>
  frame(
    { event: "journal", id: it.seq, data: it.type === "turn_base" ? withoutTexts(it) : it },
    clean,
  )
);

/** All that was read at once, for all clients: a write costs the same for one event as for ten. */
const pageFrame = perCleaner((events: readonly JournalEvent[], clean) =>
  joined(events.map(journalFrame(clean)))
);

/** What the guard compares with is long, and in older journals holds the repo's config with its secrets. */
const withoutTexts = ({ body: _, ...facts }: JournalEvent) => ({ ...facts, body: {} });
const liveFrame = perCleaner((it: LiveEvent, clean) => frame({ event: "live", data: it }, clean));
const changedFrame = perCleaner((it: Extract<DeskEvent, { type: "changed" }>, clean) =>
  frame({ event: "changed", data: { what: it.what } }, clean)
);
