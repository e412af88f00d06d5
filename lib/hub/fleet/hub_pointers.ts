/** Keeps, in the repos of a served hub that lie elsewhere, the notes by which commands typed there find it. */

import { asCarError } from "../../base/errors.ts";
import { exists } from "../../control/files.ts";
import { findHubAbove, repoPaths } from "../../control/roots.ts";
import { readHubPointer, removeHubPointer, writeHubPointer } from "../hub_pointer.ts";
import { isServedBy } from "../serving_hub.ts";

export interface HubPointersOptions {
  /** The hub's folder, real. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  /** For the log. */
  readonly say: (words: string) => void;
}

export interface PointedRepo {
  readonly id: string;
  /** Absolute. */
  readonly root: string;
}

export class HubPointers {
  readonly #options: HubPointersOptions;
  /** Whether a repo lies elsewhere, by its root. */
  readonly #elsewhere = new Map<string, boolean>();
  /** Repos whose note is this hub's. */
  readonly #ours = new Set<string>();
  readonly #said = new Set<string>();

  constructor(options: HubPointersOptions) {
    this.#options = options;
  }

  /** @param repos All that this hub works. Those in which CAR is not set up are left alone. */
  async keep(repos: readonly PointedRepo[]): Promise<void> {
    const wanted = new Set<string>();
    for (const repo of repos) {
      if (!await this.#isElsewhere(repo.root)) continue;
      if (!await exists(repoPaths(repo.root).config)) continue;
      wanted.add(repo.root);
      await this.#point(repo);
    }
    for (const root of this.#ours) if (!wanted.has(root)) await this.#leave(root);
  }

  async close(): Promise<void> {
    for (const root of this.#ours) await this.#leave(root);
  }

  async #point({ id, root }: PointedRepo): Promise<void> {
    const { root: hub, environment } = this.#options;
    try {
      const other = await readHubPointer(root);
      if (other === hub) {
        this.#ours.add(root);
        return;
      }
      if (other !== null && await isServedBy(other, root, environment)) {
        this.#ours.delete(root);
        this.#sayOnce(`${id}: the hub ${other} lists it too, and has the commands typed in it.`);
        return;
      }
      await writeHubPointer(root, hub);
      this.#ours.add(root);
    } catch (thrown) {
      this.#sayOnce(`${id}: commands typed in it do not find this hub: ${wordsOf(thrown)}`);
    }
  }

  async #leave(root: string): Promise<void> {
    this.#ours.delete(root);
    // A note that stays is believed by nobody once this hub is down.
    await removeHubPointer(root, this.#options.root).catch(() => {});
  }

  /** Whether commands typed in it do not find this hub by looking upward. */
  async #isElsewhere(root: string): Promise<boolean> {
    const known = this.#elsewhere.get(root);
    if (known !== undefined) return known;
    const { root: hub } = this.#options;
    const real = await Deno.realPath(root).catch(() => root);
    const isChild = real.slice(0, real.lastIndexOf("/")) === hub;
    const elsewhere = !isChild && await findHubAbove(real) !== hub;
    this.#elsewhere.set(root, elsewhere);
    return elsewhere;
  }

  #sayOnce(words: string): void {
    if (this.#said.has(words)) return;
    this.#said.add(words);
    this.#options.say(words);
  }
}

const wordsOf = (thrown: unknown): string => asCarError(thrown).message;
