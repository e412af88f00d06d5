/** What an agent tells while it works on a draft, put together as a turn's feed shows it. Pure. */

import type { FileChatProgress } from "../lib/hub/file_chat/progress.ts";
import { type FeedItem, ITEMS_MAX } from "./turn_feed.ts";

/** Of one text or output, in characters: the newest. */
const TEXT_MAX = 20_000;

/** The feed with one more thing told. */
export function withProgress(
  items: readonly FeedItem[],
  { type, id, text, at }: FileChatProgress,
): readonly FeedItem[] {
  switch (type) {
    case "delta":
      return put(items, id, (it) => textItem(id, (it?.type === "text" ? it.text : "") + text));
    case "text":
      return put(items, id, () => textItem(id, text));
    case "thought":
      return put(items, id, () => ({ type: "reasoning", id, text }));
    case "tool":
      return put(items, id, () => ({ ...TOOL, id, title: text }));
    case "output":
      return change(items, id, (it) => ({ ...it, output: (it.output + text).slice(-TEXT_MAX) }));
    case "tool_ended":
      return change(items, id, (it) => ({ ...it, status: statusOf(text) }));
    case "status":
      return put(
        items,
        `status ${at}`,
        (_, key) => ({ type: "remark", id: key, text, bad: false }),
      );
  }
}

type ToolItem = Extract<FeedItem, { type: "tool" }>;

const TOOL: ToolItem = {
  type: "tool",
  id: "",
  kind: "",
  title: "",
  status: "running",
  exitCode: null,
  output: "",
  durationMs: null,
  startedAtMs: null,
};

const textItem = (id: string, text: string): FeedItem => ({
  type: "text",
  id,
  text: text.slice(-TEXT_MAX),
  open: true,
});

const statusOf = (word: string): ToolItem["status"] =>
  word === "failed" || word === "declined" ? word : "ok";

/** Replaces the item of that id, or adds it at the end. */
function put(
  items: readonly FeedItem[],
  id: string,
  make: (before: FeedItem | undefined, id: string) => FeedItem,
): readonly FeedItem[] {
  const at = items.findIndex((it) => it.id === id);
  if (at === -1) return [...items, make(undefined, id)].slice(-ITEMS_MAX);
  return items.with(at, make(items[at], id));
}

/** Only what is there: a tool whose beginning was not kept is not shown. */
const change = (
  items: readonly FeedItem[],
  id: string,
  to: (tool: ToolItem) => ToolItem,
): readonly FeedItem[] => items.map((it) => it.id === id && it.type === "tool" ? to(it) : it);
