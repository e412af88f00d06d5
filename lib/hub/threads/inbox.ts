/** What agents of chat threads wait for a person to say, as items of the inbox, and a person's words. */

import { CarError } from "../../base/errors.ts";
import { exists } from "../../control/files.ts";
import { lookAtLock } from "../../control/lock.ts";
import type { CommandAnswer } from "../../control/mailbox.ts";
import { Orchestration, type OrchestrationPaths } from "../../control/orchestration.ts";
import { findRequest, openRequests, type ThreadRequest } from "../../control/thread_requests.ts";
import { findThread } from "../../control/thread_rows.ts";
import { readAnswer } from "../../engine/answers.ts";
import type { ThreadKey } from "../../engine/thread.ts";
import type { InboxItem } from "../inbox.ts";
import { giveAnswer } from "./asking.ts";
import { threadFolder } from "./files.ts";

export interface ThreadInboxItem extends InboxItem {
  readonly thread: ThreadKey;
}

const ID = /^chat-(\d+)$/;

/** Whether an item of the inbox is a chat's. */
export const isChatItem = (id: string): boolean => ID.test(id);

/** Oldest first. What a dead CAR left waits for nobody. @param root Only threads that work there. */
export function threadInbox(
  store: Orchestration,
  paths: OrchestrationPaths,
  root?: string,
): readonly ThreadInboxItem[] {
  return openRequests(store, root).filter(({ thread }) => isDriven(paths, thread))
    .map((request) => itemOf(store, request));
}

/** Open requests by the repo they are about: its id in the hub, else its folder. */
export type ChatsWaiting = ReadonlyMap<string, number>;

/** Counts what `threadInbox` would list. A chat about a hub as a whole counts for the hub's folder. */
export function chatsWaiting(store: Orchestration, paths: OrchestrationPaths): ChatsWaiting {
  const counts = new Map<string, number>();
  for (const { thread } of openRequests(store)) {
    if (!isDriven(paths, thread)) continue;
    const scope = findThread(store, thread)?.scope;
    const about = scope?.repo ?? scope?.root ?? "";
    counts.set(about, (counts.get(about) ?? 0) + 1);
  }
  return counts;
}

/** What waits in chats for one repo, however its hub names it. */
export const chatsOf = (
  waiting: ChatsWaiting,
  { id, root }: { readonly id: string; readonly root: string },
): number => (waiting.get(id) ?? 0) + (waiting.get(root) ?? 0);

const isDriven = (paths: OrchestrationPaths, thread: ThreadKey): boolean =>
  lookAtLock(`${threadFolder(paths, thread)}/lock`).type === "busy";

/**
 * Does something with the store for a moment: for those who only look or answer.
 * @returns What it returned; null when there are no threads at all.
 */
export async function withThreadStore<T>(
  paths: OrchestrationPaths,
  body: (store: Orchestration) => T,
): Promise<T | null> {
  if (!await exists(paths.database)) return null;
  const store = Orchestration.open(paths.database);
  try {
    return body(store);
  } finally {
    store.close();
  }
}

/**
 * Takes a person's words for an item, e.g. `chat-7`.
 * @throws {CarError} `not_found`; `usage` when the words are no answer.
 */
export function answerItem(
  store: Orchestration,
  item: string,
  words: string,
  { by, atMs }: { readonly by: string; readonly atMs: number },
): CommandAnswer {
  const found = findRequest(store, Number(ID.exec(item)?.[1] ?? 0));
  if (found === null) {
    throw new CarError("not_found", `No request ${item} waits for an answer`, {
      hint: 'See "car inbox" for what is open.',
    });
  }
  const read = readAnswer(found.asked, words);
  if (!read.ok) throw new CarError("usage", read.message, { hint: read.hint });
  return giveAnswer(store, found.id, { answer: read.answer, by, atMs });
}

function itemOf(store: Orchestration, request: ThreadRequest): ThreadInboxItem {
  const { asked, askedMs, expiresMs, thread } = request;
  const id = `chat-${request.id}`;
  const shared = {
    id,
    thread,
    ticket: `chat "${findThread(store, thread)?.title ?? ""}"`,
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
