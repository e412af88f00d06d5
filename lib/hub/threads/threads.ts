/**
 * The chat threads of a hub, or of a repo without one: what every surface asks of them. The store is
 * the truth, so several processes may have the same threads open; one of them drives each.
 */

import { asCarError, CarError } from "../../base/errors.ts";
import { byteLength, oneLine } from "../../base/text.ts";
import type { CommandAnswer } from "../../control/mailbox.ts";
import {
  changeMessage,
  insertMessage,
  listMessages,
  type Message,
  messageByClient,
  nextMessage,
  requireMessage,
  runningMessage,
} from "../../control/message_rows.ts";
import {
  changeThread,
  insertThread,
  listThreads,
  openThreads,
  requireThread,
  type Thread,
  type ThreadChanges,
  type ThreadQuery,
  type ThreadScope,
} from "../../control/thread_rows.ts";
import { type EventPage, readEvents } from "../../control/thread_transcript.ts";
import type { Posture } from "../../engine/ports.ts";
import {
  messageKey,
  moveMessage,
  moveThread,
  type ThreadKey,
  threadKey,
  type ThreadMove,
} from "../../engine/thread.ts";
import type { ThreadEvent, ThreadEventBodies } from "../../engine/thread_events.ts";
import { driveThread } from "./driver.ts";
import { saveUploads, type Upload } from "./files.ts";
import { type FollowOptions, followThread, type ThreadUpdate } from "./follow.ts";
import { forkThread } from "./fork.ts";
import { answerItem, threadInbox, type ThreadInboxItem } from "./inbox.ts";
import { applyMove } from "./message_moves.ts";
import type { NewsListener } from "./news.ts";
import { ownEvent, recordChange, type ThreadsPlace } from "./place.ts";

/** More than a person types; a longer text belongs into a file. */
export const MESSAGE_BYTES_MAX = 256 * 1024;
const TITLE_CHARACTERS_MAX = 80;
/** Messages of one thread that may wait. */
export const QUEUE_MAX = 100;

export interface ThreadWish {
  readonly scope: ThreadScope;
  readonly agent: string;
  readonly model?: string | null;
  /** Null: as the config says. */
  readonly posture?: Posture | null;
  /** The first message gives one otherwise. */
  readonly title?: string;
  readonly by: string;
}

export interface MessageWish {
  readonly text: string;
  readonly by: string;
  /** `system`: CAR itself says it. */
  readonly role?: Message["role"];
  /** The sender's own id: the same twice is one message, so a lost answer may be asked for again. */
  readonly clientId?: string | null;
  readonly files?: readonly Upload[];
}

export class Threads {
  readonly #place: ThreadsPlace;
  readonly #remark: (text: string) => void;
  readonly #driving = new Map<ThreadKey, Promise<void>>();
  readonly #over = new AbortController();
  #closed: Promise<void> | undefined;
  #watching: AbortController | null = null;

  /** Use `openThreadDesk`. @param remark Takes what a person should know and no thread can tell. */
  constructor(place: ThreadsPlace, remark: (text: string) => void) {
    this.#place = place;
    this.#remark = remark;
  }

  /** Newest first. */
  list(query: ThreadQuery = {}): readonly Thread[] {
    return listThreads(this.#place.store, query);
  }

  /** @throws {CarError} `not_found`; so does all that takes a thread's id. */
  get(id: string): Thread {
    return requireThread(this.#place.store, id);
  }

  /** Oldest first: the newest page, or the one before a message's number. */
  messages(
    id: string,
    page: { readonly before?: number; readonly limit?: number } = {},
  ): readonly Message[] {
    return listMessages(this.#place.store, this.get(id).id, page);
  }

  message(id: string, message: string): Message {
    return requireMessage(this.#place.store, this.get(id).id, message);
  }

  /** A page of the transcript, in order. */
  events(id: string, page: EventPage = {}): readonly ThreadEvent[] {
    return readEvents(this.#place.store, this.get(id).id, page);
  }

  create({ scope, agent, model = null, posture = null, title = "", by }: ThreadWish): Thread {
    const { store, clock, chance } = this.#place;
    const id = threadKey(chance.hex());
    const row = { id, scope, agent, model, posture, title: titleOf(title), atMs: clock.now() };
    recordChange(this.#place, id, () => {
      insertThread(store, row);
      return [ownEvent(this.#place, "thread", null, { change: "created", by, title })];
    });
    return this.get(id);
  }

  /**
   * Queues a message: it is on the disk when this resolves, and goes to the agent when it is its turn.
   * @throws {CarError} `invalid` for a text or file that is empty or too long; `conflict` when the
   * thread takes none.
   */
  async send(id: string, wish: MessageWish): Promise<Message> {
    const { text, by, role = "user", clientId = null, files = [] } = wish;
    const thread = this.get(id);
    const known = clientId === null
      ? null
      : messageByClient(this.#place.store, thread.id, clientId);
    if (known !== null) return known;
    refuseText(text);
    this.#allow(thread, "send");
    const message = messageKey(this.#place.chance.hex());
    const saved = await saveUploads(this.#place.paths, thread.id, message, files);
    return this.#queue(thread.id, {
      id: message,
      role,
      by,
      text,
      files: saved,
      retryOf: null,
      clientId,
    });
  }

  /** Ends the answer that is being given. What waits goes on. @returns The message it is of. */
  interrupt(id: string, by: string): Message {
    const thread = this.get(id);
    this.#allow(thread, "interrupt");
    const { store, clock, news } = this.#place;
    const running = runningMessage(store, thread.id);
    if (running === null) throw refusal(moveThread("idle", "interrupt"));
    store.write(() =>
      changeMessage(store, running.id, { interruptMs: clock.now(), interruptBy: by })
    );
    // Whoever has the agent looks: this process at once, another within a moment.
    news.tell({ type: "elsewhere" });
    this.#drive(thread.id);
    return running;
  }

  /** Takes back a message that waits. @throws {CarError} `conflict` for any other. */
  cancel(id: string, message: string, by: string): Message {
    const found = this.message(id, message);
    const changes = { endedMs: this.#place.clock.now() };
    return applyMove(this.#place, found, "cancel", { changes, told: { by } });
  }

  /** Changes the text of a message that waits. @throws {CarError} `conflict` for any other. */
  edit(id: string, message: string, text: string, by: string): Message {
    refuseText(text);
    const found = this.message(id, message);
    return applyMove(this.#place, found, "edit", { changes: { text }, told: { by, text } });
  }

  /** Sends what failed or was interrupted once more, as a new message at the end of the queue. */
  retry(id: string, message: string, by: string): Message {
    const thread = this.get(id);
    this.#allow(thread, "send");
    const found = this.message(id, message);
    const moved = moveMessage(found.state, "retry");
    if (!moved.ok) throw refusal(moved);
    const { role, text, files } = found;
    const fresh = messageKey(this.#place.chance.hex());
    const shared = { role, by, text, files, clientId: null };
    return this.#queue(thread.id, { ...shared, id: fresh, retryOf: found.id });
  }

  rename(id: string, title: string, by: string): Thread {
    const named = titleOf(title);
    if (named === "") throw new CarError("invalid", "The title is empty");
    return this.#change(id, "rename", { title: named }, { change: "renamed", by, title: named });
  }

  archive(id: string, by: string): Thread {
    const archivedMs = this.#place.clock.now();
    return this.#change(id, "archive", { archivedMs }, { change: "archived", by });
  }

  unarchive(id: string, by: string): Thread {
    return this.#change(id, "unarchive", { archivedMs: null }, { change: "unarchived", by });
  }

  /**
   * A new thread whose agent knows all that was said in this one.
   * @throws {CarError} `conflict` when the agent cannot, or an answer is being given.
   */
  async fork(id: string, by: string, title?: string): Promise<Thread> {
    const thread = this.get(id);
    this.#allow(thread, "fork");
    const copy = await forkThread(this.#place, thread, by, titleOf(title ?? thread.title));
    this.#watch();
    return copy;
  }

  /** Keeps what a person has begun to write. */
  saveDraft(id: string, text: string): void {
    if (byteLength(text) > MESSAGE_BYTES_MAX) refuseText(text);
    const { store } = this.#place;
    const thread = this.get(id);
    store.write(() => changeThread(store, thread.id, { draft: text }, null));
  }

  /** What agents ask, oldest first. @param root Only threads that work in this folder. */
  inbox(root?: string): readonly ThreadInboxItem[] {
    return threadInbox(this.#place.store, this.#place.paths, root);
  }

  /**
   * A person's words for an item of the inbox, e.g. `chat-7`.
   * @throws {CarError} `not_found`; `usage` when the words are no answer.
   */
  answer(item: string, words: string, by: string): CommandAnswer {
    const { store, clock, news } = this.#place;
    const given = answerItem(store, item, words, { by, atMs: clock.now() });
    // Whoever has the agent looks: this process at once, another within a moment.
    news.tell({ type: "elsewhere" });
    return given;
  }

  /** One thread as it goes on, from an event's number on, without a gap. */
  follow(id: string, options: FollowOptions): AsyncGenerator<ThreadUpdate, void, undefined> {
    const signal = AbortSignal.any([options.signal, this.#over.signal]);
    return followThread(this.#place.store, this.#place.news, this.get(id).id, {
      ...options,
      signal,
    });
  }

  /** News of all threads. `elsewhere` says that another process wrote: read again. */
  subscribe(listener: NewsListener, signal: AbortSignal): void {
    this.#place.news.subscribe(listener, signal);
  }

  /** Goes on with what waits, and settles what a dead CAR left: once, after a start. */
  takeUp(): void {
    for (const thread of openThreads(this.#place.store)) this.#drive(thread);
  }

  /** Resolves when this process drives the thread no more; at once when it does not. */
  async rested(id: ThreadKey): Promise<void> {
    await this.#driving.get(id);
  }

  /** Ends the answers that are being given, politely; what waits goes on with the next start. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#driving.values());
    await this.#place.rooms.close();
    this.#place.held.releaseAll();
    await this.#place.news.close();
    this.#place.store.close();
  }

  #queue(
    thread: ThreadKey,
    message: Omit<Parameters<typeof insertMessage>[1], "thread" | "atMs">,
  ): Message {
    const { store, clock } = this.#place;
    const { id, text, by, retryOf } = message;
    recordChange(this.#place, thread, () => {
      const current = requireThread(store, thread);
      this.#allow(current, "send");
      if (current.queued >= QUEUE_MAX) throw queueFull();
      insertMessage(store, { ...message, thread, atMs: clock.now() });
      const title = current.title === "" ? { title: titleOf(text) } : {};
      changeThread(store, thread, { ...title, draft: "" }, clock.now());
      const told = { state: "queued" as const, text, by };
      return [
        ownEvent(this.#place, "message", id, retryOf === null ? told : { ...told, retryOf }),
      ];
    });
    this.#drive(thread);
    return requireMessage(store, thread, id);
  }

  #change(
    id: string,
    move: ThreadMove,
    changes: ThreadChanges,
    told: ThreadEventBodies["thread"],
  ): Thread {
    const thread = this.get(id).id;
    const { store, clock } = this.#place;
    recordChange(this.#place, thread, () => {
      this.#allow(requireThread(store, thread), move);
      changeThread(store, thread, changes, clock.now());
      return [ownEvent(this.#place, "thread", null, told)];
    });
    return this.get(thread);
  }

  #allow(thread: Thread, move: ThreadMove): void {
    const moved = moveThread(thread.status, move);
    if (!moved.ok) throw refusal(moved);
  }

  /** One driver a thread in this process, and after it another when a message came meanwhile. */
  #drive(thread: ThreadKey): void {
    if (this.#driving.has(thread) || this.#over.signal.aborted) return;
    const driving = driveThread(this.#place, thread, this.#over.signal)
      .then(() => true, (thrown) => {
        this.#remark(`${thread}: ${asCarError(thrown).message}`);
        return false;
      })
      .then((ended) => {
        this.#driving.delete(thread);
        if (ended && nextMessage(this.#place.store, thread) !== null) this.#drive(thread);
        this.#watch();
      });
    this.#driving.set(thread, driving);
  }

  /** While this process keeps threads to itself it also sends what others queue in them. */
  #watch(): void {
    const { held, news, store } = this.#place;
    if (this.#watching !== null || held.resting().length === 0) return;
    const watching = new AbortController();
    this.#watching = watching;
    news.subscribe(({ type }) => {
      if (type !== "elsewhere") return;
      const resting = held.resting();
      for (const thread of resting) if (nextMessage(store, thread) !== null) this.#drive(thread);
      if (resting.length > 0) return;
      watching.abort();
      this.#watching = null;
    }, AbortSignal.any([watching.signal, this.#over.signal]));
    for (const thread of held.resting()) {
      if (nextMessage(store, thread) !== null) this.#drive(thread);
    }
  }
}

const titleOf = (text: string): string => oneLine(text, TITLE_CHARACTERS_MAX);

function refuseText(text: string): void {
  if (text.trim() === "") throw new CarError("invalid", "The message is empty");
  if (byteLength(text) <= MESSAGE_BYTES_MAX) return;
  throw new CarError(
    "invalid",
    `The message has ${byteLength(text)} bytes; ${MESSAGE_BYTES_MAX} are allowed`,
    { hint: "Put it into a file, and attach it or name its path." },
  );
}

const queueFull = () =>
  new CarError("conflict", `${QUEUE_MAX} messages wait in this thread already`, {
    hint: "Wait for some answers, or cancel what waits.",
  });

function refusal(moved: ReturnType<typeof moveThread> | ReturnType<typeof moveMessage>): CarError {
  if (moved.ok) return new CarError("internal", "A command that is allowed was refused");
  return new CarError("conflict", moved.message, { hint: moved.hint });
}
