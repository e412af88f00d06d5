/** Pages that listen and programs that ask, each in a process of its own. */

import type { Heard } from "./listeners_program.ts";
import type { Load, Loaded } from "./load_program.ts";
import type { ServedHub } from "./served_hub.ts";

const LISTENERS = new URL("listeners_program.ts", import.meta.url).pathname;
const LOAD = new URL("load_program.ts", import.meta.url).pathname;

export interface Listeners extends AsyncDisposable {
  /** Ends all and tells what they heard. */
  heard(): Promise<Heard>;
}

/** Resolves when all listen. */
export async function openListeners(hub: ServedHub, paths: readonly string[]): Promise<Listeners> {
  const order = await Deno.makeTempFile({ prefix: "car-listeners-" });
  await Deno.writeTextFile(order, JSON.stringify({ port: hub.port, token: hub.token, paths }));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", LISTENERS, order],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const line = async (): Promise<string> => {
    while (!rest.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) throw new Error("The listeners ended.");
      rest += value;
    }
    const [first = ""] = rest.split("\n", 1);
    rest = rest.slice(first.length + 1);
    return first;
  };
  await line();
  let isOver = false;
  return {
    async heard() {
      await child.stdin.close();
      isOver = true;
      const heard: Heard = JSON.parse(await line());
      await child.status;
      return heard;
    },
    async [Symbol.asyncDispose]() {
      if (!isOver) child.kill("SIGKILL");
      await child.status;
      await lines.cancel();
      await Deno.remove(order);
    },
  };
}

export async function loaded(
  { port, token }: ServedHub,
  load: Omit<Load, "port" | "token">,
): Promise<Loaded> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", LOAD, JSON.stringify({ port, token, ...load })],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
