/** `car status`: what the run does, why, since when; in a hub, what each of its repos does. */

import { fitWidth } from "../../base/display.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { withReading } from "../../hub/reading.ts";
import { statusAsServed } from "../../hub/served_rows.ts";
import { findServingHub } from "../../hub/serving_hub.ts";
import { readStatus, type RepoStatus } from "../../hub/status.ts";
import { actor } from "../actor.ts";
import { readQueueOrNull } from "../queue_or_null.ts";
import type { Call } from "../command.ts";
import { hubStatus } from "../hub_status.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";
import { statusLines } from "../status_view.ts";

/** Between two looks of --watch, in milliseconds: ages are told in seconds. */
const WATCH_MS = 1_000;

export async function run(call: Call): Promise<number | void> {
  const place = await call.context.either();
  if (place.type === "hub") return await hubStatus(call);
  const { paths } = place;
  if (call.input.flag("watch")) return await watch(call, paths);
  const status = await look(call, paths);
  if (call.json) call.output.json(withIsoTimes(status));
  else for (const line of linesOf(call, status)) call.output.line(line);
}

const linesOf = ({ io, context }: Call, status: RepoStatus): readonly string[] =>
  statusLines(status, nowOf(io), (words) => context.said(words));

async function look(call: Call, paths: RepoPaths): Promise<RepoStatus> {
  const queue = await readQueueOrNull(call);
  const status = await withReading(paths, (reading) => {
    for (const it of reading.findings) {
      if (it.type === "in_memory") call.output.remark(it.reason);
    }
    return readStatus(reading, queue, call.io.clock.now());
  });
  return isLive(status) ? await withHub(call, paths, status) : status;
}

const isLive = ({ status, owner }: RepoStatus): boolean =>
  status === "running" && (owner?.url ?? null) !== null;

/** That a run waits in its hub's line is known to the hub alone. */
async function withHub(call: Call, { root }: RepoPaths, status: RepoStatus): Promise<RepoStatus> {
  const { io } = call;
  if (io.confinement.type !== "none") return status;
  const hub = await findServingHub(root, io.environment()).catch(() => null);
  if (hub === null) return status;
  return await statusAsServed(status, () => hub.client(actor(call)), hub.repo);
}

/** Redrawn in place on a terminal; in a pipe a new page or line whenever something has changed. */
async function watch(call: Call, paths: RepoPaths): Promise<void> {
  const { io, json } = call;
  let drawn = 0;
  let before = "";
  while (!io.closed.aborted) {
    const status = await look(call, paths);
    if (io.isTerminal.out && !json) {
      const lines = linesOf(call, status).map((line) => fitWidth(line, io.columns() - 1));
      const wipe = drawn === 0 ? "" : `\x1b[${drawn}A\r\x1b[J`;
      io.stdout(`${wipe}${lines.join("\n")}\n`);
      drawn = lines.length;
    } else {
      const key = JSON.stringify(status);
      if (key !== before) tellChange(call, status);
      before = key;
    }
    await io.clock.sleep(WATCH_MS, io.closed).catch(() => {});
  }
}

function tellChange(call: Call, status: RepoStatus): void {
  if (call.json) call.output.jsonLine(withIsoTimes(status));
  else call.io.stdout(`${linesOf(call, status).join("\n")}\n\n`);
}
