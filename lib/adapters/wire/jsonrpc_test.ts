import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { openRpcPeer, RpcError, type RpcHandlers, type RpcPeer } from "./jsonrpc.ts";

/** Far beyond any test: a call that waits for it hangs, and the test says so. */
const NEVER_MS = 60_000;

/** The other side, by hand: what it says is pushed, what it hears is kept. */
class Wire {
  readonly heard: unknown[] = [];
  readonly problems: string[] = [];
  readonly told: [string, unknown][] = [];
  readonly #said = new TransformStream<string, string>();
  readonly #writer = this.#said.writable.getWriter();
  readonly #waiting: (() => void)[] = [];
  broken = false;

  open(request: RpcHandlers["request"] = () => undefined): RpcPeer {
    return openRpcPeer({
      lines: this.#said.readable,
      write: (line) => {
        if (this.broken) return Promise.reject(new Error("pipe is closed"));
        this.heard.push(JSON.parse(line));
        for (const wake of this.#waiting.splice(0)) wake();
        return Promise.resolve();
      },
    }, {
      notification: (method, params) => {
        if (method === "bad") throw new Error("handler broke");
        this.told.push([method, params]);
      },
      request,
      problem: (text) => void this.problems.push(text),
    });
  }

  say(message: unknown): Promise<void> {
    return this.#writer.write(typeof message === "string" ? message : JSON.stringify(message));
  }

  end(): Promise<void> {
    return this.#writer.close();
  }

  async heardMessage(index: number): Promise<unknown> {
    while (this.heard.length <= index) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.heard[index];
  }
}

Deno.test("call() pairs answers with requests when they come out of order", async () => {
  const wire = new Wire();
  const peer = wire.open();
  const first = peer.call("a", { x: 1 }, NEVER_MS);
  const second = peer.call("b", null, NEVER_MS);
  assert.deepEqual(wire.heard[0], { jsonrpc: "2.0", id: 1, method: "a", params: { x: 1 } });
  await wire.say({ id: 2, result: "two" });
  await wire.say({ id: 1, result: "one" });
  assert.deepEqual(await Promise.all([first, second]), ["one", "two"]);
  await wire.end();
  await peer.closed;
});

Deno.test("call() throws what the other side answered when that is an error", async () => {
  const wire = new Wire();
  const peer = wire.open();
  const call = peer.call("a", null, NEVER_MS);
  await wire.say({ id: 1, error: { code: -32600, message: "no rollout found" } });
  await assert.rejects(call, (thrown) => {
    assert(thrown instanceof RpcError);
    assert.deepEqual([thrown.code, thrown.text], [-32600, "no rollout found"]);
    return true;
  });
  await wire.end();
});

Deno.test("call() throws timeout when no answer comes, and unavailable when the stream ends", async () => {
  const wire = new Wire();
  const peer = wire.open();
  const hasCode = (code: string) => (thrown: unknown) =>
    thrown instanceof CarError && thrown.code === code;
  await assert.rejects(peer.call("slow", null, 1), hasCode("timeout"));
  const open = assert.rejects(peer.call("open", null, NEVER_MS), hasCode("unavailable"));
  await wire.end();
  await open;
  await peer.closed;
  await assert.rejects(peer.call("late", null, NEVER_MS), hasCode("unavailable"));
});

Deno.test("call() takes its answer when the id comes as text, or not at all and it is the only one", async () => {
  const wire = new Wire();
  const peer = wire.open();
  const first = peer.call("a", null, NEVER_MS);
  await wire.say({ id: "1", result: "one" });
  assert.equal(await first, "one");
  const second = peer.call("b", null, NEVER_MS);
  await wire.say({ result: "two" });
  assert.equal(await second, "two");
  const [third, fourth] = [peer.call("c", null, NEVER_MS), peer.call("d", null, NEVER_MS)];
  await wire.say({ result: "whose?" });
  await wire.say({ id: 3, result: "three" });
  await wire.say({ id: 4, result: "four" });
  assert.deepEqual(await Promise.all([third, fourth]), ["three", "four"]);
  assert.equal(peer.garbage(), 1);
  await wire.end();
});

Deno.test("peer answers every request when the method is unknown or its handler fails", async () => {
  const wire = new Wire();
  const peer = wire.open((method) => {
    if (method === "sync") throw new Error("thrown at once");
    if (method === "async") return Promise.reject(new Error("thrown later"));
    return method === "ok" ? Promise.resolve({ fine: true }) : undefined;
  });
  const rows: [method: string, answer: unknown][] = [
    ["ok", { result: { fine: true } }],
    ["none", { error: { code: -32601, message: 'Unknown method "none"' } }],
    ["sync", { error: { code: -32603, message: "thrown at once" } }],
    ["async", { error: { code: -32603, message: "thrown later" } }],
  ];
  for (const [index, [method, answer]] of rows.entries()) {
    await wire.say({ id: index, method });
    assert.deepEqual(await wire.heardMessage(index), {
      jsonrpc: "2.0",
      id: index,
      ...answer as object,
    });
  }
  await wire.end();
  await peer.closed;
});

Deno.test("peer keeps the two sides' ids apart when both use the same number", async () => {
  const wire = new Wire();
  const peer = wire.open(() => Promise.resolve("mine"));
  const call = peer.call("a", null, NEVER_MS);
  await wire.say({ id: 1, method: "theirs" });
  assert.deepEqual(await wire.heardMessage(1), { jsonrpc: "2.0", id: 1, result: "mine" });
  await wire.say({ id: 1, result: "theirs" });
  assert.equal(await call, "theirs");
  await wire.end();
});

Deno.test("peer reads on when lines are garbage and handlers throw", async () => {
  const wire = new Wire();
  const peer = wire.open();
  for (const line of ["Segmentation fault", "[1,2]", '{"half":', "null", '{"result":1}', "  "]) {
    await wire.say(line);
  }
  await wire.say({ method: "bad" });
  await wire.say({ id: 99, result: "nobody asked" });
  await wire.say({ method: "good", params: 7 });
  await wire.end();
  await peer.closed;
  assert.deepEqual(wire.told, [["good", 7]]);
  assert.equal(peer.garbage(), 5);
  assert.equal(wire.problems.length, 7);
});

Deno.test("peer closes when the other side no longer reads", async () => {
  const wire = new Wire();
  const peer = wire.open();
  wire.broken = true;
  await assert.rejects(peer.call("a", null, NEVER_MS), CarError);
  await peer.closed;
  await wire.end().catch(() => {});
});

Deno.test("peer survives random bytes between messages when fuzzed", async () => {
  const seed = 20260728;
  let state = seed;
  const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  const wire = new Wire();
  const peer = wire.open();
  let sent = 0;
  for (let round = 0; round < 500; round++) {
    const noise = Array.from({ length: 20 }, () => String.fromCharCode(32 + random() * 200));
    await wire.say(`#${noise.join("").replaceAll("\n", "")}`);
    await wire.say({ method: "n", params: sent++ });
  }
  await wire.end();
  await peer.closed;
  assert.deepEqual(wire.told.map(([, n]) => n), [...Array(sent).keys()], `seed ${seed}`);
});
