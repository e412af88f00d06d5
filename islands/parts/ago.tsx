/** Moments and lengths of time, kept true while one looks at them. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration } from "../../lib/base/text.ts";

/** How often ages are drawn anew, in milliseconds: none of them tells less than a second. */
const BEAT_MS = 1_000;

/** Null until the page is live: the server does not know the reader's clock. */
const now = signal<number | null>(null);
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One beat for all that is shown, none while nothing is. */
function useNow(): number | null {
  useEffect(() => {
    now.value = Date.now();
    if (watchers++ === 0) timer = setInterval(() => (now.value = Date.now()), BEAT_MS);
    return () => {
      if (--watchers === 0) clearInterval(timer);
    };
  }, []);
  return now.value;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `just now`, `4 min ago`, `3 h ago`, `5 days ago`; the future as `in 4 min`. */
export function relative(atMs: number, nowMs: number): string {
  const ms = Math.abs(nowMs - atMs);
  if (ms < MINUTE_MS) return nowMs >= atMs ? "just now" : `in ${Math.ceil(ms / 1000)} s`;
  const [count, unit] = ms < HOUR_MS
    ? [Math.round(ms / MINUTE_MS), "min"]
    : ms < DAY_MS
    ? [Math.round(ms / HOUR_MS), "h"]
    : [Math.round(ms / DAY_MS), Math.round(ms / DAY_MS) === 1 ? "day" : "days"];
  return nowMs >= atMs ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}

const absolute = (atMs: number): string => new Date(atMs).toLocaleString();

/** How long ago, the moment itself as a tooltip. */
export function Ago({ atMs }: { atMs: number | null }) {
  const nowMs = useNow();
  if (atMs === null) return <span class="dim">never</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={nowMs === null ? "" : absolute(atMs)}>
      {nowMs === null ? "" : relative(atMs, nowMs)}
    </time>
  );
}

/** How long since: `3 min 20 s`, running. */
export function Elapsed({ sinceMs }: { sinceMs: number }) {
  const nowMs = useNow();
  return <span>{nowMs === null ? "" : duration(Math.max(0, nowMs - sinceMs))}</span>;
}

/** How long until: counts down, then says `now`. */
export function Until({ atMs }: { atMs: number }) {
  const nowMs = useNow();
  if (nowMs === null) return <span />;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={absolute(atMs)}>
      {atMs <= nowMs ? "now" : duration(atMs - nowMs)}
    </time>
  );
}
