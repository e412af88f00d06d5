/** Text for people and prompts: cut by bytes without breaking a character, counts, durations, sizes. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Length of `text` in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** What was kept of a text, and how many bytes were left out. */
export interface Clipped {
  readonly text: string;
  readonly leftOutBytes: number;
}

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

/** The first `bytesMax` bytes of `text`, cut on a character border. */
export function clipHead(text: string, bytesMax: number): Clipped {
  const bytes = encoder.encode(text);
  if (bytes.length <= bytesMax) return { text, leftOutBytes: 0 };
  let end = Math.max(0, Math.floor(bytesMax));
  while (end > 0 && isContinuation(bytes[end])) end--;
  return { text: decoder.decode(bytes.subarray(0, end)), leftOutBytes: bytes.length - end };
}

/** The last `bytesMax` bytes of `text`, cut on a character border. */
export function clipTail(text: string, bytesMax: number): Clipped {
  const bytes = encoder.encode(text);
  if (bytes.length <= bytesMax) return { text, leftOutBytes: 0 };
  let start = Math.min(bytes.length, bytes.length - Math.max(0, Math.floor(bytesMax)));
  while (start < bytes.length && isContinuation(bytes[start])) start++;
  return { text: decoder.decode(bytes.subarray(start)), leftOutBytes: start };
}

/** The first line of `text`, at most `charactersMax` characters, with `…` where something is missing. */
export function oneLine(text: string, charactersMax: number): string {
  const flat = text.replace(/\s+/g, " ").trim();
  const characters = [...flat];
  if (characters.length <= charactersMax) return flat;
  return characters.slice(0, Math.max(0, charactersMax - 1)).join("").trimEnd() + "…";
}

/** `1 turn`, `2 turns`; `many` for words that do not take an s. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${thousands(count)} ${Math.abs(count) === 1 ? one : many}`;
}

/** `1234567` as `1,234,567`. */
export function thousands(count: number): string {
  const [whole = "", fraction] = String(count).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From small to large: below `belowMs` a duration is told as so many `bigMs` and the rest in `smallMs`. */
const DURATION_STEPS = [
  { belowMs: HOUR_MS, big: "m", bigMs: MINUTE_MS, small: "s", smallMs: SECOND_MS },
  { belowMs: DAY_MS, big: "h", bigMs: HOUR_MS, small: "m", smallMs: MINUTE_MS },
  { belowMs: Infinity, big: "d", bigMs: DAY_MS, small: "h", smallMs: HOUR_MS },
] as const;

/** Two units at most, rounded down: `350 ms`, `45 s`, `2 m 05 s`, `1 h 03 m`, `3 d 04 h`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown";
  const left = Math.max(0, Math.floor(ms));
  if (left < SECOND_MS) return `${left} ms`;
  if (left < MINUTE_MS) return `${Math.floor(left / SECOND_MS)} s`;
  const step = DURATION_STEPS.find(({ belowMs }) => left < belowMs) ?? DURATION_STEPS[2];
  const rest = String(Math.floor((left % step.bigMs) / step.smallMs)).padStart(2, "0");
  return `${Math.floor(left / step.bigMs)} ${step.big} ${rest} ${step.small}`;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `512 B`, `8.0 KiB`, `1.5 GiB`. */
export function byteSize(bytes: number): string {
  if (!Number.isFinite(bytes)) return "unknown";
  let value = Math.max(0, bytes);
  let unit = 0;
  // 1023.95 would print as "1024.0", so the next unit begins there.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.floor(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}
