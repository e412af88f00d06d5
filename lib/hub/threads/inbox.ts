/** What agents of chat threads wait for a person to say, as items of the inbox. */

import type { Orchestration } from "../../control/orchestration.ts";
import { openRequests, type ThreadRequest } from "../../control/thread_requests.ts";
import { findThread } from "../../control/thread_rows.ts";
import type { InboxItem } from "../inbox.ts";

const ID = /^chat-(\d+)$/;

/** The number of a request in an item's id; null for what is no chat's. */
export function requestNumber(id: string): number | null {
  const digits = ID.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Oldest first. @param root Only threads that work in this folder. */
export const threadInbox = (store: Orchestration, root?: string): readonly InboxItem[] =>
  openRequests(store, root).map((request) => itemOf(store, request));

function itemOf(store: Orchestration, request: ThreadRequest): InboxItem {
  const { asked, askedMs, expiresMs } = request;
  const id = `chat-${request.id}`;
  const title = findThread(store, request.thread)?.title ?? "";
  const shared = {
    id,
    ticket: `chat "${title}"`,
    sinceMs: askedMs,
    expiresMs,
    request: asked,
  };
  if (asked.type === "approval") {
    return {
      ...shared,
      kind: "approval",
      title: `${asked.kind}: ${asked.title}`,
      detail: asked.detail,
      next: `car inbox answer ${id} yes|no|always`,
    };
  }
  const texts = asked.questions.map((it) =>
    it.choices.length === 0 ? it.text : `${it.text} (${it.choices.join(", ")})`
  );
  return {
    ...shared,
    kind: "question",
    title: texts[0] ?? "A question",
    detail: texts.join("\n"),
    next: `car inbox answer ${id} TEXT`,
  };
}
