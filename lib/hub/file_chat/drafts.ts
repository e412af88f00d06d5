/** The drafts of a repo as they are now: what a dead CAR left is settled by whoever looks first. */

import { CarError } from "../../base/errors.ts";
import type { HeldLock } from "../../control/lock.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { systemChance } from "../workplace.ts";
import { settleLeft } from "./answering.ts";
import { type Draft, draftId, type DraftTexts, isDraftId } from "./draft.ts";
import type { DraftStore } from "./store.ts";
import type { TurnGround } from "./turn.ts";

/** Drafts of one repo that may wait for a person: a copy and a conversation each. */
export const DRAFTS_MAX = 20;

export class Drafts {
  readonly #store: DraftStore;
  readonly #ground: TurnGround;
  readonly #isAnswered: (id: string) => boolean;

  /** @param isAnswered Whether this process gives an answer in a draft. */
  constructor(store: DraftStore, ground: TurnGround, isAnswered: (id: string) => boolean) {
    this.#store = store;
    this.#ground = ground;
    this.#isAnswered = isAnswered;
  }

  async all(paths: RepoPaths): Promise<readonly Draft[]> {
    const found: Draft[] = [];
    for (const id of await this.#store.ids(paths)) {
      const draft = await this.facts(paths, id);
      if (draft !== null) found.push(draft);
    }
    return found;
  }

  /** @throws {CarError} `not_found`. */
  async require(paths: RepoPaths, id: string): Promise<DraftTexts> {
    const draft = isDraftId(id) ? await this.facts(paths, id) : null;
    const found = draft === null ? null : await this.texts(paths, draft);
    if (found !== null) return found;
    throw new CarError("not_found", `There is no draft ${id}.`, {
      hint: "It may have been applied or discarded.",
    });
  }

  /** Null when it has been taken away meanwhile. */
  async texts(paths: RepoPaths, draft: Draft): Promise<DraftTexts | null> {
    try {
      return await this.#store.texts(paths, draft);
    } catch (thrown) {
      if (thrown instanceof CarError && thrown.code === "not_found") return null;
      throw thrown;
    }
  }

  /** Null when there is none. */
  async facts(paths: RepoPaths, id: string): Promise<Draft | null> {
    const draft = await this.#store.facts(paths, id);
    if (draft?.state !== "running" || this.#isAnswered(id)) return draft;
    const lock = await this.#store.take(paths, id);
    if (lock === null) return draft;
    try {
      const left = await this.#store.facts(paths, id);
      if (left?.state !== "running") return left;
      return await settleLeft(this.#store, paths, left, this.#ground);
    } finally {
      lock.release();
    }
  }

  /** The folder of a new draft. @throws {CarError} `conflict` when too many wait. */
  async make(paths: RepoPaths): Promise<string> {
    await this.#store.clear(paths);
    const { length } = await this.#store.ids(paths);
    if (length >= DRAFTS_MAX) {
      throw new CarError("conflict", `${length} drafts wait in this repo already.`, {
        hint: "Apply or discard some of them.",
      });
    }
    const id = draftId(systemChance.hex());
    await this.#store.make(paths, id);
    return id;
  }

  /** @throws {CarError} `conflict` while somebody else has the draft. */
  async take(paths: RepoPaths, id: string): Promise<HeldLock> {
    const lock = this.#isAnswered(id) ? null : await this.#store.take(paths, id);
    if (lock !== null) return lock;
    throw new CarError("conflict", "An answer is being given.", {
      hint: "Wait for it, or interrupt it.",
    });
  }

  /** Does something with a draft that nobody else can change meanwhile. */
  async held<T>(
    paths: RepoPaths,
    id: string,
    body: (draft: DraftTexts) => Promise<T>,
  ): Promise<T> {
    await this.require(paths, id);
    const lock = await this.take(paths, id);
    try {
      return await body(await this.require(paths, id));
    } finally {
      lock.release();
    }
  }
}
