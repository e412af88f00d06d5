/** A repo in `hub_state.json`: its form in the file, in the words older CARs used too. */

/** A repo as it was last seen. What the list shows besides is read from the repo itself. */
export interface SavedRepo {
  readonly id: string;
  /** As the manifest has it. */
  readonly path: string;
  readonly displayName: string;
  /** `IDLE`, `RUNNING` …, as the list shows it. */
  readonly status: string;
  /** One sentence. */
  readonly reason: string;
  readonly initError: string | null;
  readonly sinceMs: number | null;
  readonly lastRun: {
    readonly id: string;
    readonly status: string;
    readonly startedMs: number;
    readonly endedMs: number | null;
  } | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly dirty: boolean | null;
  readonly attention: number;
  readonly lastActivityMs: number | null;
}

const isoOf = (ms: number | null): string | null => ms === null ? null : new Date(ms).toISOString();

export function encodeSavedRepo(repo: SavedRepo): Readonly<Record<string, unknown>> {
  const { lastRun } = repo;
  return {
    id: repo.id,
    path: repo.path,
    display_name: repo.displayName,
    status: repo.status,
    reason: repo.reason,
    init_error: repo.initError,
    since_at: isoOf(repo.sinceMs),
    last_run_id: lastRun?.id ?? null,
    last_run_status: lastRun?.status ?? null,
    last_run_started_at: isoOf(lastRun?.startedMs ?? null),
    last_run_finished_at: isoOf(lastRun?.endedMs ?? null),
    done: repo.done,
    total: repo.total,
    is_clean: repo.dirty === null ? null : !repo.dirty,
    attention: repo.attention,
    last_activity_at: isoOf(repo.lastActivityMs),
  };
}

/** Null when it cannot be told which repo is meant. Whatever else is not as expected is not known. */
export function decodeSavedRepo(found: unknown): SavedRepo | null {
  if (!isRecord(found)) return null;
  const text = (key: string): string | null => {
    const value = found[key];
    return typeof value === "string" ? value : null;
  };
  const count = (key: string): number | null => {
    const value = found[key];
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  const id = text("id");
  const path = text("path");
  if (id === null || path === null) return null;
  const clean = found["is_clean"];
  return {
    id,
    path,
    displayName: text("display_name") ?? id,
    status: text("status")?.toUpperCase() ?? "",
    reason: text("reason") ?? "",
    initError: text("init_error"),
    sinceMs: momentOf(found["since_at"]),
    lastRun: lastRunOf(found),
    done: count("done"),
    total: count("total"),
    dirty: typeof clean === "boolean" ? !clean : null,
    attention: count("attention") ?? 0,
    lastActivityMs: momentOf(found["last_activity_at"]),
  };
}

function lastRunOf(found: Readonly<Record<string, unknown>>): SavedRepo["lastRun"] {
  const { last_run_id: id, last_run_status: status, last_run_started_at: started } = found;
  const startedMs = momentOf(started);
  if (typeof id !== "string" || typeof status !== "string" || startedMs === null) return null;
  return { id, status, startedMs, endedMs: momentOf(found["last_run_finished_at"]) };
}

/** ISO 8601 as milliseconds since 1970; null for anything else. */
export function momentOf(found: unknown): number | null {
  const ms = typeof found === "string" ? Date.parse(found) : NaN;
  return Number.isFinite(ms) ? ms : null;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
