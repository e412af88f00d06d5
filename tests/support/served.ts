/** A real server on loopback over a scratch repo or hub, with what tests say to it down to the bytes. */

import { systemClock } from "../../lib/base/clock.ts";
import { initRepo } from "../../lib/control/init.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { openFleet } from "../../lib/hub/fleet/open_fleet.ts";
import { serve, type Serving } from "../../routes/serve.ts";
import { hubEnvironment } from "./hub_folder.ts";

export interface ServedOptions {
  readonly root: string;
  readonly home: string;
  readonly mode: "hub" | "repo";
}

export interface Served extends AsyncDisposable {
  readonly serving: Serving;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** A call with the token. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** The bytes of a request as they are; the status line and head of the answer, and its body. */
  raw(request: string | Uint8Array<ArrayBuffer>): Promise<RawAnswer>;
}

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export async function openServed({ root, home, mode }: ServedOptions): Promise<Served> {
  const environment = { ...hubEnvironment(home), CAR_SERVER__PORT: "0" };
  const shared = { root, mode, clock: systemClock, environment, safe: false };
  const serving = await serve({
    ...shared,
    host: null,
    port: 0,
    check: "all",
    openFleet: (say) => openFleet({ ...shared, command: "car serve", say }),
    onRemark: () => {},
  });
  const host = serving.url.slice("http://".length);
  const port = Number(host.split(":")[1]);
  const token = new URL(serving.address()).hash.slice("#t=".length);
  return {
    serving,
    host,
    port,
    token,
    call: (path, init = {}) =>
      fetch(`${serving.url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      }),
    raw: (request) => exchange(port, request),
    [Symbol.asyncDispose]: () => serving.end("stop", "the test is over"),
  };
}

async function exchange(
  port: number,
  request: string | Uint8Array<ArrayBuffer>,
): Promise<RawAnswer> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = typeof request === "string" ? new TextEncoder().encode(request) : request;
  // The server may answer and close before all is sent.
  const sent = writeAll(conn, bytes).catch(() => {});
  try {
    return await readAnswer(conn);
  } finally {
    conn.close();
    await sent;
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** As far as Content-Length tells, or to the end of the connection. */
async function readAnswer(conn: Deno.Conn): Promise<RawAnswer> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, count));
    const end = text.indexOf("\r\n\r\n");
    const length = /^content-length: (\d+)$/im.exec(text.slice(0, end))?.[1];
    if (end >= 0 && (length === undefined || text.length >= end + 4 + Number(length))) break;
  }
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
  return { status, head, body: rest.join("\r\n\r\n") };
}

export interface ServedRepo extends Served {
  readonly root: string;
}

/** A served repo without tickets, in a folder of its own. */
export async function openServedRepo(): Promise<ServedRepo> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-served-" }));
  const root = `${base}/alpha`;
  const home = `${base}/home`;
  await Deno.mkdir(root);
  await Deno.mkdir(home);
  const git = new Deno.Command("git", {
    args: ["init", "--quiet", "--initial-branch=main"],
    cwd: root,
  });
  if (!(await git.output()).success) throw new Error("git init failed");
  await initRepo(root);
  await Deno.writeTextFile(repoPaths(root).config, "version: 2\nmode: repo\n");
  const served = await openServed({ root, home, mode: "repo" });
  return {
    ...served,
    root,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await Deno.remove(base, { recursive: true });
    },
  };
}
