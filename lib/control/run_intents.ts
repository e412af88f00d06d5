/**
 * Which repos' runs a hub means to work until they rest. Written before a run is started and taken away
 * when it rests, so that a hub that was killed knows at its next start what was on.
 */

import type { Orchestration } from "./orchestration.ts";

export interface RunIntent {
  /** The manifest's id. */
  readonly repo: string;
  /** Who asked for the run. */
  readonly actor: string;
  /** Wall time. */
  readonly sinceMs: number;
}

/** The oldest first. */
export function runIntents(store: Orchestration): readonly RunIntent[] {
  const rows = store.read(() =>
    store.db.prepare("select repo, actor, since_ms from run_intents order by since_ms, repo").all()
  );
  return rows.map((row) => ({
    repo: String(row["repo"]),
    actor: String(row["actor"]),
    sinceMs: Number(row["since_ms"]),
  }));
}

/** One that is there already keeps its place. @throws {CarError} `unavailable` when the disk says no. */
export function keepIntent(store: Orchestration, { repo, actor, sinceMs }: RunIntent): void {
  store.write(() =>
    store.db.prepare("insert into run_intents values (?, ?, ?) on conflict (repo) do nothing")
      .run(repo, actor, sinceMs)
  );
}

/** @throws {CarError} `unavailable` when the disk says no. */
export function dropIntent(store: Orchestration, repo: string): void {
  store.write(() => store.db.prepare("delete from run_intents where repo = ?").run(repo));
}
