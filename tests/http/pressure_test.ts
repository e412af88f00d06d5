/** Pressure on the port does not stop the work, and leaves nothing behind when it ends. */

import assert from "node:assert/strict";
import { makeHubFolder } from "../support/hub_folder.ts";
import { openServed, type Served } from "../support/served.ts";
import { soon } from "../support/soon.ts";

/** Below what one process of a test may open on both sides. */
const IDLE = 300;
const SLOW = 100;

async function connections(site: Served, count: number, begin: string): Promise<Deno.Conn[]> {
  return await Promise.all(Array.from({ length: count }, async () => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
    if (begin !== "") await conn.write(new TextEncoder().encode(begin));
    return conn;
  }));
}

Deno.test("a run goes on under hundreds of idle, slow and unread connections", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha"] });
  for (let number = 1; number <= 5; number++) {
    await hub.ticket("alpha", number, "echo on >> work.txt");
  }
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const head = `Host: ${site.host}\r\nAuthorization: Bearer ${site.token}\r\n`;
  const held = [
    ...await connections(site, IDLE, ""),
    // Headers that never end, and a body that never comes.
    ...await connections(site, SLOW, `GET /health HTTP/1.1\r\n${head}X-Slow: `),
    ...await connections(
      site,
      SLOW,
      `POST /api/ws-ticket HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
    ),
    // Streams that nobody reads.
    ...await connections(site, SLOW, `GET /repos/alpha/api/live HTTP/1.1\r\n${head}\r\n`),
  ];
  try {
    const started = await site.call("/repos/alpha/api/run/start", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    assert.equal(started.status, 202, await started.text());
    await soon("the run is completed", () => {
      const row = site.serving.fleet.repos().find((it) => it.id === "alpha");
      return Promise.resolve(row?.lastRun?.status === "completed" && row.lock !== "LOCKED_ALIVE");
    });
    assert.equal((await (await site.call("/health")).json()).mode, "hub");
  } finally {
    for (const conn of held) conn.close();
  }
  await soon(
    "all streams are let go",
    async () => (await (await site.call("/api/vitals")).json()).streams === 0,
  );
});
