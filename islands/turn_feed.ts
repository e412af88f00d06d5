/**
 * What a turn shows: the journal's notes and the live events of one turn, put together in order. The
 * journal is the truth; what is live fills in what is not written yet. Pure.
 */

export type FeedItem =
  | { readonly type: "text"; readonly id: string; readonly text: string; readonly open: boolean }
  | { readonly type: "reasoning"; readonly id: string; readonly text: string }
  | {
    readonly type: "tool";
    readonly id: string;
    readonly kind: string;
    readonly title: string;
    readonly status: "running" | "ok" | "failed" | "declined";
    readonly exitCode: number | null;
    readonly output: string;
    readonly durationMs: number | null;
    readonly startedAtMs: number | null;
  }
  | {
    readonly type: "file";
    readonly id: string;
    readonly path: string;
    readonly change: string;
    readonly diff: string;
  }
  | {
    readonly type: "plan";
    readonly id: string;
    readonly steps: readonly { readonly text: string; readonly status: string }[];
  }
  /** CAR's own word, a notice, a check of the gate. */
  | { readonly type: "remark"; readonly id: string; readonly text: string; readonly bad: boolean };

export interface Feed {
  readonly items: readonly FeedItem[];
  /** Input and output tokens so far. */
  readonly tokens: number;
  /** A passing condition, e.g. that the network is waited for. */
  readonly status: string | null;
  /** Journal number of the newest event that was taken in. */
  readonly seq: number;
}

export const EMPTY_FEED: Feed = { items: [], tokens: 0, status: null, seq: 0 };

/** Items that are kept; older ones are on the run's page. */
export const ITEMS_MAX = 400;
/** Of one text while it streams, in characters. */
const LIVE_TEXT_MAX = 60_000;

export interface FeedEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly type: string;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? value as Fields : {};
const text = (value: unknown): string => typeof value === "string" ? value : "";
const number = (value: unknown): number | null => typeof value === "number" ? value : null;

/** Takes in an event of the journal. One that was taken in before changes nothing. */
export function withJournal(feed: Feed, event: FeedEvent): Feed {
  if (event.seq <= feed.seq) return feed;
  const next = { ...feed, seq: event.seq };
  if (event.kind !== "note") return next;
  const body = fieldsOf(event.body);
  const id = `j${event.seq}`;
  switch (event.type) {
    case "text":
      return {
        ...withItem(closedText(next), { type: "text", id, text: text(body["text"]), open: false }),
        status: null,
      };
    case "reasoning":
      return withItem(next, { type: "reasoning", id, text: text(body["text"]) });
    case "tool_started":
      return withItem(next, startedTool(body, event.atMs));
    case "tool":
      return withItem(next, finishedTool(body));
    case "file_change":
      return withItem(next, fileItem(id, body));
    case "plan":
      return withItem(next, planItem(body));
    case "usage":
      return { ...next, tokens: tokensOf(body) };
    case "status":
      return { ...next, status: body["waiting"] === true ? text(body["text"]) : null };
    case "notice":
    case "car":
      return withItem(next, { type: "remark", id, text: text(body["text"]), bad: false });
    case "checks": {
      const exitCode = number(body["exitCode"]);
      const words = exitCode === 0
        ? "passed"
        : exitCode === null
        ? "was ended"
        : `exit ${exitCode}`;
      const said = `Check ${words}: ${text(body["command"])}`;
      return withItem(next, { type: "remark", id, text: said, bad: exitCode !== 0 });
    }
    default:
      return next;
  }
}

/** Takes in what is only live: text as it streams, output of a tool that runs. */
export function withLive(feed: Feed, event: unknown): Feed {
  const body = fieldsOf(event);
  switch (body["type"]) {
    case "text_delta":
      return withDelta(feed, `l${text(body["id"])}`, text(body["text"]), number(body["at"]));
    case "tool_output":
      return withOutput(feed, `t${text(body["id"])}`, text(body["text"]));
    case "usage":
      return { ...feed, tokens: Math.max(feed.tokens, tokensOf(body)) };
    default:
      return feed;
  }
}

function withItem(feed: Feed, item: FeedItem): Feed {
  const at = feed.items.findIndex((it) => it.id === item.id && it.type === item.type);
  if (at === -1) return { ...feed, items: [...feed.items, item].slice(-ITEMS_MAX) };
  return { ...feed, items: feed.items.with(at, item) };
}

/** The text that streamed is now written: the journal's copy takes its place. */
const closedText = (feed: Feed): Feed => ({
  ...feed,
  items: feed.items.filter((it) => it.type !== "text" || !it.open),
});

/** @param at Of its characters came before the piece; null: it follows what there is. */
function withDelta(feed: Feed, id: string, piece: string, at: number | null): Feed {
  const before = feed.items.find((it) => it.type === "text" && it.id === id);
  const sofar = before?.type === "text" ? before.text : "";
  // Behind a gap it is left: the whole text repeats it.
  if (at !== null && at > sofar.length) return feed;
  const fresh = at === null ? piece : piece.slice(sofar.length - at);
  if (fresh === "") return feed;
  const now = at === null ? (sofar + fresh).slice(-LIVE_TEXT_MAX) : sofar + fresh;
  return withItem(feed, { type: "text", id, text: now, open: true });
}

/** As the adapters keep it: the end of what a tool printed. */
const OUTPUT_CHARACTERS_MAX = 8_192;

function withOutput(feed: Feed, id: string, piece: string): Feed {
  const tool = feed.items.find((it) => it.type === "tool" && it.id === id);
  if (tool?.type !== "tool" || tool.status !== "running") return feed;
  return withItem(feed, { ...tool, output: (tool.output + piece).slice(-OUTPUT_CHARACTERS_MAX) });
}

function startedTool(body: Fields, atMs: number): FeedItem {
  return {
    type: "tool",
    id: `t${text(body["id"])}`,
    kind: text(body["kind"]),
    title: text(body["title"]),
    status: "running",
    exitCode: null,
    output: "",
    durationMs: null,
    startedAtMs: atMs,
  };
}

function finishedTool(body: Fields): FeedItem {
  const status = text(body["status"]);
  return {
    type: "tool",
    id: `t${text(body["id"])}`,
    kind: text(body["kind"]),
    title: text(body["title"]),
    status: status === "failed" || status === "declined" ? status : "ok",
    exitCode: number(body["exitCode"]),
    output: text(body["output"]),
    durationMs: number(body["durationMs"]),
    startedAtMs: null,
  };
}

const fileItem = (id: string, body: Fields): FeedItem => ({
  type: "file",
  id,
  path: text(body["path"]),
  change: text(body["change"]),
  diff: text(body["diff"]),
});

/** A plan told anew takes the place of the one before. */
function planItem(body: Fields): FeedItem {
  const steps = Array.isArray(body["steps"]) ? body["steps"].map(fieldsOf) : [];
  return {
    type: "plan",
    id: "plan",
    steps: steps.map((it) => ({ text: text(it["text"]), status: text(it["status"]) })),
  };
}

function tokensOf(body: Fields): number {
  const usage = fieldsOf(body["usage"]);
  return (number(usage["input"]) ?? 0) + (number(usage["output"]) ?? 0);
}
