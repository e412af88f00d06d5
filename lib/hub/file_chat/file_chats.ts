/**
 * File chats: an agent works on a copy of one file, a person sees the difference and applies it or does
 * not. The disk is the truth, so drafts outlive CAR, and several processes may show the same.
 */

import type { Clock } from "../../base/clock.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import { byteLength, byteSize } from "../../base/text.ts";
import type { RepoConfig } from "../../control/config.ts";
import { etagOf } from "../../control/etag.ts";
import type { HeldLock } from "../../control/lock.ts";
import type { RepoDesk } from "../fleet/desk.ts";
import { answerDraft } from "./answering.ts";
import {
  type Draft,
  DRAFT_BYTES_MAX,
  type DraftTarget,
  type DraftTexts,
  MESSAGE_BYTES_MAX,
  targetKey,
} from "./draft.ts";
import { Drafts } from "./drafts.ts";
import { DraftNews, type FileChatListener } from "./progress.ts";
import { DraftStore } from "./store.ts";
import { lookUp, type TargetFile, type TextNow, writeTarget } from "./targets.ts";
import type { TurnGround } from "./turn.ts";
import { type FileChatRow, type FileChatView, rowOf, viewOf } from "./view.ts";

export type FileChatsOptions = TurnGround;

export interface FileChatWish {
  /** What it is about; its draft goes on when there is one. */
  readonly target?: DraftTarget | undefined;
  /** The draft that goes on. */
  readonly draft?: string | undefined;
  readonly message: string;
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
  readonly by: string;
}

export type Applied =
  | { readonly type: "applied"; readonly path: string; readonly etag: string }
  /** Nothing was written, and the draft is still there. `current` is null when the file is gone. */
  | {
    readonly type: "moved";
    readonly current: TextNow | null;
    readonly base: TextNow;
    readonly draft: TextNow;
  };

export interface Applying {
  /** Of the text that stands there, when it is not the one that the draft was made from. */
  readonly etag?: string | undefined;
  /** What a person made of the draft and that text; the draft itself when absent. */
  readonly text?: string | undefined;
  readonly by: string;
}

/** @throws {CarError} `invalid` for a merge that stands on nothing, or is too long. */
function wantedText(draft: DraftTexts, { text, etag }: Applying): string {
  if (text === undefined) return draft.text;
  if (etag === undefined) {
    throw new CarError("invalid", "A text in place of the draft does not say what it stands on.", {
      hint: "Send the etag of the text that it was merged with.",
    });
  }
  const bytes = byteLength(text);
  if (bytes <= DRAFT_BYTES_MAX) return text;
  throw new CarError("invalid", `The text has ${byteSize(bytes)}.`, {
    hint: `${byteSize(DRAFT_BYTES_MAX)} are allowed.`,
  });
}

interface Turn {
  readonly stop: AbortController;
  /** Who asked to end it. */
  by: string | null;
  /** Resolves when it is settled; never rejects. */
  ended: Promise<void>;
}

export class FileChats {
  readonly #ground: TurnGround;
  readonly #clock: Clock;
  readonly #store: DraftStore;
  readonly #drafts: Drafts;
  /** Answers that this process gives, by draft. */
  readonly #turns = new Map<string, Turn>();
  readonly #news = new Map<string, DraftNews>();
  /** The last of what is done in each repo: asks come one after the other. */
  readonly #order = new Map<string, Promise<unknown>>();
  readonly #over = new AbortController();

  constructor(options: FileChatsOptions) {
    this.#ground = options;
    this.#clock = options.clock;
    this.#store = new DraftStore(options.clock);
    this.#drafts = new Drafts(this.#store, options, (id) => this.#turns.has(id));
  }

  /**
   * Begins an answer, and returns while it is given.
   * @throws {CarError} `conflict` while one is given, or when too many drafts wait; `invalid` for the
   * message or agent; as `lookUp` for the target.
   */
  ask(desk: RepoDesk, wish: FileChatWish): Promise<FileChatView> {
    return this.#inOrder(desk.paths.root, () => this.#ask(desk, wish));
  }

  /** @throws {CarError} `not_found`; so does all that takes a draft's id. */
  async get(desk: RepoDesk, id: string): Promise<FileChatView> {
    return await viewOf(desk, await this.#drafts.require(desk.paths, id));
  }

  /** All drafts of a repo, or those of one target; the one that changed last comes first. */
  async pending(desk: RepoDesk, target?: DraftTarget): Promise<readonly FileChatRow[]> {
    const wanted = target === undefined ? null : targetKey((await lookUp(desk, target)).target);
    const rows: FileChatRow[] = [];
    for (const draft of await this.#drafts.all(desk.paths)) {
      if (wanted !== null && targetKey(draft.target) !== wanted) continue;
      const texts = await this.#drafts.texts(desk.paths, draft);
      if (texts !== null) rows.push(rowOf(await viewOf(desk, texts)));
    }
    return rows.sort((a, b) => b.updatedMs - a.updatedMs);
  }

  /** The id of a target's draft. @throws {CarError} `not_found`, and as `lookUp`. */
  async find(desk: RepoDesk, target: DraftTarget): Promise<string> {
    // A file that is gone still has the draft that was made of it.
    const key = await lookUp(desk, target).then((it) => targetKey(it.target), (thrown) => {
      if (asCarError(thrown).code === "not_found") return targetKey(target);
      throw thrown;
    });
    const found = (await this.#drafts.all(desk.paths)).find((it) => targetKey(it.target) === key);
    if (found !== undefined) return found.id;
    throw new CarError("not_found", `There is no draft of ${key}.`, {
      hint: "Ask an agent for one first.",
    });
  }

  /**
   * Writes the draft into the file, when that is still the text the draft was made from; the draft is
   * then no more. @param given.etag Of the text that may be replaced instead, or `*`.
   * @throws {CarError} `conflict` while an answer is given.
   */
  async apply(
    desk: RepoDesk,
    id: string,
    given: Applying,
  ): Promise<Applied> {
    return await this.#drafts.held(desk.paths, id, async (draft) => {
      const text = wantedText(draft, given);
      if (given.text === undefined && text === draft.base) {
        throw new CarError("conflict", "The draft changes nothing.", {
          hint: "Ask the agent once more, or discard it.",
        });
      }
      const etag = given.etag ?? etagOf(draft.base);
      const { current } = await viewOf(desk, draft);
      // It was written, and CAR died before the draft was taken away.
      const isThere = current !== null && current.text === text;
      const writer = { by: given.by, atMs: this.#clock.now() };
      const done = isThere
        ? { type: "written" as const, etag: current.etag }
        : await writeTarget(desk, draft.target, text, etag, writer);
      if (done.type === "moved") {
        const now = (text: string): TextNow => ({ text, etag: etagOf(text) });
        return { ...done, base: now(draft.base), draft: now(text) };
      }
      await this.#remove(desk, id, "applied");
      return { type: "applied", path: draft.path, etag: done.etag };
    });
  }

  /** Takes a draft away; an answer that is being given is ended first. */
  async discard(desk: RepoDesk, id: string, by: string): Promise<void> {
    const turn = this.#turns.get(id);
    if (turn !== undefined) {
      stopTurn(turn, by);
      await turn.ended;
    }
    await this.#drafts.held(desk.paths, id, () => this.#remove(desk, id, "discarded"));
  }

  /**
   * Asks the agent to end its answer, and returns at once: it ends within the stop ladder's time.
   * @throws {CarError} `conflict` when none is given here.
   */
  async interrupt(desk: RepoDesk, id: string, by: string): Promise<FileChatView> {
    const draft = await this.#drafts.require(desk.paths, id);
    const turn = this.#turns.get(id);
    if (turn === undefined) {
      throw draft.state === "running"
        ? new CarError("conflict", "Another CAR gives this answer.", {
          hint: "Interrupt it there.",
        })
        : new CarError("conflict", "No answer is being given.");
    }
    stopTurn(turn, by);
    return await viewOf(desk, draft);
  }

  /** Resolves when no answer is given in this draft by this process. */
  async rested(id: string): Promise<void> {
    await this.#turns.get(id)?.ended;
  }

  /**
   * One draft as it goes on, until the signal aborts: itself, what is kept of the answer in hand, then
   * what comes. @param after `turn:at` of the progress that was seen last.
   */
  async follow(
    desk: RepoDesk,
    id: string,
    listener: FileChatListener,
    signal: AbortSignal,
    after: string | null = null,
  ): Promise<void> {
    let row = rowOf(await this.get(desk, id));
    const news = this.#newsOf(id);
    // What was told while it was read would else be missed, or told in the wrong order.
    for (let seen = -1; seen !== news.version;) {
      seen = news.version;
      row = rowOf(await this.get(desk, id));
    }
    listener({ type: "draft", draft: row });
    news.follow(listener, AbortSignal.any([signal, this.#over.signal]), after);
  }

  /** Ends the answers that are being given, politely; their drafts stay. */
  async close(): Promise<void> {
    this.#over.abort();
    for (const turn of this.#turns.values()) stopTurn(turn, null);
    await Promise.all([...this.#turns.values()].map(({ ended }) => ended));
  }

  async #ask(desk: RepoDesk, wish: FileChatWish): Promise<FileChatView> {
    refuseMessage(wish.message);
    if (this.#over.signal.aborted) throw new CarError("unavailable", "CAR is being ended.");
    const config = await desk.config();
    if (this.#turns.size >= config.chat.max_parallel) {
      throw new CarError("conflict", `${this.#turns.size} answers are being given already.`, {
        hint: "Wait for one of them, or raise chat.max_parallel in the config.",
      });
    }
    const known = await this.#draftOf(desk, wish);
    const file = await lookUp(desk, known?.target ?? requireTarget(wish));
    const agent = wish.agent ?? known?.agent ?? usualAgent(file, config);
    if (!Object.hasOwn(config.agents, agent)) {
      throw new CarError("invalid", `There is no agent "${agent}".`, {
        hint: `Configured are: ${Object.keys(config.agents).join(", ")}.`,
      });
    }
    const { paths } = desk;
    const id = known?.id ?? await this.#drafts.make(desk.paths);
    const lock = await this.#drafts.take(desk.paths, id);
    try {
      const before = known === null ? null : await this.#store.texts(paths, known);
      const draft = this.#asked(id, file, before, { ...wish, agent });
      await this.#store.layOut(paths, draft);
      await this.#store.save(paths, draft);
      const view = await viewOf(desk, draft);
      this.#newsOf(id).tell({ type: "draft", draft: rowOf(view) });
      this.#begin(desk, draft, wish, lock);
      return view;
    } catch (thrown) {
      if (known === null) await this.#store.remove(paths, id).catch(() => {});
      lock.release();
      throw thrown;
    }
  }

  /** The draft with one more ask. A draft that changes nothing follows its file. */
  #asked(
    id: string,
    file: TargetFile,
    before: DraftTexts | null,
    { message, agent, model, by }: FileChatWish & { readonly agent: string },
  ): DraftTexts {
    const atMs = this.#clock.now();
    const follows = before === null || before.base === before.text;
    const same = before !== null && before.agent === agent;
    return {
      id,
      target: file.target,
      path: file.path,
      name: file.name,
      state: "running",
      agent,
      model: model ?? (same ? before.model : null),
      agentThread: same ? before.agentThread : null,
      messages: [...before?.messages ?? [], { role: "person", by, text: message, atMs }],
      createdMs: before?.createdMs ?? atMs,
      updatedMs: atMs,
      error: null,
      note: null,
      base: follows ? file.text : before.base,
      text: follows ? file.text : before.text,
    };
  }

  #begin(desk: RepoDesk, draft: DraftTexts, { message }: FileChatWish, lock: HeldLock): void {
    const { id } = draft;
    const stop = new AbortController();
    const turn: Turn = { stop, by: null, ended: Promise.resolve() };
    const news = this.#newsOf(id);
    turn.ended = answerDraft(
      {
        desk,
        draft,
        message,
        store: this.#store,
        news,
        signal: stop.signal,
        endedBy: () => turn.by,
      },
      this.#ground,
    )
      // A full disk: the draft still says that it runs, and is settled when it is next looked at.
      .catch(() => {})
      .then(async () => {
        lock.release();
        this.#turns.delete(id);
        news.end();
        await this.get(desk, id).then((it) => news.tell({ type: "draft", draft: rowOf(it) }))
          .catch(() => {});
        this.#forget(id);
      });
    this.#turns.set(id, turn);
  }

  /** The draft that an ask goes on with; null for a new one. */
  async #draftOf(desk: RepoDesk, wish: FileChatWish): Promise<Draft | null> {
    if (wish.draft !== undefined) return await this.#drafts.require(desk.paths, wish.draft);
    const key = targetKey((await lookUp(desk, requireTarget(wish))).target);
    return (await this.#drafts.all(desk.paths)).find((it) => targetKey(it.target) === key) ?? null;
  }

  async #remove(desk: RepoDesk, id: string, how: "applied" | "discarded"): Promise<void> {
    await this.#store.remove(desk.paths, id);
    this.#newsOf(id).tell({ type: "gone", how });
    this.#news.delete(id);
  }

  #newsOf(id: string): DraftNews {
    let news = this.#news.get(id);
    if (news === undefined) this.#news.set(id, news = new DraftNews());
    return news;
  }

  #forget(id: string): void {
    if (!this.#turns.has(id) && this.#news.get(id)?.isIdle === true) this.#news.delete(id);
  }

  #inOrder<T>(root: string, body: () => Promise<T>): Promise<T> {
    const done = (this.#order.get(root) ?? Promise.resolve()).catch(() => {}).then(body);
    this.#order.set(root, done);
    return done;
  }
}

function stopTurn(turn: Turn, by: string | null): void {
  turn.by ??= by;
  turn.stop.abort();
}

function requireTarget({ target }: FileChatWish): DraftTarget {
  if (target !== undefined) return target;
  throw new CarError("invalid", "The ask names neither a target nor a draft.");
}

function refuseMessage(message: string): void {
  if (message.trim() === "") throw new CarError("invalid", "The message is empty.");
  const bytes = byteLength(message);
  if (bytes <= MESSAGE_BYTES_MAX) return;
  throw new CarError(
    "invalid",
    `The message has ${byteSize(bytes)}; ${byteSize(MESSAGE_BYTES_MAX)} are allowed.`,
  );
}

/** A ticket's own, where it can be talked to. */
function usualAgent({ agent }: TargetFile, { agents, runner }: RepoConfig): string {
  const talks = agent !== null && agents[agent] !== undefined && agents[agent].kind !== "shell";
  return talks ? agent : runner.default_agent;
}
