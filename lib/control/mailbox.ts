/**
 * Commands from other processes to the owner of the repo, through a table of the journal: a command
 * survives a crash of either side, and its answer can be waited for.
 */

import type { Command } from "../engine/events.ts";
import type { Answer } from "../engine/turn.ts";
import type { Journal } from "./journal.ts";
import { sqliteError, transaction } from "./sqlite.ts";

/** A person's answer to a request of the agent in hand. */
export interface AnswerOrder {
  readonly type: "answer";
  readonly by: string;
  readonly requestId: string;
  readonly answer: Answer;
}

/** What may be asked of the owner of a repo. */
export type Order = Command | AnswerOrder;

/** What the owner made of a command. */
export interface CommandAnswer {
  readonly ok: boolean;
  readonly message: string;
  readonly hint: string;
}

export interface WaitingCommand {
  readonly id: number;
  readonly atMs: number;
  readonly command: Order;
}

/** Leaves a command for the owner. @returns Its number, to ask for the answer. */
export function postCommand(journal: Journal, command: Order, atMs: number): number {
  return Number(
    journal.db.prepare("insert into commands (at_ms, actor, body) values (?, ?, ?)")
      .run(atMs, command.by, JSON.stringify(command)).lastInsertRowid,
  );
}

/**
 * Takes the commands nobody has taken yet, oldest first. Each is taken once.
 * @throws {CarError} `unavailable` when the disk says no: then none is taken.
 */
export function takeCommands(journal: Journal, atMs: number): readonly WaitingCommand[] {
  return guarded(journal, () => {
    const waiting = journal.db.prepare(
      "select id, at_ms, body from commands where taken_ms is null order by id",
    );
    // Mostly there is none: then nothing is written, and a full disk is nobody's trouble here.
    if (waiting.get() === undefined) return [];
    return transaction(journal.db, () => {
      const take = journal.db.prepare("update commands set taken_ms = ? where id = ?");
      return waiting.all().map((row) => {
        const id = Number(row["id"]);
        take.run(atMs, id);
        return { id, atMs: Number(row["at_ms"]), command: JSON.parse(String(row["body"])) };
      });
    });
  });
}

/** @throws {CarError} `unavailable` when the disk says no. */
export function answerCommand(journal: Journal, id: number, answer: CommandAnswer): void {
  guarded(
    journal,
    () =>
      journal.db.prepare("update commands set answer = ? where id = ?")
        .run(JSON.stringify(answer), id),
  );
}

function guarded<T>(journal: Journal, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    throw sqliteError(thrown, journal.path);
  }
}

/** The answer, or null while there is none. */
export function commandAnswer(journal: Journal, id: number): CommandAnswer | null {
  const row = journal.db.prepare("select answer from commands where id = ?").get(id);
  return typeof row?.["answer"] === "string" ? JSON.parse(row["answer"]) : null;
}

/** Takes a command back that nobody will answer. */
export function withdrawCommand(journal: Journal, id: number): void {
  journal.db.prepare("delete from commands where id = ? and taken_ms is null").run(id);
}
