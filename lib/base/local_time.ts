/** Wall time in a person's words. The zone is an argument, so that tests read the same everywhere. */

/** Local time minus UTC at a moment, in milliseconds. */
export type Zone = (atMs: number) => number;

/** A moment, and where: what a page needs to tell times. */
export interface Now {
  readonly ms: number;
  readonly zone: Zone;
}

const MINUTE_MS = 60_000;

export const systemZone: Zone = (atMs) => -new Date(atMs).getTimezoneOffset() * MINUTE_MS;
export const utcZone: Zone = () => 0;

/** `2026-03-04`. */
export function dayWords(atMs: number, zone: Zone): string {
  return new Date(atMs + zone(atMs)).toISOString().slice(0, 10);
}

/** `09:30:00`, with the date in front when it is not the day of `nowMs`. */
export function timeWords(atMs: number, nowMs: number, zone: Zone): string {
  if (!Number.isFinite(atMs)) return "an unknown time";
  const time = new Date(atMs + zone(atMs)).toISOString().slice(11, 19);
  const day = dayWords(atMs, zone);
  return day === dayWords(nowMs, zone) ? time : `${day} ${time}`;
}
