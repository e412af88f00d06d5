/** The tables of flows.db, as numbered migrations. A published one is never edited; a new one is added. */

import type { Migration } from "./sqlite.ts";

export const JOURNAL_MIGRATIONS: readonly Migration[] = [
  `
  create table meta (key text primary key, value text not null) strict, without rowid;

  -- What happened, in order. kind: step (moved the run), refused, note (told, moved nothing).
  create table events (
    seq integer primary key autoincrement,
    run text not null,
    at_ms integer not null,
    kind text not null check (kind in ('step', 'refused', 'note')),
    type text not null,
    turn text,
    ticket text,
    body text not null
  ) strict;
  create index events_by_run on events (run, seq);
  create index events_by_turn on events (turn, seq) where turn is not null;
  create index events_by_ticket on events (ticket, seq) where ticket is not null;
  create trigger events_are_final before update on events
    begin select raise(abort, 'the journal is append-only'); end;
  create trigger events_stay before delete on events
    begin select raise(abort, 'the journal is append-only'); end;

  -- What a step asked for; done_seq is the event that brought its outcome.
  create table effects (
    id integer primary key autoincrement,
    seq integer not null references events (seq),
    run text not null,
    type text not null,
    body text not null,
    done_seq integer
  ) strict;
  create index effects_open on effects (run) where done_seq is null;

  -- The fold of each run's steps: replaying its events gives the same.
  create table runs (
    run text primary key,
    number integer not null unique,
    status text not null,
    state text not null,
    first_state text not null,
    seq integer not null,
    updated_ms integer not null
  ) strict, without rowid;

  -- What other processes ask of the owner of the repo.
  create table commands (
    id integer primary key autoincrement,
    at_ms integer not null,
    actor text not null,
    body text not null,
    taken_ms integer,
    answer text
  ) strict;
  create index commands_open on commands (id) where taken_ms is null;

  -- Processes CAR started: who they were, so that none is ever signalled by pid alone.
  create table processes (
    id integer primary key autoincrement,
    pid integer not null,
    start text not null,
    boot text not null,
    owner text not null,
    purpose text not null,
    run text,
    turn text,
    argv text not null,
    spawned_ms integer not null,
    ended_ms integer,
    code integer,
    signal text,
    stderr_tail text
  ) strict;
  create index processes_open on processes (id) where ended_ms is null;
  `,
];
