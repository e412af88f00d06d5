/** The tables of orchestration.sqlite3, as numbered migrations. Released ones are never changed. */

import type { Migration } from "./sqlite.ts";

export const ORCHESTRATION_MIGRATIONS: readonly Migration[] = [
  `
  -- A conversation of people with one agent. agent_thread is the agent's own name for it.
  create table threads (
    id text primary key,
    scope text not null check (scope in ('hub', 'repo', 'worktree')),
    repo text,
    root text not null,
    agent text not null,
    model text,
    posture text check (posture in ('yolo', 'safe', 'read-only')),
    title text not null,
    agent_thread text,
    fork_of text,
    draft text not null default '',
    created_ms integer not null,
    updated_ms integer not null,
    archived_ms integer,
    last_seq integer not null default 0
  ) strict, without rowid;
  create index threads_by_root on threads (root, updated_ms);
  create index threads_by_time on threads (updated_ms);

  -- What people say, in the order of the queue, with how the agent's answer went. turn marks the
  -- agent's processes; owner is the start of CAR that has the message in hand.
  create table messages (
    number integer primary key autoincrement,
    id text not null unique,
    thread text not null references threads (id),
    client_id text,
    role text not null check (role in ('user', 'system')),
    actor text not null,
    text text not null,
    attachments text not null,
    state text not null
      check (state in ('queued', 'running', 'done', 'failed', 'interrupted', 'cancelled')),
    turn text,
    owner text,
    posture text,
    answer text not null default '',
    tokens text not null default '{}',
    error_kind text,
    error text,
    retry_of text,
    queued_ms integer not null,
    started_ms integer,
    ended_ms integer,
    interrupt_ms integer,
    interrupt_by text
  ) strict;
  create index messages_by_thread on messages (thread, number);
  create index messages_open on messages (thread, number) where state in ('queued', 'running');
  -- Whoever drives a thread: the agent has one message of it at a time.
  create unique index messages_running on messages (thread) where state = 'running';
  create unique index messages_by_client on messages (thread, client_id)
    where client_id is not null;

  -- The transcript. seq counts within its thread.
  create table thread_events (
    thread text not null references threads (id),
    seq integer not null,
    at_ms integer not null,
    message text,
    type text not null,
    body text not null,
    primary key (thread, seq)
  ) strict, without rowid;
  create index thread_parts on thread_events (thread, message) where type = 'text_part';

  -- What an agent asked a person in the middle of an answer. request is the agent's own id.
  create table thread_requests (
    id integer primary key autoincrement,
    thread text not null references threads (id),
    message text not null,
    request text not null,
    body text not null,
    asked_ms integer not null,
    expires_ms integer not null,
    answer text,
    answered_by text,
    answered_ms integer
  ) strict;
  create index thread_requests_open on thread_requests (thread, id) where answered_ms is null;
  `,
  `
  -- The runs this process means to work until they rest: what the next start takes up again.
  create table run_intents (
    repo text primary key,
    actor text not null,
    since_ms integer not null
  ) strict, without rowid;
  `,
];
