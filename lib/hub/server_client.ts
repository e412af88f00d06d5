/** Calls the running server of a place from another process: over its socket where it has one. */

import { type ApiOptions } from "../base/api_call.ts";
import { CarError } from "../base/errors.ts";
import { readToken } from "./access/token.ts";
import type { ServerPlace } from "./server_note.ts";

export interface ServerClient extends Disposable {
  /** For `apiCaller` and `apiResponse`; `base` has no mount yet. */
  readonly options: ApiOptions;
}

export interface ClientFacts {
  readonly place: Pick<ServerPlace, "url" | "socket">;
  /** Where the server's token is. */
  readonly tokenPath: string;
  /** `server.auth_token`, which goes before the file. */
  readonly ownToken: string | null;
  /** Who calls, for the journal: `cli:anna`. */
  readonly by: string;
}

/** @throws {CarError} `unauthorized` when there is no token to show. */
export function openServerClient({ place, tokenPath, ownToken, by }: ClientFacts): ServerClient {
  const token = ownToken ?? readToken(tokenPath);
  if (token === null) {
    throw new CarError("unauthorized", `There is no token in ${tokenPath}.`, {
      hint: "Run `car token rotate` to make one.",
    });
  }
  const client = place.socket === null
    ? null
    : Deno.createHttpClient({ proxy: { transport: "unix", path: place.socket } });
  return {
    options: {
      base: place.socket === null ? place.url : "http://localhost",
      token: () => token,
      headers: { "x-car-by": by },
      ...(client === null ? {} : { fetch: (url, init) => fetch(url, { ...init, client }) }),
    },
    [Symbol.dispose]: () => client?.close(),
  };
}
