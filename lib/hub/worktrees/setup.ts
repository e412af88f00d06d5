/** Runs the commands that make a new worktree ready, in the process room, each under a deadline and logged. */

import { describeExit } from "../../adapters/process/child.ts";
import type { Finished } from "../../adapters/process/finished.ts";
import type { ProcessRoom } from "../../adapters/process/room.ts";
import { CarError } from "../../base/errors.ts";
import { oneLine, plural } from "../../base/text.ts";
import { Approvals } from "../../control/approvals.ts";
import { ensureDir, writeFileAtomic } from "../../control/files.ts";
import { repoPaths } from "../../control/roots.ts";
import type { WorktreeRecord } from "../../control/worktree_records.ts";
import { setupApprovables } from "../approvals.ts";
import { runsElsewhere } from "../repo_box.ts";
import { withRepoRoom } from "../repo_room.ts";
import { SAID } from "./setup_trouble.ts";
import { type BaseRepo, isTrusted, type Site } from "./site.ts";

/** Kept of each command in the log: its end, where the failure stands. */
const LOGGED_BYTES_MAX = 64 * 1024;
/** Of a failed command's output, for the message. */
const TOLD_CHARACTERS_MAX = 300;
const SHOWN_CHARACTERS_MAX = 80;
/** What a setup said is its owner's business alone. */
const LOG_MODE = 0o600;

/**
 * Outside of the yolo posture a person has to have approved every command: the repo may have said it.
 * @throws {CarError} `waiting`.
 */
export async function requireSetupApproved({ base, tools }: Site): Promise<void> {
  if (base.setup.length === 0 || isTrusted(base, tools)) return;
  const approvals = new Approvals(await Deno.realPath(base.paths.root), tools.environment);
  const missing = await approvals.missing(setupApprovables(base.setup));
  const [first] = missing;
  if (first === undefined) return;
  const more = missing.length === 1 ? "" : ` (and ${plural(missing.length - 1, "more")})`;
  throw new CarError(
    "waiting",
    `Nobody has approved the setup command ${oneLine(first.text, SHOWN_CHARACTERS_MAX)}${more}.`,
    { hint: `Look with \`car approve --list --repo ${base.paths.root}\`, then \`car approve\`.` },
  );
}

/**
 * Runs them in order, up to the first that fails.
 * @returns Why it failed, in one sentence; null when all went well.
 */
export async function runSetup(site: Site, record: WorktreeRecord): Promise<string | null> {
  const { base: { config, destination, paths }, tools: { room, clock, environment } } = site;
  const place = { root: record.path, config, environment, destination };
  if (!runsElsewhere(place)) return await runIn(room, site, record);
  const elsewhere = { ...place, clock, from: paths.root, besides: paths.root };
  try {
    return await withRepoRoom(elsewhere, (inside) => runIn(inside, site, record));
  } catch (thrown) {
    if (thrown instanceof CarError) return thrown.message;
    throw thrown;
  }
}

async function runIn(
  room: ProcessRoom,
  { base, tools, say }: Site,
  record: WorktreeRecord,
): Promise<string | null> {
  const log = new SetupLog(repoPaths(record.path).setupLog);
  for (const [at, command] of base.setup.entries()) {
    say(`Setup ${at + 1} of ${base.setup.length}: ${oneLine(command, SHOWN_CHARACTERS_MAX)}`);
    await log.begin(command, tools.clock.now());
    const problem = await runCommand(room, base, record, command, log);
    if (problem === null) continue;
    return `The setup command "${oneLine(command, SHOWN_CHARACTERS_MAX)}" failed: ${problem} ` +
      `All it said is in ${log.path}.`;
  }
  return null;
}

async function runCommand(
  room: ProcessRoom,
  base: BaseRepo,
  record: WorktreeRecord,
  command: string,
  log: SetupLog,
): Promise<string | null> {
  const seconds = base.config.git.worktree_setup_seconds;
  const finished = await room.run({
    argv: ["/bin/sh", "-c", command],
    cwd: record.path,
    purpose: "setup",
    stderr: "merged",
    env: environmentOf(base, record),
  }, { timeoutMs: seconds * 1000, bytesMax: LOGGED_BYTES_MAX });
  const output = new TextDecoder().decode(finished.stdout);
  const words = endOf(finished, seconds);
  await log.end(output, finished.bytes - finished.stdout.length, words ?? "exit code 0");
  if (words === null) return null;
  const said = output.trim();
  const end = said.slice(-TOLD_CHARACTERS_MAX);
  const told = oneLine(said === end ? end : `…${end.slice(1)}`, TOLD_CHARACTERS_MAX);
  return `${words}.${told === "" ? "" : `${SAID}${told}.`}`;
}

/** How it failed, or null. */
function endOf({ exit, timedOut }: Finished, seconds: number): string | null {
  if (timedOut) return `not done after ${seconds} s (git.worktree_setup_seconds)`;
  return exit.code === 0 ? null : describeExit(exit);
}

/** So that a command can fetch from the base what git does not have, such as `.env`. */
const environmentOf = (base: BaseRepo, { id, branch, path }: WorktreeRecord) => ({
  CAR_BASE_ROOT: base.paths.root,
  CAR_WORKTREE_ROOT: path,
  CAR_WORKTREE_ID: id,
  CAR_WORKTREE_BRANCH: branch,
});

/** Written anew after each command: bounded by their number. */
class SetupLog {
  readonly path: string;
  #text = "";

  constructor(path: string) {
    this.path = path;
  }

  async begin(command: string, atMs: number): Promise<void> {
    await this.#add(`--- ${new Date(atMs).toISOString()} $ ${command}\n`);
  }

  async end(output: string, leftOut: number, words: string): Promise<void> {
    const cut = leftOut > 0 ? `[${leftOut} bytes before are left out]\n` : "";
    const whole = output === "" || output.endsWith("\n") ? output : `${output}\n`;
    await this.#add(`${cut}${whole}--- ${words}\n`);
  }

  async #add(more: string): Promise<void> {
    this.#text += more;
    await ensureDir(this.path.slice(0, this.path.lastIndexOf("/")));
    await writeFileAtomic(this.path, this.#text, LOG_MODE);
  }
}
