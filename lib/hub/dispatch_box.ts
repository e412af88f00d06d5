/** The messages of one run as a person sees them: dispatches, and which reply answers which. */

import { CarError } from "../base/errors.ts";
import { listDispatches, type StoredDispatch } from "../control/dispatches.ts";
import { listReplies, type StoredReply } from "../control/replies.ts";
import type { RepoPaths, RunPaths } from "../control/roots.ts";
import { openHandoffs } from "../engine/dispatch.ts";
import type { RunId } from "../engine/ids.ts";
import { askedRun, findRun, withReading } from "./reading.ts";

export interface DispatchBox {
  readonly run: RunId;
  readonly paths: RunPaths;
  /** Oldest first. */
  readonly dispatches: readonly StoredDispatch[];
  readonly replies: readonly StoredReply[];
  /** Numbers of the handoffs nobody has answered, oldest first. */
  readonly open: readonly number[];
}

/**
 * @param asked `7` or `run-0007`; null for the newest run.
 * @throws {CarError} `usage` for a word that names no run, `not_found` when there is none.
 */
export async function openDispatchBox(
  paths: RepoPaths,
  asked: string | null,
): Promise<DispatchBox> {
  const id = asked === null ? undefined : askedRun(asked);
  const run = await withReading(paths, (reading) => findRun(reading, id)?.id ?? null);
  if (run === null) {
    throw new CarError("not_found", "No run has been started in this repo yet", {
      hint: "Dispatches come from the agents of a run; start one with `car run`.",
    });
  }
  const files = paths.run(run);
  const [dispatches, replies] = await Promise.all([listDispatches(files), listReplies(files)]);
  const open = openHandoffs(dispatches, replies).map((it) => it.number);
  return { run, paths: files, dispatches, replies, open };
}

/** @throws {CarError} `not_found`, naming what there is. */
export function findDispatch(box: DispatchBox, number: number): StoredDispatch {
  const found = box.dispatches.find((it) => it.number === number);
  if (found !== undefined) return found;
  const last = box.dispatches.at(-1);
  throw new CarError("not_found", `${box.run} has no dispatch ${number}`, {
    hint: last === undefined
      ? "Its agents have written none."
      : `The newest is ${last.number}; see \`car dispatch list\`.`,
  });
}
