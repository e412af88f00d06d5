/** Asks a running server for a moment, for those who could also read the files themselves. */

import * as z from "zod/mini";
import { type ApiInput, apiResponse } from "../base/api_call.ts";
import type { ServerClient } from "./server_client.ts";

/** A server that does not answer by then is not waited for: the files tell nearly as much. Milliseconds. */
const ANSWER_MS_MAX = 2_000;

/** What a GET answers; null when the server does not, or says something of another shape. */
export async function askServer<T>(
  server: () => ServerClient,
  shape: z.ZodMiniType<T>,
  key: `GET /${string}`,
  input: Omit<ApiInput, "signal"> = {},
): Promise<T | null> {
  try {
    using client = server();
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await apiResponse(client.options, key, { ...input, signal });
    const read = shape.safeParse(await answer.json());
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
