/**
 * A model with a script: an HTTP server on loopback that speaks the Responses API, or chat
 * completions, to a real agent program. What it answers stands in the ticket (model_script.ts);
 * what it was asked is kept for the test to judge.
 */

import { chatHistory, chatStream } from "./model_chat.ts";
import { locate, replyOf, type ScriptPosition, type ScriptReply } from "./model_script.ts";
import { endsTurn, type ModelStream, streamOf } from "./model_stream.ts";

/** One way to ask a model: where its history stands in a request, and how it answers. */
interface Wire {
  history(body: JsonRecord): unknown;
  stream(reply: ScriptReply, id: string): ModelStream;
}

/** By the end of the path. */
const WIRES: Readonly<Record<string, Wire>> = {
  "/responses": { history: (body) => body.input, stream: streamOf },
  "/chat/completions": { history: chatHistory, stream: chatStream },
};

/** Before a scripted cut, so that what was written has left the socket's buffer. */
const CUT_AFTER_MS = 20;

/** One request of an agent. */
export interface ModelRequest {
  readonly script: string;
  /** Which prompt of the script on its thread, from 0. */
  readonly turn: number;
  readonly step: number;
  /** How often this place of the script was asked before, on any thread. */
  readonly attempt: number;
  /** The agent's own ids, "" when it sends none. */
  readonly threadId: string;
  readonly turnId: string;
  /** Whether the answer, if it arrives whole, ends the agent's turn. */
  readonly endsTurn: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ModelServer {
  /** For an agent's configuration; ends in `/v1`. */
  readonly baseUrl: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly ModelRequest[];
  /** Scripts that could not be read, and requests without one. A good test ends with none. */
  readonly problems: readonly string[];
  /** Requests of each of the agent's turns. */
  countByTurn(): ReadonlyMap<string, number>;
  /** How often each `script#turn` was answered to its end: more than 1 is a repeated turn. */
  finishedTurns(): ReadonlyMap<string, number>;
  /** Resolves with the first request, past or to come, that the test is waiting for. */
  arrived(wanted: (request: ModelRequest) => boolean): Promise<ModelRequest>;
  /** Lets the replies with this `hold` go on, those to come too. */
  release(hold: string): void;
  close(): Promise<void>;
}

type JsonRecord = Readonly<Record<string, unknown>>;
const asRecord = (value: unknown): JsonRecord =>
  typeof value === "object" && value !== null ? value as JsonRecord : {};
const asText = (value: unknown): string => typeof value === "string" ? value : "";

/** What the server remembers of its requests, and who waits for one. */
class Ledger {
  readonly requests: ModelRequest[] = [];
  readonly problems: string[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #waiting = new Set<(request: ModelRequest) => void>();

  add(position: ScriptPosition, body: JsonRecord, headers: Headers): ScriptReply {
    const place = `${position.key}#${position.turn}#${position.step}`;
    const attempt = this.#attempts.get(place) ?? 0;
    this.#attempts.set(place, attempt + 1);
    const reply = replyOf(position, attempt);
    const request: ModelRequest = {
      script: position.key,
      turn: position.turn,
      step: position.step,
      attempt,
      threadId: headers.get("thread-id") ?? headers.get("session-id") ?? "",
      turnId: asText(asRecord(body.client_metadata).turn_id),
      endsTurn: endsTurn(reply),
      body,
    };
    this.requests.push(request);
    for (const look of this.#waiting) look(request);
    return reply;
  }

  count(keyOf: (request: ModelRequest) => string | undefined): Map<string, number> {
    const counts = new Map<string, number>();
    for (const key of this.requests.map(keyOf)) {
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  arrived(wanted: (request: ModelRequest) => boolean): Promise<ModelRequest> {
    const past = this.requests.find(wanted);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => {
      const look = (request: ModelRequest) => {
        if (!wanted(request)) return;
        this.#waiting.delete(look);
        resolve(request);
      };
      this.#waiting.add(look);
    });
  }
}

/** Named barriers: a reply waits at its own until the test opens it or the server closes. */
class Holds {
  readonly #open = new Map<string, PromiseWithResolvers<void>>();

  #of(name: string): PromiseWithResolvers<void> {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const made = Promise.withResolvers<void>();
    this.#open.set(name, made);
    return made;
  }

  wait(name: string | undefined): Promise<void> {
    return name === undefined ? Promise.resolve() : this.#of(name).promise;
  }

  release(name: string): void {
    this.#of(name).resolve();
  }

  releaseAll(): void {
    for (const barrier of this.#open.values()) barrier.resolve();
  }
}

function httpAnswer(status: number, reply: ScriptReply): Response {
  const message = `scripted HTTP ${status}`;
  const body = reply.body ?? { error: { message, type: "scripted", code: null } };
  return new Response(typeof body === "string" ? body : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...reply.headers },
  });
}

function streamAnswer(
  { frames, end }: ModelStream,
  reply: ScriptReply,
  closing: Promise<void>,
): Response {
  const bytes = new TextEncoder();
  let next = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const frame = frames[next++];
      if (frame !== undefined) return controller.enqueue(bytes.encode(frame));
      if (end === "hang") await closing;
      if (end === "cut") await new Promise((resolve) => setTimeout(resolve, CUT_AFTER_MS));
      if (end === "cut") return controller.error(new Error("scripted cut"));
      controller.close();
    },
  });
  return new Response(stream, {
    headers: { "content-type": "text/event-stream", ...reply.headers },
  });
}

/** Reads a request's script; a problem is answered with 400, so that the agent's turn fails with its text. */
function positionIn(history: unknown, problems: string[]): ScriptPosition | Response {
  const refuse = (message: string) => {
    problems.push(message);
    return Response.json({ error: { message, code: "bad_script" } }, { status: 400 });
  };
  try {
    return locate(history) ?? refuse("The prompt holds no @@script block.");
  } catch (thrown) {
    return refuse(`The prompt's @@script block is not valid: ${String(thrown)}`);
  }
}

/** Starts the server on a free port of loopback. Close it, after the agents that use it. */
export function startModelServer(): ModelServer {
  const ledger = new Ledger();
  const holds = new Holds();
  const closing = Promise.withResolvers<void>();
  let answers = 0;

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const wire = Object.entries(WIRES).find(([path]) => pathname.endsWith(path))?.[1];
    if (request.method !== "POST" || wire === undefined) {
      await request.body?.cancel();
      return Response.json({ error: { message: "not scripted" } }, { status: 404 });
    }
    const body = asRecord(JSON.parse(await request.text()));
    const position = positionIn(wire.history(body), ledger.problems);
    if (position instanceof Response) return position;
    const reply = ledger.add(position, body, request.headers);
    await holds.wait(reply.hold);
    if (reply.hang === "headers") await closing.promise;
    if (reply.http !== undefined) return httpAnswer(reply.http, reply);
    return streamAnswer(wire.stream(reply, `resp_${++answers}`), reply, closing.promise);
  }

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    requests: ledger.requests,
    problems: ledger.problems,
    countByTurn: () => ledger.count((request) => request.turnId),
    finishedTurns: () =>
      ledger.count((request) => request.endsTurn ? `${request.script}#${request.turn}` : undefined),
    arrived: (wanted) => ledger.arrived(wanted),
    release: (hold) => holds.release(hold),
    async close() {
      closing.resolve();
      holds.releaseAll();
      await server.shutdown();
    },
  };
}
