/**
 * The typed client: what goes into each route and comes out of it, from the table's own types. Types
 * alone, so that a page or the CLI may take them without a line of the server. `lib/base/api_call.ts`
 * does the calls: `apiCaller<Api<"repo">>({ base: "/api", ... })`.
 */

import type * as z from "zod/mini";
import type {
  BytesAnswer,
  EmptyAnswer,
  JsonAnswer,
  SseAnswer,
  TextAnswer,
  UpgradeAnswer,
} from "./answers.ts";
import type { Nothing, Schema, Scope } from "./route.ts";
import type { ROUTES } from "./table.ts";
import type { UploadBody } from "./upload.ts";

type Row = (typeof ROUTES)[number];

type KeyOf<R> = R extends { readonly method: infer M extends string; readonly path: infer P }
  ? P extends string ? `${Uppercase<M>} ${P}` : never
  : never;

type RowsOf<S extends Scope> = {
  readonly [R in Extract<Row, { readonly scope: S }> as KeyOf<R>]: R;
};

/** `GET /tickets/{index}`: method and path of a row, as the table has them. */
export type RouteKey<S extends Scope> = keyof RowsOf<S> & string;

type QueryValue = string | number | boolean | readonly string[] | undefined;

type Field<R, Name extends string> = R extends { readonly [K in Name]?: infer F }
  ? Exclude<F, undefined>
  : never;

type ParamsOf<R> = [Field<R, "params">] extends [Nothing] ? unknown
  : Field<R, "params"> extends infer P extends Schema
    ? { readonly params: { readonly [K in keyof z.input<P>]: string | number } }
  : unknown;

type QueryOf<R> = [Field<R, "query">] extends [Nothing] ? unknown
  : Field<R, "query"> extends infer Q extends Schema
    ? { readonly query?: { readonly [K in keyof z.input<Q>]?: QueryValue } }
  : unknown;

type BodyOf<R> = [Field<R, "body">] extends [Nothing] ? unknown
  : Field<R, "body"> extends UploadBody ? { readonly upload: Blob | FormData }
  : Field<R, "body"> extends infer B extends Schema ? { readonly body: z.input<B> }
  : unknown;

/** What any call may bring besides. */
export interface CallExtras {
  /** Sent as If-Match, or If-None-Match of a GET. */
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

/** What a call of this row takes. */
export type RouteInput<R> = ParamsOf<R> & QueryOf<R> & BodyOf<R> & CallExtras;

/** What a call of this row gives. Streams and sockets have clients of their own. */
export type RouteOutput<R> = R extends { readonly answer: infer A } ? A extends Schema ? z.output<A>
  : A extends JsonAnswer<infer S> ? z.output<S>
  : A extends TextAnswer ? string
  : A extends EmptyAnswer ? null
  : A extends BytesAnswer ? Blob
  : A extends SseAnswer | UpgradeAnswer ? never
  : never
  : never;

/** Calls the rows of one scope by their keys. @throws {ApiError} what the server said. */
export type Api<S extends Scope> = <K extends RouteKey<S>>(
  key: K,
  ...input: Record<never, never> extends RouteInput<RowsOf<S>[K]>
    ? [input?: RouteInput<RowsOf<S>[K]>]
    : [input: RouteInput<RowsOf<S>[K]>]
) => Promise<RouteOutput<RowsOf<S>[K]>>;
