/** The newest lines of a run's log, each with when it happened. */

import type { Journal, JournalEvent } from "../control/journal.ts";
import type { Run } from "../engine/run.ts";
import type { PrintedLine, Renderer } from "./log_renderer.ts";

export interface Tail {
  readonly lines: readonly { readonly atMs: number; readonly line: PrintedLine }[];
  /** Has taken in every event up to `after`. */
  readonly renderer: Renderer;
  readonly after: number;
}

/** Looks back as far as it takes: not every event prints a line. Steps are always taken in. */
export function newestLines(
  journal: Journal,
  run: Run,
  wanted: number,
  { begin, isShown }: {
    readonly begin: () => Renderer;
    readonly isShown: (event: JournalEvent) => boolean;
  },
): Tail {
  const steps = journal.events({ run: run.id, kinds: ["step"] });
  for (let last = wanted * 2;; last *= 4) {
    const newest = journal.events({ run: run.id, last });
    const first = newest[0]?.seq ?? 0;
    const renderer = begin();
    const lines = [...steps.filter((it) => it.seq < first), ...newest].flatMap((event) =>
      renderer([event], (it) => it.seq >= first && isShown(it))
        .map((line) => ({ atMs: event.atMs, line }))
    );
    if (lines.length < wanted && newest.length === last) continue;
    return { lines: lines.slice(-wanted), renderer, after: newest.at(-1)?.seq ?? 0 };
  }
}
