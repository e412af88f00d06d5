/** What logs of one repo and of a hub share: the lines of a run, and the list of runs. */

import { CarError } from "../base/errors.ts";
import { duration, thousands } from "../base/text.ts";
import type { Journal } from "../control/journal.ts";
import { withRepo } from "../engine/command_words.ts";
import type { RunId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import type { Call } from "./command.ts";
import { jsonRenderer, type Renderer, textRenderer } from "./log_renderer.ts";
import { clockTime, nowOf } from "./moment.ts";

/** @param more What each object of --json says besides. @throws {CarError} `damaged`. */
export function rendererFor(
  { json, io, context }: Call,
  journal: Journal,
  run: RunId,
  more: { readonly repo?: string } = {},
): Renderer {
  if (json) return jsonRenderer({ ...more });
  const first = journal.firstState(run);
  if (first === null) throw new CarError("damaged", `The beginning of ${run} is lost`);
  const { repo } = more;
  const said = (words: string) => repo === undefined ? context.said(words) : withRepo(words, repo);
  return textRenderer(first, () => nowOf(io), said);
}

export interface RepoRun {
  /** In a hub. */
  readonly repo?: string;
  readonly run: Run;
}

/** Prints one run a row. */
export function tellRuns({ output, io, json }: Call, runs: readonly RepoRun[]): void {
  const now = nowOf(io);
  if (json) return output.json(runs.map(runJson));
  const inHub = runs.some(({ repo }) => repo !== undefined);
  output.table(
    [
      ...(inHub ? [{ title: "Repo" }] : []),
      { title: "Run" },
      { title: "Status" },
      { title: "Begun" },
      { title: "Took", align: "right" },
      { title: "Turns", align: "right" },
      { title: "Tokens", align: "right" },
      { title: "Done", align: "right" },
      { title: "Why" },
    ],
    runs.map(({ repo, run: it }) => [
      ...(inHub ? [repo ?? ""] : []),
      it.id,
      it.status,
      clockTime(it.startedAtMs, now),
      duration(it.sinceMs - it.startedAtMs),
      String(it.turns),
      thousands(it.tokens),
      String(it.done.length),
      it.pause?.detail ?? it.ended ?? "",
    ]),
  );
}

const runJson = ({ repo, run: it }: RepoRun) => ({
  ...(repo === undefined ? {} : { repo }),
  run: it.id,
  status: it.status,
  reason: it.pause?.detail ?? it.ended,
  startedAt: new Date(it.startedAtMs).toISOString(),
  sinceAt: new Date(it.sinceMs).toISOString(),
  turns: it.turns,
  tokens: it.tokens,
  done: it.done.length,
});
