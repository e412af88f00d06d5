/** From a row of the table to the answer of one call: decode, ask the handler, check, send. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import type { Answer, Bytes, SocketTaker } from "./answers.ts";
import { announcesBody, type Arrival } from "./arrival.ts";
import { readJson, takeUpload } from "./bodies.ts";
import { type Misfit, misfits, misfitSentence } from "./decode.ts";
import { EVENT_HEADERS, type EventClients } from "./event_clients.ts";
import { notThere, Problem } from "./problem.ts";
import { jsonReply, type Reply, send, sendBytes, textReply } from "./replies.ts";
import type { AnyCall, Route, Schema, Version } from "./route.ts";
import type { Site } from "./site.ts";
import type { EventSource } from "./sse.ts";
import type { UploadBody } from "./upload.ts";

/** How answers are held to the schema of their row. `first`: the first answer of each, told in the log. */
export type AnswerCheck = "all" | "first";

/** What answering needs of the running server. */
export interface Counter {
  readonly site: Site;
  readonly clients: EventClients;
  readonly check: AnswerCheck;
  /** Aborted when the server ends. */
  readonly ending: AbortSignal;
}

/** Answers of one version each, kept while they may be asked for again: how many, and their bytes. */
const KEPT_MAX = 500;
const KEPT_BYTES_MAX = 8_000_000;

/** No part of a path is a folder, holds a separator, or ends a string of C, whatever its schema says. */
const UNFIT_SEGMENT = /^\.{0,2}$|[/\\\p{Cc}]/u;

export class RowAnswering {
  readonly row: Route;
  readonly #counter: Counter;
  readonly #answer: Answer;
  readonly #kept = new Map<string, { version: Version; reply: Reply }>();
  #keptBytes = 0;
  #isChecked = false;

  constructor(row: Route, counter: Counter) {
    this.row = row;
    this.#counter = counter;
    this.#answer = "kind" in row.answer
      ? row.answer
      : { kind: "json", status: 200, schema: row.answer };
  }

  /** @throws what the handler throws; `Problem` for what does not fit. */
  async respond(
    arrival: Arrival,
    given: Readonly<Record<string, string>>,
    desk: RepoDesk | null,
  ): Promise<Response> {
    const { row } = this;
    if (row.missing !== undefined) throw notThere(row.missing);
    if (this.#answer.kind === "upgrade" && !arrival.isUpgrade) throw upgradeOnly();
    const call = await this.#decode(arrival, given, desk);
    // Asked before the handler: what changes meanwhile then makes the answer an old one.
    const version = await row.version?.(call);
    const kept = version === undefined ? undefined : this.#kept.get(arrival.request.url);
    if (kept !== undefined && kept.version === version) {
      return await send(arrival.request, kept.reply);
    }
    const value: unknown = await row.handle(call);
    this.#check(value);
    return await this.#send(call, value, arrival, version);
  }

  async #decode(
    { request, caller, id, from }: Arrival,
    given: Readonly<Record<string, string>>,
    desk: RepoDesk | null,
  ): Promise<AnyCall> {
    const { row } = this;
    const { site, ending } = this.#counter;
    if (Object.values(given).some((it) => UNFIT_SEGMENT.test(it))) throw noSuchPath();
    return {
      site,
      request,
      requestId: id,
      actor: caller ?? { by: "?", from },
      // Most handlers answer at once and never ask for it.
      get signal() {
        return AbortSignal.any([request.signal, ending]);
      },
      params: decodeBy(row.params, "path", given),
      query: decodeQuery(row.query, request.url),
      body: await bodyOf(row.body, request, site),
      ...(desk === null ? {} : { desk }),
    };
  }

  #keep(url: string, version: Version | undefined, reply: Reply): void {
    if (version === undefined) return;
    this.#keptBytes += reply.bytes.length - (this.#kept.get(url)?.reply.bytes.length ?? 0);
    if (this.#kept.size >= KEPT_MAX || this.#keptBytes > KEPT_BYTES_MAX) {
      this.#kept.clear();
      this.#keptBytes = reply.bytes.length;
    }
    this.#kept.set(url, { version, reply });
  }

  #check(value: unknown): void {
    const { check, site } = this.#counter;
    if (this.#answer.kind !== "json" || (check === "first" && this.#isChecked)) return;
    this.#isChecked = true;
    const { error } = z.safeParse(this.#answer.schema, value);
    if (error === undefined) return;
    const words = `${this.row.method} ${this.row.path} answers what its row does not say: ${
      misfitSentence(misfits("answer", error.issues, value, this.#answer.schema))
    }`;
    if (check === "all") throw new CarError("internal", words);
    site.log(words);
  }

  async #send(
    call: AnyCall,
    value: unknown,
    arrival: Arrival,
    version: Version | undefined,
  ): Promise<Response> {
    const { request } = call;
    const answer = this.#answer;
    switch (answer.kind) {
      case "json": {
        const reply = jsonReply(answer.status, value, version !== undefined);
        this.#keep(request.url, version, reply);
        return await send(request, reply);
      }
      case "text":
        return await send(request, textReply(answer.type, String(value)));
      case "empty":
        return new Response(null, { status: 204 });
      case "bytes":
        // The type of the row and its handler are one: see TypedRoute.
        return await sendBytes(request, answer.type, value as Bytes);
      case "sse":
        return this.#stream(call, value as EventSource);
      case "upgrade":
        return takeSocket(arrival, value as SocketTaker);
    }
  }

  #stream({ request, signal, requestId }: AnyCall, source: EventSource): Response {
    const { clients, site } = this.#counter;
    if (request.method === "HEAD") return new Response(null, { headers: EVENT_HEADERS });
    const after = request.headers.get("last-event-id") ??
      new URL(request.url).searchParams.get("after");
    const stream = clients.open(source, {
      after,
      gone: signal,
      onFailure: (thrown) => {
        const words = thrown instanceof Error ? thrown.message : String(thrown);
        site.log(`${requestId}: ${this.row.path} ended: ${words}`);
      },
    });
    return new Response(stream, { headers: EVENT_HEADERS });
  }
}

function takeSocket({ request }: Arrival, take: SocketTaker): Response {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: SOCKET_IDLE_S });
  take(socket);
  return response;
}

/** A socket that answers no ping for this long is gone, in seconds. */
const SOCKET_IDLE_S = 60;

const upgradeOnly = (): Problem =>
  new Problem(426, "invalid", "This address is a websocket.", {
    hint: "Get a ticket from POST /api/ws-ticket, and open the socket with it.",
    headers: { upgrade: "websocket", connection: "upgrade" },
  });

export const noSuchPath = (): Problem =>
  new Problem(404, "not_found", "There is nothing at this address.", {
    hint: "See /api/openapi.json for what there is.",
  });

/** What rows without a query or a body take: `{}` as well. */
const NOTHING = z.strictObject({});

const takesNoBody = (request: Request): boolean =>
  request.method === "GET" || request.method === "HEAD" || !announcesBody(request);

async function bodyOf(
  body: Schema | UploadBody | undefined,
  request: Request,
  { clock }: Site,
): Promise<unknown> {
  if (body !== undefined && "kind" in body) return takeUpload(request, body, clock);
  if (body === undefined && takesNoBody(request)) return undefined;
  return decodeBy(body ?? NOTHING, "body", await readJson(request, clock));
}

function decodeBy(schema: Schema | undefined, where: string, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const decoded = z.safeParse(schema, value);
  if (decoded.success) return decoded.data;
  const found: readonly Misfit[] = misfits(where, decoded.error.issues, value, schema);
  throw new Problem(422, "invalid", misfitSentence(found), {
    hint: "See /api/openapi.json for what is allowed.",
    extra: { misfits: found },
  });
}

function decodeQuery(schema: Schema | undefined, url: string): unknown {
  if (schema !== undefined) return decodeBy(schema, "query", queryOf(url));
  if (url.includes("?")) decodeBy(NOTHING, "query", queryOf(url));
  return undefined;
}

/** One value as text, several as a list. */
function queryOf(url: string): Record<string, string | string[]> {
  const start = url.indexOf("?");
  const found: Record<string, string | string[]> = {};
  if (start < 0) return found;
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    const before = Object.hasOwn(found, name) ? found[name] : undefined;
    const now = before === undefined ? value : [before, value].flat();
    Object.defineProperty(found, name, { value: now, enumerable: true, configurable: true });
  }
  return found;
}
