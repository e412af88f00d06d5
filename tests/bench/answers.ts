/** How soon the served hub answers: after its start, for the list of its repos, for a long queue. */

import { BINARY } from "../support/car.ts";
import { hubEnvironment, type HubFolder } from "../support/hub_folder.ts";
import { loaded } from "./listeners.ts";
import { atMost, type Measured, repeat } from "./measure.ts";
import { hubOf, repoIds, REPOS, type ServedHub, serveHub, tokenOf } from "./served_hub.ts";

const STARTS = 7;
const START_MS_MAX = 300;
const LIST_MS_MAX = 2;
const LIST_RATE_MIN = 10_000;
const QUEUE = 500;
const QUEUE_MS_MAX = 5;
const LOAD_SECONDS = 5;
/** As many as keep one processor of a server busy while the client has the other. */
const CONNECTIONS = 8;
const START_GIVE_UP_MS = 20_000;

export async function answerRows(): Promise<readonly Measured[]> {
  const ids = repoIds();
  await using folder = await hubOf(ids);
  for (const id of ids) {
    for (const number of [1, 2, 3]) await folder.ticket(id, number, "true");
  }
  for (let number = 4; number <= QUEUE; number++) await folder.ticket("r000", number, "true");
  {
    // Makes the token, looks at all repos for the first time.
    await using hub = await serveHub(folder);
    await hub.ask("/hub/repos");
    hub.car.signal("SIGTERM");
    await hub.car.ended;
  }
  const starts = await repeat(STARTS, () => firstAnswer(folder));
  const what = `\`car serve\` to the first answer, the list of ${REPOS} repos`;
  await using hub = await serveHub(folder);
  return [
    atMost(what, START_MS_MAX, "ms", starts, "3,470 ms"),
    ...await listRows(hub),
    await queueRow(hub),
  ];
}

/** From the call of the program to the whole list, in milliseconds. */
async function firstAnswer(folder: HubFolder): Promise<number> {
  const token = await tokenOf(folder);
  const { port } = freePort();
  const started = performance.now();
  const child = new Deno.Command(BINARY, {
    args: ["serve", "--port", String(port), "--quiet"],
    cwd: folder.root,
    clearEnv: true,
    env: hubEnvironment(folder.home),
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  try {
    while (performance.now() < started + START_GIVE_UP_MS) {
      const answer = await fetch(`http://127.0.0.1:${port}/hub/repos`, {
        headers: { authorization: `Bearer ${token}` },
      }).catch(() => null);
      if (answer === null) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      const { repos } = await answer.json();
      if (repos.length !== REPOS) throw new Error(`It listed ${repos.length} repos.`);
      return performance.now() - started;
    }
    throw new Error("The server did not answer.");
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

function freePort(): { readonly port: number } {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { port: listener.addr.port };
}

async function listRows(hub: ServedHub): Promise<readonly Measured[]> {
  const ask = (connections: number, headers: readonly string[]) =>
    loaded(hub, { path: "/hub/repos", connections, seconds: LOAD_SECONDS, headers });
  const one = await ask(1, ["Accept-Encoding: gzip"]);
  const packed = await ask(CONNECTIONS, ["Accept-Encoding: gzip"]);
  const plain = await ask(CONNECTIONS, []);
  const known = await ask(CONNECTIONS, [`If-None-Match: ${packed.etag}`]);
  const rate = ({ requests, seconds }: typeof one) => Math.round(requests / seconds);
  const words = (it: number) => it.toLocaleString("en");
  return [
    {
      what: `GET /hub/repos at ${REPOS} repos, one after the other`,
      target: `<= ${LIST_MS_MAX} ms`,
      measured: `${one.medianMs.toFixed(2)} ms (99 of 100 within ${one.p99Ms.toFixed(2)}), ` +
        `${words(one.bytes)} bytes packed`,
      met: one.medianMs <= LIST_MS_MAX,
      python: "982 ms",
    },
    {
      what: `The same, ${CONNECTIONS} connections at once`,
      target: `>= ${words(LIST_RATE_MIN)}/s`,
      measured: `${words(rate(packed))}/s packed, ${words(rate(plain))}/s of ` +
        `${words(plain.bytes)} bytes as they are, ${words(rate(known))}/s when known (304)`,
      met: rate(packed) >= LIST_RATE_MIN,
      python: "0.62/s",
    },
  ];
}

async function queueRow(hub: ServedHub): Promise<Measured> {
  const path = "/repos/r000/api/tickets";
  const { tickets } = await hub.ask<{ tickets: readonly unknown[] }>(path);
  if (tickets.length !== QUEUE) throw new Error(`It listed ${tickets.length} tickets.`);
  const headers = ["Accept-Encoding: gzip"];
  const done = await loaded(hub, { path, connections: 1, seconds: LOAD_SECONDS, headers });
  return {
    what: `List of ${QUEUE} tickets through the API`,
    target: `<= ${QUEUE_MS_MAX} ms`,
    measured: `${done.medianMs.toFixed(2)} ms (99 of 100 within ${done.p99Ms.toFixed(2)}), ` +
      `${done.bytes.toLocaleString("en")} bytes packed`,
    met: done.medianMs <= QUEUE_MS_MAX,
    python: "267 ms",
  };
}
