/**
 * The tables of state.sqlite3. Everything in it comes from the journal, so there are no migrations:
 * a file of another schema is emptied and filled again.
 */

/** Raised with every change of the tables or of what is folded into them. */
export const VIEWS_SCHEMA = 1;

export const VIEWS_TABLES = `
  create table meta (key text primary key, value text not null) strict, without rowid;

  -- The last event of the journal that is in these tables.
  create table applied (one integer primary key check (one = 1), seq integer not null) strict;

  -- Each run as its events make it: what the next event is folded onto.
  create table folds (run text primary key, state text not null) strict, without rowid;

  create table runs (
    run text primary key,
    number integer not null,
    status text not null,
    reason text,
    detail text,
    next text,
    started_ms integer not null,
    since_ms integer not null,
    turns integer not null,
    tokens integer not null,
    done integer not null,
    last_seq integer not null,
    last_ms integer not null
  ) strict, without rowid;

  create table turns (
    turn text primary key,
    run text not null,
    ticket text not null,
    agent text not null,
    mode text not null,
    number integer not null,
    opened_seq integer not null,
    started_ms integer not null,
    ended_ms integer,
    result text,
    error_kind text,
    error text,
    input integer not null default 0,
    cached integer not null default 0,
    output integer not null default 0,
    reasoning integer not null default 0,
    context_window integer,
    tool_calls integer not null default 0
  ) strict, without rowid;
  create index turns_by_run on turns (run, opened_seq);
  create index turns_by_start on turns (started_ms);

  create table changed_files (
    turn text not null,
    path text not null,
    change text not null,
    primary key (turn, path)
  ) strict, without rowid;

  create table verdicts (
    seq integer primary key,
    run text not null,
    turn text,
    ticket text not null,
    at_ms integer not null,
    type text not null,
    by text not null,
    reasons text not null,
    evidence text not null,
    tree text,
    commit_id text
  ) strict;
  create index verdicts_by_ticket on verdicts (ticket, seq);
  create index verdicts_by_run on verdicts (run, seq);

  create table tickets (
    ticket text primary key,
    number integer,
    name text,
    title text,
    agent text,
    state text not null,
    run text not null,
    seen_ms integer not null,
    verdict_seq integer
  ) strict, without rowid;

  create table accounts (
    account text not null,
    name text not null,
    used_percent real not null,
    window_minutes integer,
    resets_ms integer,
    at_ms integer not null,
    primary key (account, name)
  ) strict, without rowid;
`;

/** In an order that needs no foreign keys. */
export const VIEW_TABLE_NAMES = [
  "applied",
  "folds",
  "runs",
  "turns",
  "changed_files",
  "verdicts",
  "tickets",
  "accounts",
] as const;
