/**
 * How a call fails: `{error: {code, message, hint}, requestId}` with the status of the code, or a
 * closer one. What goes out names what was found and what is allowed, never where in CAR it failed.
 */

import { asCarError, CarError, ERROR_CODES, type ErrorCode } from "../lib/base/errors.ts";

interface ProblemOptions {
  readonly hint?: string;
  readonly cause?: unknown;
  /** Further fields of the answer, beside `error`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure with a closer HTTP status than that of its code, or with more to tell. */
export class Problem extends CarError {
  readonly status: number;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, message: string, options: ProblemOptions = {}) {
    super(code, message, options);
    this.status = status;
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }
}

/** For a room of the house that is not there: 501. @param what a sentence. */
export const notThere = (what: string): Problem => new Problem(501, "unavailable", what);

/** The body of a problem, as it is sent. */
export interface ProblemBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly hint: string | null;
  };
  readonly requestId: string;
}

export interface ProblemFacts {
  readonly status: number;
  readonly body: ProblemBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** What goes wrong inside CAR is told in its log, not to the caller. */
const INSIDE = {
  message: "CAR failed in this call.",
  hint: "The log of CAR says more, under the requestId.",
} as const;

/** Any failure as the answer to a call. Pure. */
export function problemOf(thrown: unknown, requestId: string): ProblemFacts {
  const error = asCarError(thrown);
  const isInside = !(thrown instanceof CarError) && error.code === "internal";
  const { message, hint } = isInside ? INSIDE : error;
  const { status, extra, headers } = error instanceof Problem
    ? error
    : { status: ERROR_CODES[error.code].http, extra: {}, headers: {} };
  return {
    status,
    headers,
    body: { error: { code: error.code, message, hint: hint ?? null }, requestId, ...extra },
  };
}
