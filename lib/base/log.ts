/** Log lines: one fact a line, `key=value`, to be read by people and found by grep. Pure. */

import { clipHead } from "./text.ts";

export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whether an entry of this weight is wanted where `least` is the least that is. */
export const isWanted = (level: LogLevel, least: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);

/** What a line tells, in this order; what is null is left out. */
export interface LogFields {
  readonly run?: string | null;
  readonly ticket?: string | null;
  readonly turn?: string | null;
  readonly agent?: string | null;
  readonly msg: string;
}

/** Longest value of a field, in bytes: a line is read on a screen, and the journal has the rest. */
const VALUE_BYTES_MAX = 4 * 1024;
/** Values that need no quotes. */
const BARE = /^[\w.:/@+-]+$/;
/** What JSON leaves as it is, though it moves the cursor, hides text or breaks a line. */
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line with its end. @param atMs Wall time. */
export function logLine(atMs: number, level: LogLevel, fields: LogFields): string {
  const { run, ticket, turn, agent, msg } = fields;
  const pairs = Object.entries({ run, ticket, turn, agent, msg })
    .flatMap(([key, value]) => typeof value === "string" ? [`${key}=${quoted(value)}`] : []);
  return [`time=${new Date(atMs).toISOString()}`, `level=${level}`, ...pairs].join(" ") + "\n";
}

function quoted(value: string): string {
  if (BARE.test(value) && value.length <= VALUE_BYTES_MAX) return value;
  const { text, leftOutBytes } = clipHead(value, VALUE_BYTES_MAX);
  const whole = leftOutBytes === 0 ? text : `${text} [${leftOutBytes} more bytes]`;
  return JSON.stringify(whole).replace(
    UNSEEN,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
