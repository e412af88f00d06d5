import assert from "node:assert/strict";
import type { FleetListener } from "../lib/hub/fleet/fleet.ts";
import { HubNews } from "./hub_news.ts";
import type { EventClient } from "./sse.ts";

/** A client that keeps what it is sent. */
function clientAt(after: string | null): EventClient & { readonly got: string[]; end(): void } {
  const over = new AbortController();
  const got: string[] = [];
  return {
    after,
    got,
    signal: over.signal,
    send: (part) => got.push(new TextDecoder().decode(part)) > 0,
    room: () => Promise.resolve(!over.signal.aborted),
    end: () => over.abort(),
  };
}

function openNews() {
  const news = new HubNews("b1", (text) => text);
  let tell: FleetListener = () => {};
  news.listen({ subscribe: (listener) => void (tell = listener) }, new AbortController().signal);
  const repos = (id: string) => tell({ type: "repos", ids: [id], version: 1 });
  return { news, tell: (it: Parameters<FleetListener>[0]) => tell(it), repos };
}

const idsOf = (got: readonly string[]): readonly string[] =>
  got.flatMap((it) => /^event: repos\nid: (\S+)/.exec(it)?.[1] ?? []);

Deno.test("HubNews sends from now on, and after a cut from where the client was", () => {
  const { news, repos } = openNews();
  repos("a");
  const first = clientAt(null);
  news.open(first);
  assert.deepEqual(first.got, ['event: hello\nid: b1:1\ndata: {"boot":"b1"}\n\n']);
  repos("b");
  repos("c");
  assert.deepEqual(idsOf(first.got), ["b1:2", "b1:3"]);
  first.end();
  repos("d");
  assert.equal(first.got.length, 3);
  const again = clientAt("b1:2");
  news.open(again);
  assert.deepEqual(idsOf(again.got), ["b1:3", "b1:4"]);
});

Deno.test("HubNews tells a client with a cursor it does not have to begin anew", () => {
  const { news, repos } = openNews();
  for (let count = 0; count < 5_003; count++) repos("a");
  for (const cursor of ["b0:1", "b1:5004", "b1:2", "b1:x", "7"]) {
    const client = clientAt(cursor);
    news.open(client);
    assert.equal(client.got[0], 'event: reset\ndata: {"reason":"gone"}\n\n', cursor);
    assert.match(client.got[1] ?? "", /^event: hello\nid: b1:5003\n/);
    assert.equal(client.got.length, 2);
    client.end();
  }
  const oldest = clientAt("b1:3");
  news.open(oldest);
  assert.equal(idsOf(oldest.got).length, 5_000);
  assert.equal(idsOf(oldest.got)[0], "b1:4");
});

Deno.test("HubNews tells of a repo's journal only the steps, without their bodies", () => {
  const { news, tell } = openNews();
  const client = clientAt(null);
  news.open(client);
  const row = { seq: 4, run: "run-0001" as never, atMs: 5, turn: null, ticket: null };
  tell({
    type: "desk",
    repo: "alpha",
    event: {
      type: "journal",
      events: [
        { ...row, kind: "step", type: "start", body: { secret: 1 } },
        { ...row, kind: "note", type: "text", body: {} },
      ],
    },
  });
  assert.deepEqual(client.got.slice(1), [
    'event: step\nid: b1:1\ndata: {"repo":"alpha","seq":4,"run":"run-0001","atMs":5,"type":"start","ticket":null}\n\n',
  ]);
});
