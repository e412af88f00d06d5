/**
 * Many pages that listen: opens a stream for each path it is given, prints `{"ready":N}` once all have
 * begun, and what they heard when its stdin ends. A process of its own, as browsers are.
 */

export interface Listening {
  readonly port: number;
  readonly token: string;
  /** One stream each; the same path as often as it is to be listened to. */
  readonly paths: readonly string[];
}

export interface Heard {
  /** Of each stream, the numbers of the events it heard, in the order it heard them. */
  readonly seqs: readonly (readonly number[])[];
  /** From the moment the journal has for a step to its arrival, over all streams, in milliseconds. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly count: number;
  /** Streams that ended by themselves or were told that they missed something. */
  readonly broken: readonly string[];
}

const EVENT = /^id: (\d+)\ndata: (.*)$/m;

/** More than a burst of events. One for each page: a stream's own would take 64 kB anew at every read. */
const BUFFER_BYTES = 16_384;

/** What came at once. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

class Page {
  readonly seqs: number[] = [];
  readonly lateMs: number[];
  readonly #path: string;
  readonly #broken: string[];
  readonly #begun = Promise.withResolvers<void>();
  readonly #decoder = new TextDecoder();
  /** Looked at in the end: what a listener costs must not make the server look late. */
  readonly #kept: Piece[] = [];
  #isHello = false;
  #rest = "";

  constructor(path: string, lateMs: number[], broken: string[]) {
    this.#path = path;
    this.lateMs = lateMs;
    this.#broken = broken;
  }

  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** HTTP/1.0, so that the events come as they are and not in chunks. */
  async listen({ port, token }: Listening): Promise<void> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const lines = [
      `GET ${this.#path} HTTP/1.0`,
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
    ];
    await conn.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      const atMs = performance.timeOrigin + performance.now();
      const piece = { bytes: buffer.slice(0, count), atMs };
      if (this.#isHello) this.#kept.push(piece);
      else this.#take(piece);
    }
    this.#broken.push(`${this.#path}: ended`);
    this.#begun.resolve();
  }

  /** Hears what was kept. */
  finish(): void {
    for (const piece of this.#kept.splice(0)) this.#take(piece);
  }

  #take({ bytes, atMs }: Piece): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#hear(block, atMs);
  }

  #hear(block: string, atMs: number): void {
    if (block.includes("event: hello")) {
      this.#isHello = true;
      this.#begun.resolve();
    }
    if (block.includes("event: reset")) this.#broken.push(`${this.#path}: ${block}`);
    if (!block.includes("event: journal")) return;
    const [, seq, data = ""] = EVENT.exec(block) ?? [];
    this.seqs.push(Number(seq));
    if (!data.includes('"kind":"step"')) return;
    const saidMs = Number(/"atMs":(\d+)/.exec(data)?.[1]);
    this.lateMs.push(Math.max(0, atMs - saidMs));
  }
}

if (import.meta.main) {
  const listening: Listening = JSON.parse(await Deno.readTextFile(Deno.args[0] ?? ""));
  const lateMs: number[] = [];
  const broken: string[] = [];
  const pages = listening.paths.map((path) => new Page(path, lateMs, broken));
  for (const page of pages) {
    page.listen(listening).catch((thrown) => broken.push(String(thrown)));
    await page.begun;
  }
  console.log(JSON.stringify({ ready: pages.length }));
  for await (const _ of Deno.stdin.readable) { /* Until it ends. */ }
  for (const page of pages) page.finish();
  const atEnd = [...broken];
  lateMs.sort((a, b) => a - b);
  const heard: Heard = {
    seqs: pages.map((it) => it.seqs),
    medianMs: lateMs[lateMs.length >> 1] ?? 0,
    p99Ms: lateMs[Math.floor(lateMs.length * 0.99)] ?? 0,
    maxMs: lateMs.at(-1) ?? 0,
    count: lateMs.length,
    broken: atEnd,
  };
  console.log(JSON.stringify(heard));
  Deno.exit(0);
}
