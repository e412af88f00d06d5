/** What only the hub that is being served knows of its repos: who waits in line, and why it starts nothing. */

import * as z from "zod/mini";
import { apiCaller } from "../base/api_call.ts";
import type { HubRepoRow } from "./fleet/row.ts";
import type { ServerClient } from "./server_client.ts";
import type { RepoStatus } from "./status.ts";

/** A hub that does not answer by then is not waited for: the files tell all but this. Milliseconds. */
const ANSWER_MS_MAX = 2_000;

const SERVED = z.object({
  id: z.string(),
  reason: z.string(),
  initError: z.nullable(z.string()),
  run: z.nullable(z.string()),
  lastRun: z.nullable(z.object({ id: z.string(), status: z.string() })),
  slot: z.union([z.enum(["none", "held"]), z.object({ waiting: z.int() })]),
});
type Served = z.output<typeof SERVED>;

interface RowCalls {
  (key: "GET /hub/repos", input: { readonly signal: AbortSignal }): Promise<unknown>;
  (
    key: "GET /repos/{id}/api/repo",
    input: { readonly params: { readonly id: string }; readonly signal: AbortSignal },
  ): Promise<unknown>;
}

/** The rows of the files, with what the hub says of those that it sees the same way; as they are when it does not answer. */
export async function asServed(
  rows: readonly HubRepoRow[],
  hub: () => ServerClient,
): Promise<readonly HubRepoRow[]> {
  const shape = z.object({ repos: z.array(SERVED) });
  const told = await asked(hub, shape, (call, signal) => call("GET /hub/repos", { signal }));
  const byId = new Map(told?.repos.map((it) => [it.id, it] as const));
  return rows.map((row) => withServed(row, byId.get(row.id)));
}

function withServed(row: HubRepoRow, served: Served | undefined): HubRepoRow {
  if (served === undefined) return row;
  const { reason, slot, initError } = served;
  if (row.status === "UNINITIALIZED" && initError !== null) {
    return { ...row, status: "INIT_ERROR", reason, initError };
  }
  const isSame = row.run === served.run && row.lastRun?.id === served.lastRun?.id &&
    row.lastRun?.status === served.lastRun?.status;
  return isSame ? { ...row, reason, slot } : row;
}

/** The status with the hub's word for it where its run waits in line. */
export async function statusAsServed(
  status: RepoStatus,
  hub: () => ServerClient,
  id: string,
): Promise<RepoStatus> {
  const row = await asked(
    hub,
    SERVED,
    (call, signal) => call("GET /repos/{id}/api/repo", { params: { id }, signal }),
  );
  return row !== null && typeof row.slot === "object" && row.run === status.run
    ? { ...status, reason: row.reason }
    : status;
}

/** Null: it does not answer, or says something else. */
async function asked<T>(
  hub: () => ServerClient,
  shape: z.ZodMiniType<T>,
  ask: (call: RowCalls, signal: AbortSignal) => Promise<unknown>,
): Promise<T | null> {
  try {
    using client = hub();
    const over = AbortSignal.timeout(ANSWER_MS_MAX);
    const read = shape.safeParse(await ask(apiCaller<RowCalls>(client.options), over));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
