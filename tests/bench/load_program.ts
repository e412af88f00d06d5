/**
 * Asks one address again and again over connections that stay open, and prints how fast it was
 * answered. By hand over TCP: a client that costs more than the server would measure itself.
 *   load_program.ts '{"port":4173,"token":"...","path":"/hub/repos","connections":4,"seconds":5,"headers":[]}'
 */

export interface Load {
  readonly port: number;
  readonly token: string;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** Lines besides Host and Authorization, such as `Accept-Encoding: gzip`. */
  readonly headers: readonly string[];
}

export interface Loaded {
  readonly requests: number;
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly bytes: number;
  /** Of the last answer. */
  readonly status: number;
  readonly etag: string;
}

const ascii = new TextDecoder("latin1");

/** Reads one answer that tells its length. */
async function readAnswer(
  conn: Deno.Conn,
  buffer: Uint8Array,
): Promise<{ head: string; bytes: number }> {
  let have = await conn.read(buffer) ?? 0;
  for (;;) {
    const text = ascii.decode(buffer.subarray(0, Math.min(have, 4_096)));
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const head = text.slice(0, end);
      const whole = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      while (have < whole) have += await readMore(conn, buffer);
      return { head, bytes: whole };
    }
    have += await readMore(conn, buffer.subarray(have));
  }
}

async function readMore(conn: Deno.Conn, into: Uint8Array): Promise<number> {
  const count = await conn.read(into);
  if (count === null) throw new Error("The server closed the connection.");
  return count;
}

const BUFFER_BYTES = 1 << 20;
/** Before it counts: connections are opened, and both programs are warm. */
const WARM_REQUESTS = 50;

async function ask(
  load: Load,
  until: number,
  times: number[],
): Promise<{ head: string; bytes: number }> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: load.port });
  conn.setNoDelay();
  const lines = [
    `GET ${load.path} HTTP/1.1`,
    `Host: 127.0.0.1:${load.port}`,
    `Authorization: Bearer ${load.token}`,
    ...load.headers,
  ];
  const request = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
  const buffer = new Uint8Array(BUFFER_BYTES);
  let last = { head: "", bytes: 0 };
  try {
    for (let count = 0; performance.now() < until; count++) {
      const from = performance.now();
      await conn.write(request);
      last = await readAnswer(conn, buffer);
      if (count >= WARM_REQUESTS) times.push(performance.now() - from);
    }
    return last;
  } finally {
    conn.close();
  }
}

if (import.meta.main) {
  const load: Load = JSON.parse(Deno.args[0] ?? "");
  const times: number[] = [];
  const from = performance.now();
  const until = from + load.seconds * 1_000;
  const all = await Promise.all(
    Array.from({ length: load.connections }, () => ask(load, until, times)),
  );
  const seconds = (performance.now() - from) / 1_000;
  times.sort((a, b) => a - b);
  const [{ head, bytes } = { head: "", bytes: 0 }] = all;
  const loaded: Loaded = {
    requests: times.length,
    seconds,
    medianMs: times[times.length >> 1] ?? 0,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
    bytes,
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0),
    etag: /^etag: (.*)$/im.exec(head)?.[1]?.trim() ?? "",
  };
  console.log(JSON.stringify(loaded));
}
