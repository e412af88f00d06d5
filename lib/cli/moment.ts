/** Now, and where: what a page needs to tell times. */

import { type Now, systemZone, timeWords, utcZone } from "../base/local_time.ts";
import { duration } from "../base/text.ts";
import type { Io } from "./io.ts";

export type { Now };

export const clockTime = (atMs: number, now: Now): string => timeWords(atMs, now.ms, now.zone);

/** `09:30:00 (2 m 05 s ago)`. */
export const timeAgo = (atMs: number, now: Now): string =>
  `${clockTime(atMs, now)} (${duration(now.ms - atMs)} ago)`;

/** Rows of a label and a text, the texts under each other; a text's later lines too. */
export function labelled(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    text.split("\n").map((line, index) =>
      `${(index === 0 ? label : "").padEnd(width)}  ${line}`.trimEnd()
    )
  );
}

/** @param env `TZ=UTC` is taken from here, so that a test need not change its process. */
export const nowOf = (io: Pick<Io, "clock" | "env">): Now => ({
  ms: io.clock.now(),
  zone: io.env("TZ") === "UTC" ? utcZone : systemZone,
});
