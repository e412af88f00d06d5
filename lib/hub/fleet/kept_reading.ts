/**
 * A repo's reading that stays open while somebody asks for it: opened when first needed, opened anew
 * when the file was set aside, let go when nobody asks. Long work is done in pieces, so that other
 * repos of this process are not kept waiting.
 */

import type { Clock } from "../../base/clock.ts";
import { exists } from "../../control/files.ts";
import { Journal } from "../../control/journal.ts";
import { lookAtLock } from "../../control/lock.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { type OpenedViews, openViews } from "../../control/views.ts";
import { journalTrouble } from "../../control/witness.ts";
import { type JournalReading, type Reading, refuseTrouble } from "../reading.ts";

/** Events folded into the views before the loop is let go: some milliseconds. */
const FOLDED_AT_ONCE = 100;

interface Open {
  readonly journal: Journal;
  /** Names the file that was opened: another one of the same path is another journal. */
  readonly file: string;
  opened: OpenedViews | null;
}

export class KeptReading {
  readonly #paths: RepoPaths;
  readonly #clock: Clock;
  #open: Open | null = null;
  #opening: Promise<Open | null> | null = null;
  #filling: Promise<void> | null = null;
  #usedMs = 0;
  /** Somebody asked for it who may ask again. */
  #isWanted = false;
  /** Those who only look, and need it until they have. */
  #visitors = 0;
  #generation = 0;
  #closed = false;

  constructor(paths: RepoPaths, clock: Clock) {
    this.#paths = paths;
    this.#clock = clock;
  }

  /** Monotonic milliseconds of the last question. */
  get usedMs(): number {
    return this.#usedMs;
  }

  /** What is open at this moment. */
  get openJournal(): Journal | null {
    return this.#open?.journal ?? null;
  }

  /** Another text when another connection has committed, or another file was opened; null while none is. */
  version(): string | null {
    const open = this.#open;
    return open === null ? null : `${this.#generation}.${open.journal.dataVersion()}`;
  }

  /** @throws {CarError} `damaged`, `unavailable`. */
  async reading(): Promise<Reading> {
    this.#isWanted = true;
    return await this.#reading();
  }

  /** Without the views, which cost more. @throws {CarError} as `reading`. */
  async journalReading(): Promise<JournalReading> {
    this.#isWanted = true;
    return await this.#journalReading();
  }

  /** As `journalReading`, for one look: what was opened for it is let go after it. */
  async glance<T>(body: (reading: JournalReading) => T | Promise<T>): Promise<T> {
    return await this.#visit(async () => await body(await this.#journalReading()));
  }

  /** Brings the tables up to the journal; what was opened for it is let go after it. @throws as `reading`. */
  async catchUp(): Promise<void> {
    await this.#visit(() => this.#reading());
  }

  /** The journal of what is open now; null while nothing is, or there is none. @throws {CarError} as `reading`. */
  async journal(): Promise<Journal | null> {
    this.#isWanted = true;
    return (await this.#ready())?.journal ?? null;
  }

  /** Lets the files go until somebody asks again. */
  letGo(): void {
    this.#isWanted = false;
    this.#shut();
  }

  /** For good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => {});
    await this.#filling?.catch(() => {});
    this.letGo();
  }

  async #reading(): Promise<Reading> {
    const base = await this.#ready();
    if (base === null) return this.#nothing();
    base.opened ??= openViews(this.#paths.views, base.journal, "in_pieces");
    await this.#fill(base.opened);
    const { views, findings } = base.opened;
    return {
      ...this.#nothing(),
      past: { journal: base.journal, views },
      findings,
    };
  }

  async #journalReading(): Promise<JournalReading> {
    const base = await this.#ready();
    const { paths, lock } = this.#nothing();
    return { paths, lock, past: base === null ? null : { journal: base.journal } };
  }

  /** The last of those who only look shuts the door, unless somebody wants it open. */
  async #visit<T>(body: () => Promise<T>): Promise<T> {
    this.#visitors++;
    try {
      return await body();
    } finally {
      this.#visitors--;
      if (this.#visitors === 0 && !this.#isWanted) this.#shut();
    }
  }

  #shut(): void {
    const open = this.#open;
    this.#open = null;
    open?.opened?.views.close();
    open?.journal.close();
  }

  #nothing(): Reading {
    return {
      paths: this.#paths,
      past: null,
      lock: lookAtLock(this.#paths.lock),
      findings: [],
      close: () => {},
    };
  }

  async #ready(): Promise<Open | null> {
    this.#usedMs = this.#clock.elapsed();
    const file = fileAt(this.#paths.journal);
    if (this.#open !== null) {
      if (this.#open.file === file) return this.#open;
      this.#shut();
    }
    this.#opening ??= this.#openNow().finally(() => this.#opening = null);
    return await this.#opening;
  }

  async #openNow(): Promise<Open | null> {
    const paths = this.#paths;
    if (this.#closed) return null;
    if (!await exists(paths.journal)) {
      refuseTrouble(paths, await journalTrouble(paths, null));
      return null;
    }
    const journal = Journal.open(paths.journal);
    try {
      refuseTrouble(paths, await journalTrouble(paths, journal));
      this.#open = { journal, file: fileAt(paths.journal), opened: null };
      this.#generation++;
      return this.#open;
    } catch (thrown) {
      journal.close();
      throw thrown;
    }
  }

  /** One filling at a time; whoever comes meanwhile waits for it and then looks again. */
  async #fill({ views }: OpenedViews): Promise<void> {
    while (this.#filling !== null) await this.#filling.catch(() => {});
    const fill = async () => {
      while (this.#open?.opened?.views === views && views.catchUpBy(FOLDED_AT_ONCE)) {
        await this.#clock.sleep(0);
      }
    };
    this.#filling = fill().finally(() => this.#filling = null);
    await this.#filling;
  }
}

function fileAt(path: string): string {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return "";
  }
}
