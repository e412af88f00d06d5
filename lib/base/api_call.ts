/**
 * Calls an HTTP API by method and path template, `GET /things/{id}`: the running half of a typed
 * client. Failures come as `ApiError` with the server's own words.
 */

import { CarError, ERROR_CODES, type ErrorCode } from "./errors.ts";

export interface ApiOptions {
  /** What stands before every path: an origin, a mount, both, or nothing. */
  readonly base: string;
  /** Asked at each call; null sends none. */
  readonly token: () => string | null;
  /** In place of the global one, e.g. over a unix socket. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Further headers of every call. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiInput {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly upload?: Blob | FormData;
  /** Sent as If-Match, or If-None-Match of a GET. */
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

/** What the server said in place of an answer. */
export class ApiError extends CarError {
  /** 0 when nobody answered. */
  readonly status: number;
  /** The whole of what it said, e.g. both texts of a conflict. */
  readonly body: unknown;

  constructor(
    status: number,
    body: unknown,
    code: ErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.body = body;
  }
}

type Caller = (key: string, input?: ApiInput) => Promise<unknown>;

/**
 * A function that calls routes by their keys.
 * @typeParam A its type, by which keys, inputs and answers are checked.
 */
export function apiCaller<A>(options: ApiOptions): A {
  const call: Caller = async (key, input = {}) =>
    await answerOf(await apiResponse(options, key, input));
  // What the function takes and gives is the business of its type: on the wire all is JSON.
  return call as A;
}

/** One call, its answer not yet read: for streams. @throws {ApiError}. */
export async function apiResponse(
  options: ApiOptions,
  key: string,
  input: ApiInput = {},
): Promise<Response> {
  const [method = "GET", template = ""] = key.split(" ");
  const url = `${options.base}${filled(template, input.params ?? {})}${queryText(input.query)}`;
  const send = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await send(url, {
      method,
      headers: headersOf(method, options, input),
      ...bodyOf(input),
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    });
  } catch (thrown) {
    if (input.signal?.aborted) throw thrown;
    throw new ApiError(0, null, "unavailable", "The server does not answer.", {
      hint: "See whether it still runs.",
      cause: thrown,
    });
  }
  if (response.ok || response.status === 304) return response;
  throw await errorOf(response);
}

/** @throws {CarError} `internal` for a parameter that is not given. */
function filled(template: string, params: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new CarError("internal", `{${name}} of ${template} is missing.`);
    return encodeURIComponent(String(value).toWellFormed());
  });
}

function queryText(query: ApiInput["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined
      ? []
      : Array.isArray(value)
      ? value.map((each) => [name, String(each)])
      : [[name, String(value)]]
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

function headersOf(
  method: string,
  { token, headers = {} }: ApiOptions,
  { body, etag }: ApiInput,
): Record<string, string> {
  const known = token();
  return {
    ...headers,
    ...(known === null ? {} : { authorization: `Bearer ${known}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(etag === undefined
      ? {}
      : { [method === "GET" ? "if-none-match" : "if-match"]: `"${etag}"` }),
  };
}

function bodyOf({ body, upload }: ApiInput): { body?: BodyInit } {
  if (upload !== undefined) return { body: upload };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

async function answerOf(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204 || response.status === 304) return null;
  if (type.startsWith("application/json")) return await response.json();
  if (type.startsWith("text/")) return await response.text();
  return await response.blob();
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const body = parsed(text);
  const error = fieldOf(body, "error");
  const message = fieldOf(error, "message");
  const code = fieldOf(error, "code");
  const hint = fieldOf(error, "hint");
  if (typeof message !== "string") {
    return new ApiError(
      response.status,
      body,
      "unavailable",
      `The server answered with ${response.status}.`,
      { hint: "See whether another program answers at its address." },
    );
  }
  return new ApiError(
    response.status,
    body,
    isErrorCode(code) ? code : "internal",
    message,
    typeof hint === "string" ? { hint } : {},
  );
}

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === "string" && Object.hasOwn(ERROR_CODES, code);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const fieldOf = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null && Object.hasOwn(of, name)
    ? (of as Record<string, unknown>)[name]
    : undefined;
