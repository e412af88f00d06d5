/** `car status`: what the run does, why, since when; in a hub, what each of its repos does. */

import { fitWidth } from "../../base/display.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { withReading } from "../../hub/reading.ts";
import { readStatus, type RepoStatus } from "../../hub/status.ts";
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
  else for (const line of statusLines(status, nowOf(call.io))) call.output.line(line);
}

async function look(call: Call, paths: RepoPaths): Promise<RepoStatus> {
  const queue = await readQueueOrNull(call);
  return await withReading(paths, (reading) => {
    for (const it of reading.findings) {
      if (it.type === "in_memory") call.output.remark(it.reason);
    }
    return readStatus(reading, queue, call.io.clock.now());
  });
}

/** Redrawn in place on a terminal; in a pipe a new page or line whenever something has changed. */
async function watch(call: Call, paths: RepoPaths): Promise<void> {
  const { io, json } = call;
  let drawn = 0;
  let before = "";
  while (!io.closed.aborted) {
    const status = await look(call, paths);
    if (io.isTerminal.out && !json) {
      const lines = statusLines(status, nowOf(io)).map((line) => fitWidth(line, io.columns() - 1));
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

function tellChange({ io, json, output }: Call, status: RepoStatus): void {
  if (json) output.jsonLine(withIsoTimes(status));
  else io.stdout(`${statusLines(status, nowOf(io)).join("\n")}\n\n`);
}
