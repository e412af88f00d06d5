/**
 * What a route is: one row, from which the router, the OpenAPI document, the typed client and the
 * generated test are made. A route exists when its row stands in table.ts.
 */

import type * as z from "zod/mini";
import type { ErrorCode } from "../lib/base/errors.ts";
import type { Caller } from "../lib/hub/access/access.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import type { Answer, AnswerValue } from "./answers.ts";
import type { Site } from "./site.ts";
import type { Upload, UploadBody } from "./upload.ts";

export type Schema = z.core.$ZodType;

/** A schema for what is not there: rows without params, query or body. */
export type Nothing = z.core.$ZodType<undefined, undefined>;

/** Of an answer: another one means that the answer may be another. */
export type Version = string | number;

export type Method = "get" | "post" | "put" | "patch" | "delete";

/**
 * Where a row is mounted. `repo`: below `/api` in repo mode and `/repos/{id}/api` in hub mode, with
 * its desk. `hub`: at its own path, in hub mode alone. `site`: at its own path, in both.
 */
export type Scope = "site" | "hub" | "repo";

/** Who calls: `by` goes into the journal as who gave a command. */
export type Actor = Caller;

/** What a handler gets whatever its row says. */
interface CallBase {
  readonly site: Site;
  readonly actor: Actor;
  /** Aborted when the caller is gone or the server ends. */
  readonly signal: AbortSignal;
  readonly request: Request;
  readonly requestId: string;
}

type BodyValue<B> = B extends UploadBody ? Upload : z.output<B>;

/** What a handler gets: decoded values by the schemas of its row, and the repo's desk. */
export type Call<S extends Scope, P, Q, B> =
  & CallBase
  & { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: BodyValue<B> }
  & (S extends "repo" ? { readonly desk: RepoDesk } : unknown);

interface RowFacts<M extends Method, Path extends string, S extends Scope> {
  readonly method: M;
  /** Without the mount, parameters in braces: `/tickets/{index}`. */
  readonly path: Path;
  readonly scope: S;
  /** The heading it stands under in the API's document. */
  readonly tag: string;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** More, where the line does not tell it all. */
  readonly details?: string;
  /** The codes it fails with besides `invalid`, `not_found` for its repo, and `internal`. */
  readonly errors?: readonly ErrorCode[];
  /** Answered without the token. Nothing private may be in the answer. */
  readonly isOpen?: true;
  /** What is missing: the row is listed, and answers 501 with this sentence. */
  readonly missing?: string;
}

/** A row with the types of what goes in and comes out. */
export interface TypedRoute<
  M extends Method,
  Path extends string,
  S extends Scope,
  P,
  Q,
  B,
  A,
> extends RowFacts<M, Path, S> {
  /** One field for each name in braces. Build on `segment()` of fields.ts. */
  readonly params?: P;
  /** A `z.strictObject`. Each value comes as text. Build on the `query...()` of fields.ts. */
  readonly query?: Q;
  /** A `z.strictObject` for JSON, or `upload(...)`. Without it `{}` may be sent, and nothing else. */
  readonly body?: B;
  /**
   * A schema for JSON with status 200, or one of the kinds of answers.ts. A JSON answer with an
   * `etag` at its top is sent with that ETag, and as 304 to whoever has it.
   */
  readonly answer: A;
  /**
   * For answers that many ask for and that seldom change: the version of the answer to this very
   * request. While it stays the same the bytes made before are sent again and `handle` is not asked.
   */
  version?(call: Call<S, P, Q, B>): Version | Promise<Version>;
  /** @throws {CarError} told as problem JSON, with the status of its code. */
  handle(call: Call<S, P, Q, B>): AnswerValue<A> | Promise<AnswerValue<A>>;
}

/** Any row, its types forgotten. */
export interface Route extends RowFacts<Method, string, Scope> {
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema | UploadBody;
  readonly answer: Schema | Answer;
  version?(call: AnyCall): Version | Promise<Version>;
  handle(call: AnyCall): unknown;
}

/** What the router hands to any row: decoded by the row's own schemas, so that it fits. */
export interface AnyCall extends CallBase {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly desk?: RepoDesk;
}

/** A row as it is, its types found out. */
export function route<
  const M extends Method,
  const Path extends string,
  const S extends Scope,
  A extends Schema | Answer,
  const V extends AnswerValue<A>,
  P extends Schema = Nothing,
  Q extends Schema = Nothing,
  B extends Schema | UploadBody = Nothing,
>(
  // The value has a type of its own so that words and `true` in it are not widened.
  row: TypedRoute<M, Path, S, P, Q, B, A> & { handle(call: Call<S, P, Q, B>): V | Promise<V> },
): TypedRoute<M, Path, S, P, Q, B, A> {
  return row;
}
