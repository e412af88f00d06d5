/** What of its base a new worktree gets into its `.codex-autorunner`: the config, and the queue when asked. */

import { ensureDir, exists, readTextStrict, writeFileAtomic } from "../../control/files.ts";
import { GITIGNORE, initRepo } from "../../control/init.ts";
import { contextspacePaths, type RepoPaths } from "../../control/roots.ts";
import { ticketNames } from "../../control/ticket_edit.ts";
import { readTicket } from "../../control/ticket_file.ts";
import { readTicketText } from "../../control/ticket_reading.ts";

export interface Seeds {
  /** `open`: tickets that are not done. `all`: so that others can depend on them. */
  readonly tickets: "none" | "open" | "all";
  readonly contextspace: boolean;
}

const STATE_MODE = 0o700;
/** Longer documents are nobody's context. */
const DOCUMENT_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Makes the worktree CAR's. What is there already (also because git tracks it) stays as it is, so it
 * may be done again after a crash.
 */
export async function seedWorktree(from: RepoPaths, to: RepoPaths, seeds: Seeds): Promise<void> {
  await ensureDir(to.state, STATE_MODE);
  // First, or git would see the rest as untracked.
  if (!await exists(to.gitignore)) await writeFileAtomic(to.gitignore, GITIGNORE);
  if (seeds.contextspace) await copyContextspace(from, to);
  if (seeds.tickets !== "none") await copyTickets(from, to, seeds.tickets);
  await copyMissing(from.prompt, to.prompt);
  await copyMissing(from.config, to.config);
  await initRepo(to.root);
}

async function copyContextspace(from: RepoPaths, to: RepoPaths): Promise<void> {
  const own = await contextspacePaths(from);
  await ensureDir(to.contextspace.folder);
  for (const kind of ["activeContext", "decisions", "spec"] as const) {
    await copyMissing(own[kind], to.contextspace[kind]);
  }
}

async function copyTickets(
  from: RepoPaths,
  to: RepoPaths,
  which: "open" | "all",
): Promise<void> {
  await ensureDir(to.tickets);
  const root = await Deno.realPath(from.root);
  for (const name of await ticketNames(from)) {
    const target = `${to.tickets}/${name}`;
    const read = readTicket(root, from.tickets, name);
    // One that cannot be read stays where its linter tells about it.
    if (read.type !== "text" || await exists(target)) continue;
    const isDone = readTicketText(name, read.text).ticket?.done === true;
    if (which === "all" || !isDone) await writeFileAtomic(target, read.text);
  }
}

async function copyMissing(from: string, to: string): Promise<void> {
  if (await exists(to) || !await exists(from)) return;
  const { text, bom } = await readTextStrict(from, { maxBytes: DOCUMENT_BYTES_MAX });
  await writeFileAtomic(to, (bom ? "\uFEFF" : "") + text);
}
