/** `car usage` in a hub's folder: the tokens of all its repos. */

import * as z from "zod/mini";
import { repoPaths } from "../control/roots.ts";
import { askServer } from "../hub/ask_server.ts";
import { askEachRepo } from "../hub/listing/each_repo.ts";
import { withReading } from "../hub/reading.ts";
import { type HubUsage, hubUsage, type RepoFailure, repoUsage, usageRange } from "../hub/usage.ts";
import { callHub } from "./call_hub.ts";
import type { Call } from "./command.ts";

const USAGE = z.object({
  input: z.number(),
  cached: z.number(),
  output: z.number(),
  reasoning: z.number(),
});
const ROWS = z.array(z.object({ key: z.string(), turns: z.number(), usage: USAGE }));
const SERVED = z.object({
  repo: ROWS,
  day: ROWS,
  agent: ROWS,
  ticket: ROWS,
  quota: z.array(z.object({
    account: z.string(),
    name: z.string(),
    usedPercent: z.number(),
    windowMinutes: z.nullable(z.number()),
    resetsAtMs: z.nullable(z.number()),
    atMs: z.number(),
  })),
  failed: z.array(z.object({ repo: z.string(), message: z.string() })),
});

export interface CallHubUsage extends HubUsage {
  /** Repos that could not be asked. */
  readonly failed: readonly RepoFailure[];
}

/** @param days As of `usageRange`. */
export async function readHubUsage(
  call: Call,
  days: number | null,
  { ms, offsetMs }: { readonly ms: number; readonly offsetMs: number },
): Promise<CallHubUsage> {
  const { repos, server } = await callHub(call);
  const query = {
    offset: String(Math.round(offsetMs / 60_000)),
    ...(days === null ? {} : { days }),
  };
  const served = server === null
    ? null
    : await askServer(server, SERVED, "GET /hub/usage", { query });
  if (served !== null) return served;
  const range = usageRange(days, offsetMs, ms);
  const { found, failed } = await askEachRepo(
    repos,
    ({ root }) => withReading(repoPaths(root), (reading) => repoUsage(reading, range, ms)),
  );
  return { ...hubUsage(found), failed };
}
