import assert from "node:assert/strict";
import { CLIENT_BYTES_MAX, EventClients } from "./event_clients.ts";
import { type EventClient, frame, framed } from "./sse.ts";

const options = { after: null, gone: new AbortController().signal, onFailure: () => {} };

/** A stream and the client behind it. */
function opened(clients: EventClients, changes: Partial<typeof options> = {}) {
  let client: EventClient | undefined;
  const stream = clients.open((it) => void (client = it), { ...options, ...changes });
  assert.ok(client);
  return { client, stream };
}

const textOf = (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> =>
  new Response(stream).text();

Deno.test("frame() writes one event, its data on one line and without secrets", () => {
  const bytes = frame(
    { event: "told", id: 7, data: { text: "a\nb hunter22" } },
    (text) => text.replace("hunter22", "[redacted]"),
  );
  assert.equal(
    new TextDecoder().decode(bytes),
    'event: told\nid: 7\ndata: {"text":"a\\nb [redacted]"}\n\n',
  );
});

Deno.test("framed() encodes a fact once, however many ask", () => {
  let count = 0;
  const of = framed((it: { n: number }) => {
    count++;
    return frame({ data: it.n });
  });
  const fact = { n: 1 };
  assert.equal(of(fact), of(fact));
  of({ n: 1 });
  assert.equal(count, 2);
});

Deno.test("EventClients drops who reads too slowly, and tells it to begin anew", async () => {
  const clients = new EventClients();
  const slow = opened(clients);
  const quick = opened(clients);
  const half = frame({ data: "x".repeat(CLIENT_BYTES_MAX / 2) });
  assert.ok(slow.client.send(half));
  assert.ok(!slow.client.send(half));
  assert.ok(!slow.client.send(frame({ data: "late" })));
  assert.ok(slow.client.signal.aborted);
  assert.equal(clients.size, 1);
  const text = await textOf(slow.stream);
  assert.ok(text.endsWith('event: reset\ndata: {"reason":"slow"}\n\n'));
  assert.ok(quick.client.send(frame({ data: "here" })));
  clients.close();
  assert.match(await textOf(quick.stream), /data: "here"/);
});

Deno.test("room() waits for the reader, and tells when it has gone", async () => {
  const clients = new EventClients();
  const { client, stream } = opened(clients);
  const reader = stream.getReader();
  client.send(frame({ data: "x".repeat(CLIENT_BYTES_MAX * 0.6) }));
  let hasRoom: boolean | null = null;
  const room = client.room().then((it) => hasRoom = it);
  await Promise.resolve();
  assert.equal(hasRoom, null);
  await reader.read();
  await reader.read();
  assert.ok(await room);
  client.send(frame({ data: "x".repeat(CLIENT_BYTES_MAX * 0.6) }));
  const gone = client.room();
  await reader.cancel();
  assert.ok(!await gone);
  assert.ok(!await client.room());
  assert.equal(clients.size, 0);
});

Deno.test("EventClients ends a stream whose caller has gone, whose source failed, and all at its close", async () => {
  const clients = new EventClients();
  const caller = new AbortController();
  const left = opened(clients, { gone: caller.signal });
  caller.abort();
  assert.ok(left.client.signal.aborted);
  const failures: unknown[] = [];
  const failing = clients.open(() => Promise.reject(new Error("no journal")), {
    ...options,
    onFailure: (thrown) => failures.push(thrown),
  });
  assert.equal(await textOf(failing), "retry: 1000\n\n");
  assert.equal(failures.length, 1);
  const open = opened(clients);
  clients.close();
  assert.equal(await textOf(open.stream), "retry: 1000\n\n");
  const late = clients.open(() => assert.fail("asked after the close"), options);
  assert.equal(await textOf(late), "");
});
