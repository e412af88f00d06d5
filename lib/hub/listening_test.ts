import assert from "node:assert/strict";
import { systemClock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { listen, type ListenOptions } from "./listening.ts";

const WITHIN_MS = 2_000;

const options = (changes: Partial<ListenOptions> = {}): ListenOptions => ({
  addresses: ["127.0.0.1", "::1"],
  port: 0,
  socket: null,
  handler: (_, remote) => Promise.resolve(new Response(remote.transport)),
  clock: systemClock,
  onTrouble: () => {},
  ...changes,
});

const isCarError = (code: string, words: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof CarError);
  assert.equal(thrown.code, code);
  assert.match(thrown.message, words);
  return true;
};

Deno.test("listen() answers on every address at one port, and on none after close()", async () => {
  const listening = await listen(options());
  assert.ok(listening.hosts.length > 0);
  for (const host of listening.hosts) {
    assert.equal(await (await fetch(`http://${host}/`)).text(), "tcp");
    assert.ok(host.endsWith(`:${listening.port}`));
  }
  await listening.close(WITHIN_MS);
  for (const host of listening.hosts) await assert.rejects(fetch(`http://${host}/`));
});

Deno.test("listen() says who has the port", async () => {
  const listening = await listen(options());
  try {
    const words = Deno.build.os === "linux"
      ? new RegExp(`^Port ${listening.port} is taken by process ${Deno.pid} \\(`)
      : /is taken/;
    await assert.rejects(
      listen(options({ port: listening.port })),
      isCarError("unavailable", words),
    );
  } finally {
    await listening.close(WITHIN_MS);
  }
});

Deno.test("listen() gives the port back when only a later address is taken", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.2", port: 0 });
  const { port } = taken.addr;
  await assert.rejects(
    listen(options({ addresses: ["127.0.0.1", "127.0.0.2"], port })),
    isCarError("unavailable", /is taken/),
  );
  Deno.listen({ hostname: "127.0.0.1", port }).close();
  taken.close();
});

Deno.test("listen() names an address the machine does not have", async () => {
  await assert.rejects(
    listen(options({ addresses: ["203.0.113.7"] })),
    isCarError("invalid", /no address 203\.0\.113\.7/),
  );
});

Deno.test("listen() opens a socket for its owner alone, over one that was left behind", async () => {
  const folder = await Deno.makeTempDir();
  const socket = `${folder}/car.sock`;
  try {
    // A process that was killed leaves its socket.
    const dead = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `Deno.listen({ transport: "unix", path: ${JSON.stringify(socket)} }); Deno.exit()`,
      ],
    });
    assert.ok((await dead.output()).success);
    assert.ok((await Deno.lstat(socket)).isSocket);
    const listening = await listen(options({ socket }));
    assert.equal(((await Deno.lstat(socket)).mode ?? 0) & 0o777, 0o600);
    await assert.rejects(listen(options({ socket })), isCarError("conflict", /Another program/));
    using client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
    assert.equal(await (await fetch("http://localhost/", { client })).text(), "unix");
    await listening.close(WITHIN_MS);
    await assert.rejects(Deno.lstat(socket), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("listen() puts no socket in the place of a file", async () => {
  const folder = await Deno.makeTempDir();
  const socket = `${folder}/car.sock`;
  try {
    await Deno.writeTextFile(socket, "mine");
    await assert.rejects(listen(options({ socket })), isCarError("conflict", /is no socket/));
    assert.equal(await Deno.readTextFile(socket), "mine");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("close() does not wait for a call that never ends", async () => {
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<Response>();
  const listening = await listen(options({
    handler: () => {
      begun.resolve();
      return never.promise;
    },
  }));
  const call = fetch(`http://${listening.hosts[0]}/`).then((it) => it.text(), () => "cut");
  await begun.promise;
  await listening.close(50);
  never.resolve(new Response("late"));
  await call;
});

Deno.test("listen() answers again after the machine was out of file descriptors", async () => {
  const script = new URL("../../tests/http/starved_listener.ts", import.meta.url).pathname;
  const child = new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 64; exec "$@"', "sh", Deno.execPath(), "run", "-A", "--quiet", script],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).values();
  const held: Deno.Conn[] = [];
  try {
    const port = Number((await lines.next()).value);
    // More than it can take: its server lets go of the port.
    for (let count = 0; count < 150; count++) {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      if (conn === null) break;
      held.push(conn);
    }
    for (const conn of held.splice(0)) conn.close();
    assert.match((await lines.next()).value ?? "", /Listening again/);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "here");
  } finally {
    for (const conn of held) conn.close();
    child.kill("SIGKILL");
    await child.status;
    await lines.return?.();
  }
});
