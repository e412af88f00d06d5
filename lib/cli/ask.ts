/** Questions to a person on a terminal. */

import { CarError } from "../base/errors.ts";
import type { Io } from "./io.ts";

/** Whether somebody is there to answer. */
export const canAsk = (io: Io): boolean => io.isTerminal.in && io.isTerminal.err;

/** Asked so often before giving up: more is a stuck key, or a file for stdin. */
const TRIES_MAX = 5;

export interface Question {
  readonly text: string;
  /** Taken for an empty answer. */
  readonly otherwise?: string;
  /** What is wrong with an answer, in words; null when nothing is. */
  readonly fault?: (answer: string) => string | null;
}

/**
 * One answer, without blanks around it.
 * @throws {CarError} `usage` at the end of input, or when no answer is right.
 */
export async function ask(io: Io, question: Question): Promise<string> {
  const shown = question.otherwise ? ` [${question.otherwise}]` : "";
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const line = await io.readLine(`${question.text}${shown}: `);
    if (line === null) throw ended();
    const answer = line.trim() || (question.otherwise ?? "");
    const fault = question.fault?.(answer) ?? null;
    if (fault === null) return answer;
    io.stderr(`  ${fault}\n`);
  }
  throw new CarError("usage", "No answer was right, and nothing was changed.");
}

/** Answers up to an empty one. */
export async function askList(io: Io, text: string): Promise<readonly string[]> {
  const answers: string[] = [];
  for (;;) {
    const answer = await ask(io, { text: answers.length === 0 ? text : "  and" });
    if (answer === "") return answers;
    answers.push(answer);
  }
}

/** No for anything but a clear yes. */
export async function askYes(io: Io, text: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(io, { text: `${text} [y/N]` }));
}

function ended(): CarError {
  return new CarError("usage", "The input ended, and nothing was changed.", {
    hint: "Give the answers as options; --help lists them.",
  });
}
