/** Starts, watches and kills a hub as a process of its own. */

import { denoDir } from "./deno_dir.ts";
import { hubEnvironment, type HubFolder } from "./hub_folder.ts";

export interface HubProcess extends AsyncDisposable {
  readonly pid: number;
  /** What it told, decoded, as far as it was told. */
  readonly told: readonly Readonly<Record<string, unknown>>[];
  /** The first telling that is so, past or coming. Rejects when the process ends without it. */
  until(what: string, is: (told: Readonly<Record<string, unknown>>) => boolean): Promise<
    Readonly<Record<string, unknown>>
  >;
  signal(signal: Deno.Signal): void;
  readonly ended: Promise<Deno.CommandStatus>;
}

const ROOT = new URL("../../", import.meta.url).pathname;

/** @param ids Repos whose runs it starts. */
export function startHub(folder: HubFolder, ids: readonly string[] = []): HubProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      `--config=${ROOT}deno.json`,
      `${ROOT}tests/support/hub_program.ts`,
      folder.root,
      ...ids,
    ],
    clearEnv: true,
    env: { ...hubEnvironment(folder.home), DENO_DIR: denoDir() },
    stdout: "piped",
    stderr: "inherit",
    stdin: "null",
  }).spawn();
  const told: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  const wake = () => {
    for (const it of [...waiting]) it();
  };
  const reading = readLines(child.stdout, (line) => {
    told.push(JSON.parse(line));
    wake();
  });
  const ended = (async () => {
    const status = await child.status;
    await reading;
    over = true;
    wake();
    return status;
  })();
  return {
    pid: child.pid,
    told,
    until: (what, is) =>
      new Promise((resolve, reject) => {
        let at = 0;
        const look = () => {
          const found = told.slice(at).find(is);
          at = told.length;
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else {reject(
              new Error(`The hub ended before: ${what}; last ${JSON.stringify(told.at(-1))}`),
            );}
        };
        waiting.add(look);
        look();
      }),
    signal: (signal) => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (!over) child.kill("SIGKILL");
      await ended;
    },
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  }
}
