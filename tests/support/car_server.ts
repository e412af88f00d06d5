/** The compiled program serving a scratch repo or hub, for journeys through its page. */

import { type CarPlace, type RunningCar, startCar } from "./car.ts";

export interface CarServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly process: RunningCar;
  /** A page of it, with the token in the fragment. */
  page(path: string): string;
  /** A call of its API with the token. @throws {Error} unless it is answered with success. */
  api(path: string, init?: { readonly method?: string; readonly body?: unknown }): Promise<unknown>;
}

export interface CarServerOptions {
  /** 0, the default, is any. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Before the command, e.g. `--safe`. */
  readonly flags?: readonly string[];
  /** Default: the compiled program. The gallery is there only on a server from the sources. */
  readonly form?: "source" | "binary";
  /** Then it is killed; longer than any journey by default. */
  readonly lifeMs?: number;
}

/** No journey lasts so long, on however busy a machine, in milliseconds. */
const LIFE_MS = 240_000;

export async function serveCar(
  place: CarPlace,
  { port = 0, env = {}, flags = [], form = "binary", lifeMs = LIFE_MS }: CarServerOptions = {},
): Promise<CarServer> {
  const args = [...flags, "serve", "--port", String(port), "--json"];
  const process = startCar(args, place, { form, env, timeoutMs: lifeMs });
  const told: { url: string; address: string } = JSON.parse(await process.line(/"serving"/));
  const token = new URL(told.address).hash.slice("#t=".length);
  return {
    url: told.url,
    port: Number(new URL(told.url).port),
    token,
    process,
    page: (path) => `${told.url}${path}#t=${token}`,
    api: async (path, { method = "GET", body } = {}) => {
      const response = await fetch(`${told.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await response.json();
      if (response.ok) return answer;
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    },
    [Symbol.asyncDispose]: async () => {
      process.signal("SIGTERM");
      await process.ended.catch(() => {});
    },
  };
}
