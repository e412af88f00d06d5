/** What only the hub that is being served knows of its repos: who waits in line, and why it starts nothing. */

import * as z from "zod/mini";
import { askServer } from "./ask_server.ts";
import type { HubRepoRow } from "./fleet/row.ts";
import type { ServerClient } from "./server_client.ts";
import type { RepoStatus } from "./status.ts";

const SERVED = z.object({
  id: z.string(),
  reason: z.string(),
  initError: z.nullable(z.string()),
  run: z.nullable(z.string()),
  lastRun: z.nullable(z.object({ id: z.string(), status: z.string() })),
  slot: z.union([z.enum(["none", "held"]), z.object({ waiting: z.int() })]),
});
type Served = z.output<typeof SERVED>;

/** The rows of the files, with what the hub says of those that it sees the same way; as they are when it does not answer. */
export async function asServed(
  rows: readonly HubRepoRow[],
  hub: () => ServerClient,
): Promise<readonly HubRepoRow[]> {
  const shape = z.object({ repos: z.array(SERVED) });
  const told = await askServer(hub, shape, "GET /hub/repos");
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
  const row = await askServer(hub, SERVED, "GET /repos/{id}/api/repo", { params: { id } });
  return row !== null && typeof row.slot === "object" && row.run === status.run
    ? { ...status, reason: row.reason }
    : status;
}
