/** `car log` in a hub's folder: what happened last in all its repos, in the order of time. */

import { CarError } from "../base/errors.ts";
import { repoPaths } from "../control/roots.ts";
import type { Run } from "../engine/run.ts";
import { askEachRepo } from "../hub/listing/each_repo.ts";
import { openReading, type Reading, withReading } from "../hub/reading.ts";
import { type CallHub, callHub } from "./call_hub.ts";
import type { Call } from "./command.ts";
import { followHub, type TellLines } from "./hub_follow.ts";
import { rendererFor, type RepoRun, tellRuns } from "./log_runs.ts";
import { newestLines, type Tail } from "./log_tail.ts";

/** Lines without --tail, of all repos together: a screen or two. */
const LINES = 50;

/** Runs of each repo that --runs looks at. */
const RUNS_MAX = 50;

/** @throws {CarError} `usage` for options that ask about one repo's run. */
export async function showHubLog(call: Call): Promise<number> {
  const { input } = call;
  if (input.text("run") !== null || input.number("turn") !== null) {
    throw new CarError("usage", "A run belongs to one repo, and this is a hub's folder.", {
      hint: "Name the repo too, with --repo ID; `car log --runs` lists the runs of all.",
    });
  }
  const hub = await callHub(call);
  return input.flag("runs") ? await listRuns(call, hub) : await tellNewest(call, hub);
}

async function listRuns(call: Call, { repos }: CallHub): Promise<number> {
  const { found, failed } = await askEachRepo(
    repos,
    ({ root }) =>
      withReading(
        repoPaths(root),
        ({ past }) => past?.journal.runs(RUNS_MAX).map((it) => it.run) ?? [],
      ),
  );
  const runs = found.flatMap(({ repo, value }) => value.map((run): RepoRun => ({ repo, run })));
  tellRuns(call, runs.sort((a, b) => b.run.startedAtMs - a.run.startedAtMs));
  for (const { repo, message } of failed) call.output.remark(`${repo}: ${message}`);
  return failed.length === 0 ? 0 : 1;
}

/** One repo's newest run, open to be followed. */
interface Told {
  readonly repo: string;
  readonly reading: Reading;
  readonly run: Run;
  readonly tail: Tail;
}

async function tellNewest(call: Call, hub: CallHub): Promise<number> {
  const { repos } = hub;
  const wanted = call.input.number("tail") ?? LINES;
  const { found, failed } = await askEachRepo(
    repos,
    ({ id, root }) => openNewest(call, id, root, wanted),
  );
  const told = found.flatMap(({ value }) => value === null ? [] : [value]);
  const follows = call.input.flag("follow");
  // While it is followed any repo may have something to say.
  const print = printer(call, follows ? repos.map((it) => it.id) : told.map((it) => it.repo));
  try {
    if (told.length === 0) call.output.say("No run has been started in this hub yet.");
    const lines = told.flatMap(({ repo, tail }) => tail.lines.map((it) => ({ ...it, repo })));
    lines.sort((a, b) => a.atMs - b.atMs);
    for (const { repo, line } of lines.slice(-wanted)) print(repo, [line]);
  } finally {
    for (const { reading } of told) reading.close();
  }
  for (const { repo, message } of failed) call.output.remark(`${repo}: ${message}`);
  if (follows) {
    const far = told.map(({ repo, run, tail }) => [repo, { run: run.id, ...tail }] as const);
    await followHub(call, hub, new Map(far), print);
  }
  return failed.length === 0 ? 0 : 1;
}

/** Null: no run was ever started in it. */
async function openNewest(
  call: Call,
  repo: string,
  root: string,
  wanted: number,
): Promise<Told | null> {
  const reading = await openReading(repoPaths(root));
  try {
    const { past } = reading;
    const run = past?.journal.lastRun() ?? null;
    if (past !== null && run !== null) {
      const begin = () => rendererFor(call, past.journal, run.id, { repo });
      const tail = newestLines(past.journal, run, wanted, { begin, isShown: () => true });
      return { repo, reading, run, tail };
    }
  } catch (thrown) {
    reading.close();
    throw thrown;
  }
  reading.close();
  return null;
}

/** Text has its repo in front; JSON has it inside. */
function printer({ io, output, json }: Call, repos: readonly string[]): TellLines {
  const width = Math.max(0, ...repos.map((it) => it.length));
  return (repo, lines) => {
    for (const { text, tone } of lines) {
      if (io.closed.aborted) return;
      if (json) io.stdout(`${text}\n`);
      else output.line(`${repo.padEnd(width)}  ${text}`, tone);
    }
  };
}
