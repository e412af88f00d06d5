/** The threads of orchestration.sqlite3, as rows: made, changed, listed. */

import type { SQLInputValue } from "node:sqlite";
import { CarError } from "../base/errors.ts";
import { type ThreadId, threadId } from "../engine/ids.ts";
import type { Posture } from "../engine/ports.ts";
import {
  isThreadKey,
  type MessageKey,
  type ScopeKind,
  type ThreadKey,
  type ThreadStatus,
  threadStatus,
} from "../engine/thread.ts";
import type { Orchestration } from "./orchestration.ts";

/** Where a thread belongs, and its agent works. */
export interface ThreadScope {
  readonly kind: ScopeKind;
  /** The repo's id in the hub's manifest; null outside of a hub. */
  readonly repo: string | null;
  /** The folder the agent works in, absolute. */
  readonly root: string;
}

export interface Thread {
  readonly id: ThreadKey;
  readonly scope: ThreadScope;
  /** As the config names it. */
  readonly agent: string;
  readonly model: string | null;
  /** Chosen for this thread; null: as the config says. */
  readonly posture: Posture | null;
  /** "" until the first message gives one. */
  readonly title: string;
  /** The agent's own name for the conversation, to resume it by; null before its first answer. */
  readonly agentThread: ThreadId | null;
  readonly forkOf: ThreadKey | null;
  /** What a person has begun to write and not sent. */
  readonly draft: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly archivedMs: number | null;
  /** The newest event of its transcript; 0 before the first. */
  readonly lastSeq: number;
  readonly status: ThreadStatus;
  /** Messages that wait. */
  readonly queued: number;
  /** The message the agent has now. */
  readonly running: MessageKey | null;
}

export type NewThread =
  & Pick<Thread, "id" | "scope" | "agent" | "model" | "posture" | "title">
  & Partial<Pick<Thread, "agentThread" | "forkOf">>
  & { readonly atMs: number };

/** Threads of one place, newest first. */
export interface ThreadQuery {
  readonly root?: string;
  readonly repo?: string;
  readonly archived?: boolean;
  readonly limit?: number;
}

/** More than a person looks through. */
const LIST_MAX = 500;

const COLUMNS = `threads.*,
  (select count(*) from messages where thread = threads.id and state = 'queued') as queued,
  (select id from messages where thread = threads.id and state = 'running') as running`;

type Row = Record<string, unknown>;
const textOrNull = (value: unknown) => value === null ? null : String(value);

function threadOf(row: Row): Thread {
  const agentThread = textOrNull(row["agent_thread"]);
  const running = textOrNull(row["running"]) as MessageKey | null;
  const archivedMs = row["archived_ms"] === null ? null : Number(row["archived_ms"]);
  const queued = Number(row["queued"]);
  return {
    id: String(row["id"]) as ThreadKey,
    scope: {
      kind: String(row["scope"]) as ScopeKind,
      repo: textOrNull(row["repo"]),
      root: String(row["root"]),
    },
    agent: String(row["agent"]),
    model: textOrNull(row["model"]),
    posture: textOrNull(row["posture"]) as Posture | null,
    title: String(row["title"]),
    agentThread: agentThread === null ? null : threadId(agentThread),
    forkOf: textOrNull(row["fork_of"]) as ThreadKey | null,
    draft: String(row["draft"]),
    createdMs: Number(row["created_ms"]),
    updatedMs: Number(row["updated_ms"]),
    archivedMs,
    lastSeq: Number(row["last_seq"]),
    status: threadStatus({ archivedMs }, { running: running !== null, queued }),
    queued,
    running,
  };
}

/** Call it in a transaction. */
export function insertThread(store: Orchestration, it: NewThread): void {
  store.db.prepare(
    `insert into threads (id, scope, repo, root, agent, model, posture, title, agent_thread, fork_of,
       created_ms, updated_ms)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    it.id,
    it.scope.kind,
    it.scope.repo,
    it.scope.root,
    it.agent,
    it.model,
    it.posture,
    it.title,
    it.agentThread ?? null,
    it.forkOf ?? null,
    it.atMs,
    it.atMs,
  );
}

export function findThread(store: Orchestration, id: ThreadKey): Thread | null {
  const row = store.read(() =>
    store.db.prepare(`select ${COLUMNS} from threads where id = ?`).get(id)
  );
  return row === undefined ? null : threadOf(row);
}

/** @throws {CarError} `not_found`, also for a text that names no thread. */
export function requireThread(store: Orchestration, id: string): Thread {
  const found = isThreadKey(id) ? findThread(store, id) : null;
  if (found !== null) return found;
  throw new CarError("not_found", `There is no thread ${id}`, {
    hint: '"car chat list" shows those there are.',
  });
}

export function listThreads(store: Orchestration, query: ThreadQuery): readonly Thread[] {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  if (query.root !== undefined) {
    where.push("root = ?");
    values.push(query.root);
  }
  if (query.repo !== undefined) {
    where.push("repo = ?");
    values.push(query.repo);
  }
  if (query.archived !== undefined) {
    where.push(query.archived ? "archived_ms is not null" : "archived_ms is null");
  }
  const filter = where.length === 0 ? "" : `where ${where.join(" and ")}`;
  values.push(Math.min(query.limit ?? LIST_MAX, LIST_MAX));
  return store.read(() =>
    store.db.prepare(
      `select ${COLUMNS} from threads ${filter} order by updated_ms desc, id limit ?`,
    ).all(...values)
  ).map(threadOf);
}

/** Threads with messages that wait or that the agent has: what a start has to go on with. */
export function openThreads(store: Orchestration): readonly ThreadKey[] {
  return store.read(() =>
    store.db.prepare(
      "select distinct thread from messages where state in ('queued', 'running') order by thread",
    ).all()
  ).map((row) => String(row["thread"]) as ThreadKey);
}

export interface ThreadChanges {
  readonly title?: string;
  readonly agentThread?: ThreadId;
  readonly archivedMs?: number | null;
  readonly draft?: string;
}

/** Call it in a transaction. @param atMs Null leaves its place in the list. */
export function changeThread(
  store: Orchestration,
  id: ThreadKey,
  changes: ThreadChanges,
  atMs: number | null,
): void {
  const sets: string[] = [];
  const values: SQLInputValue[] = [];
  const set = (column: string, value: SQLInputValue | undefined) => {
    if (value === undefined) return;
    sets.push(`${column} = ?`);
    values.push(value);
  };
  set("title", changes.title);
  set("agent_thread", changes.agentThread);
  set("archived_ms", changes.archivedMs);
  set("draft", changes.draft);
  set("updated_ms", atMs ?? undefined);
  if (sets.length === 0) return;
  store.db.prepare(`update threads set ${sets.join(", ")} where id = ?`).run(...values, id);
}
