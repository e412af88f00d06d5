/** Data as scripts get it: moments in ISO 8601 instead of milliseconds. */

/** `startedAtMs: 0` becomes `startedAt: "1970-01-01T00:00:00.000Z"`, at any depth. Durations stay. */
export function withIsoTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIsoTimes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) =>
      /(^a|A)tMs$/.test(key) && (typeof it === "number" || it === null)
        ? [key.slice(0, -2), it === null ? null : isoTime(it)]
        : [key, withIsoTimes(it)]
    ),
  );
}

const isoTime = (ms: number): string | null =>
  Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString();
