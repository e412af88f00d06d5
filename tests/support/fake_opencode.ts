/** An OpenCode server made by hand, in this process: for what the real one cannot be brought to do. */

import type { Program } from "../../lib/adapters/opencode/program.ts";

export const SESSION = "ses_1";
type Told = { readonly type: string; readonly properties: unknown };

/** What the server answers on the paths that a test changes. */
export interface FakeAnswers {
  /** `/session/status`. */
  statuses(): unknown;
  /** The session's history. */
  messages(): unknown;
}

export interface FakeOpenCode extends AsyncDisposable {
  readonly program: Program;
  /** Method and path of every call but those for events, oldest first. */
  readonly calls: readonly string[];
  /** Tells an event to who listens now. */
  say(type: string, properties: unknown): void;
  /** Ends the connections over which events are told. */
  cut(): void;
  /** Resolves with the first call, past or to come, of this method and path. */
  called(call: string): Promise<void>;
}

const CONNECTED: Told = { type: "server.connected", properties: {} };

const frame = (payload: Told) =>
  new TextEncoder().encode(`data: ${JSON.stringify({ payload })}\n\n`);

/** What happened, past or to come, as something to wait for. */
class Happened {
  readonly seen: string[] = [];
  readonly #waiting = new Set<() => void>();

  add(what: string): void {
    this.seen.push(what);
    for (const look of this.#waiting) look();
  }

  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => isSo() && resolve();
    this.#waiting.add(look);
    await promise;
    this.#waiting.delete(look);
  }
}

export function startFakeOpenCode(answers: FakeAnswers): FakeOpenCode {
  const calls = new Happened();
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const ended = Promise.withResolvers<string>();

  function events(): Response {
    let mine: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        mine = controller;
        open.add(controller);
        controller.enqueue(frame(CONNECTED));
      },
      cancel: () => void open.delete(mine),
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  }

  const routes: Readonly<Record<string, () => unknown>> = {
    "GET /global/health": () => ({ version: "0.0.1" }),
    "GET /config": () => ({}),
    "GET /session/status": answers.statuses,
    [`GET /session/${SESSION}/message`]: answers.messages,
    "GET /permission": () => [],
    "GET /question": () => [],
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const call = `${request.method} ${new URL(request.url).pathname}`;
      await request.body?.cancel();
      if (call === "GET /global/event") return events();
      const answer = routes[call]?.() ?? true;
      calls.add(call);
      return Response.json(answer);
    },
  );
  const cut = () => {
    for (const controller of open) controller.close();
    open.clear();
  };
  const stop = () => Promise.try(() => ended.resolve("stopped by the test."));
  return {
    program: {
      address: Promise.resolve({
        host: "127.0.0.1",
        port: server.addr.port,
        username: "opencode",
        password: "secret",
        directory: "/repo",
      }),
      ended: ended.promise,
      stop,
      kill: stop,
    },
    calls: calls.seen,
    say: (type, properties) => {
      for (const controller of open) controller.enqueue(frame({ type, properties }));
    },
    cut,
    called: (call) => calls.until(() => calls.seen.includes(call)),
    async [Symbol.asyncDispose]() {
      cut();
      await server.shutdown();
    },
  };
}
