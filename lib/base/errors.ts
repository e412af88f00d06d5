/**
 * How CAR fails: one error type with a code a surface can act on, a sentence for the person,
 * and the next thing to try. What the domain expects to go wrong is a value, not an exception.
 */

import { refusalOf, refusalWords } from "./permissions.ts";

/** Every way a command can fail, with the exit code of the CLI and the status of the HTTP API. */
export const ERROR_CODES = {
  /** The request is malformed: wrong flag, wrong key, broken ticket. */
  invalid: { exit: 1, http: 400 },
  /** The command line itself is wrong. */
  usage: { exit: 2, http: 400 },
  /** The call brings no token, or a wrong one. */
  unauthorized: { exit: 1, http: 401 },
  /** The caller may not do this, whoever they are. */
  forbidden: { exit: 1, http: 403 },
  not_found: { exit: 1, http: 404 },
  /** The thing moved on meanwhile, or is in a state that forbids the request. */
  conflict: { exit: 1, http: 409 },
  /** Another process owns the repo. */
  locked: { exit: 4, http: 423 },
  /** A person has to do something first. */
  waiting: { exit: 3, http: 409 },
  /** An outside thing (agent, git, disk, network) is missing or does not answer. */
  unavailable: { exit: 1, http: 503 },
  timeout: { exit: 1, http: 504 },
  /** State on disk is damaged. */
  damaged: { exit: 1, http: 500 },
  internal: { exit: 1, http: 500 },
} as const satisfies Record<string, { exit: number; http: number }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** A failure with a code to act on and, where one exists, the next thing to try. */
export class CarError extends Error {
  override readonly name = "CarError";
  readonly code: ErrorCode;
  /** One imperative sentence a person can follow, e.g. `Run "car doctor"`. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A call that the permissions of this start forbid, with the flag that would allow it; else null. */
export function notAllowed(thrown: unknown): CarError | null {
  const refusal = refusalOf(thrown);
  if (refusal === null) return null;
  const { message, hint } = refusalWords(refusal);
  return new CarError("unavailable", message, { hint, cause: thrown });
}

/** Any thrown thing as a `CarError`; what is not one already becomes `internal`, its text kept. */
export function asCarError(thrown: unknown): CarError {
  if (thrown instanceof CarError) return thrown;
  const refused = notAllowed(thrown);
  if (refused !== null) return refused;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CarError("internal", message, {
    cause: thrown,
    hint: 'Run "car doctor"; if it finds nothing, this is a bug of CAR.',
  });
}

/** The end of an exhaustive switch: a new case does not compile until it is handled. */
export function unreachable(value: never): never {
  throw new CarError("internal", `Cannot happen: ${JSON.stringify(value)}`);
}
