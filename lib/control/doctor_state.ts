/** Doctor's checks of what CAR keeps in a repo. */

import { oneLine, plural } from "../base/text.ts";
import { listFolder } from "./attachments.ts";
import { inspectConfig, problemText } from "./config.ts";
import type { Check, DoctorContext, Finding, StoreHealth } from "./doctor.ts";
import { exists, removeFile, writeFileAtomic } from "./files.ts";
import { GITIGNORE } from "./init.ts";
import { lookAtLock } from "./lock.ts";
import { problemLine } from "./ticket_rules.ts";

const ok = (found: string): Finding => ({ ok: true, found });
const NOT_THERE = ok("Nothing is there yet.");

/** Lines of a finding; the rest is counted. */
const LINES_MAX = 10;

function listed(lines: readonly string[]): string {
  const more = lines.length - LINES_MAX;
  const shown = lines.slice(0, LINES_MAX).map((line) => oneLine(line, 300));
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

async function initialised({ repo }: DoctorContext): Promise<Finding> {
  if (await exists(repo.config)) return ok(repo.state);
  const cure = 'Run "car init".';
  return { ok: false, found: `${repo.root} is not initialised.`, cure };
}

async function stateIgnored({ repo }: DoctorContext): Promise<Finding> {
  if (!(await exists(repo.state))) return NOT_THERE;
  if (await exists(repo.gitignore)) return ok("There.");
  return {
    ok: false,
    found: `${repo.gitignore} is missing: state could be committed.`,
    cure: 'Run "car init" again.',
    fix: async () => {
      await writeFileAtomic(repo.gitignore, GITIGNORE);
      return `Wrote ${repo.gitignore}.`;
    },
  };
}

async function stateWritable({ repo }: DoctorContext): Promise<Finding> {
  if (!(await exists(repo.state))) return NOT_THERE;
  const probe = `${repo.state}/.doctor-${crypto.randomUUID()}`;
  await writeFileAtomic(probe, "");
  await removeFile(probe);
  return ok("Files can be written.");
}

async function config({ repo, env, hubRoot }: DoctorContext): Promise<Finding> {
  const hub = hubRoot === undefined ? {} : { hubRoot };
  const { problems } = await inspectConfig({ root: repo.root, env, ...hub });
  if (problems.length === 0) return ok("Every key and value is known.");
  const cure = 'Mend it there; "car config keys" lists every key.';
  return { ok: false, found: listed(problems.map(problemText)), cure };
}

async function tickets(context: DoctorContext): Promise<Finding> {
  if (!(await exists(context.repo.tickets))) return NOT_THERE;
  const { tickets, problems } = await context.queue();
  const open = tickets.filter((ticket) => !ticket.done).length;
  if (problems.length === 0) return ok(`${plural(tickets.length, "ticket")}, ${open} open.`);
  const found = listed(problems.map(problemLine));
  const cure = 'Mend the tickets; "car ticket lint" shows the same list.';
  if (!problems.some((problem) => problem.fixable)) return { ok: false, found, cure };
  return {
    ok: false,
    found,
    cure,
    fix: async () => listed(await context.fixQueue()) || "Nothing could be mended.",
  };
}

async function journal(context: DoctorContext): Promise<Finding> {
  const health = await context.journal();
  if (health.type !== "damaged") return ok(storeWords(health));
  const cure = "The next run sets it aside under archive/damaged and goes on from the files.";
  return { ok: false, found: health.detail, cure };
}

async function views(context: DoctorContext): Promise<Finding> {
  const health = await context.views();
  if (health.type !== "damaged") return ok(storeWords(health));
  return {
    ok: false,
    found: health.detail,
    cure: 'Run "car doctor --fix": they are made again from the journal.',
    fix: async () => {
      await context.rebuildViews();
      return "Made them again from the journal.";
    },
  };
}

const storeWords = (health: Exclude<StoreHealth, { type: "damaged" }>): string =>
  health.type === "ok" ? health.detail : "Nothing is written yet.";

async function lock({ repo }: DoctorContext): Promise<Finding> {
  if (!(await exists(repo.lock))) return ok("Nobody has run here yet.");
  const sight = lookAtLock(repo.lock);
  if (sight.type === "free") {
    const killed = sight.last !== null && !sight.last.clean;
    return ok(killed ? "Free; the last owner was killed, the next run recovers." : "Free.");
  }
  if (sight.alive && sight.holder !== null) {
    const { command, pid, startedAt } = sight.holder;
    return ok(`Held by ${command} (process ${pid}, since ${startedAt}).`);
  }
  const cure = `Find who holds it with "fuser ${repo.lock}", and end that process.`;
  return { ok: false, found: "Held by a process that does not say who it is.", cure };
}

async function leftovers(context: DoctorContext): Promise<Finding> {
  const left = await context.leftovers();
  if (left.length === 0) return ok("None.");
  return {
    ok: false,
    found: listed(left),
    cure: 'Run "car doctor --fix", or start a run: both end them.',
    fix: async () => {
      await context.sweepLeftovers();
      return `Ended ${plural(left.length, "process", "processes")}.`;
    },
  };
}

/** Deno leaves out names that are not UTF-8, so the names are counted by another program too. */
async function fileNames(context: DoctorContext): Promise<Finding> {
  const { tickets, contextspace } = context.repo;
  const short: string[] = [];
  for (const folder of [tickets, contextspace.folder]) {
    if (!(await exists(folder))) continue;
    const seen = await countSeen(folder);
    const there = await context.countNames(folder);
    const hidden = there === null ? 0 : there - seen;
    if (hidden > 0) short.push(`${folder}: ${plural(hidden, "name")} not in UTF-8`);
  }
  if (short.length === 0) return ok("All are UTF-8.");
  const cure = "Rename these files; CAR cannot see a name that is not UTF-8.";
  return { ok: false, found: listed(short), cure };
}

async function countSeen(folder: string): Promise<number> {
  let seen = 0;
  for await (const _entry of Deno.readDir(folder)) seen++;
  return seen;
}

/** Its presence says that a person has seen what lies beside it. */
const SEEN = "seen";

async function damagedArchive({ repo }: DoctorContext): Promise<Finding> {
  const unseen: string[] = [];
  for (const item of await listFolder(repo.damaged)) {
    const folder = `${repo.damaged}/${item.name}`;
    if (item.kind === "folder" && !(await exists(`${folder}/${SEEN}`))) unseen.push(folder);
  }
  if (unseen.length === 0) return ok("None.");
  return {
    ok: false,
    found: `State could not be read and was set aside:\n${listed(unseen)}`,
    cure: 'Look at what was lost; "car doctor --fix" marks it as seen.',
    fix: async () => {
      for (const folder of unseen) await writeFileAtomic(`${folder}/${SEEN}`, "");
      return "Marked as seen; nothing was removed.";
    },
  };
}

async function destination(context: DoctorContext): Promise<Finding> {
  const { found, unseen } = await context.destination();
  if (unseen.length === 0) return ok(found);
  return {
    ok: false,
    severity: "warning",
    found: `${found} What is passed on by pass_env is not seen inside: ${listed(unseen)}.`,
    cure: "Name the variables in destination.env as well.",
  };
}

async function agents(context: DoctorContext): Promise<Finding> {
  const [known, wanted] = [await context.agents(), await wantedAgents(context)];
  const lines = known.map(({ name, facts }) => {
    const version = facts.version === null ? "" : ` ${facts.version}`;
    const found = facts.found ? `found${version}, ${facts.login}` : "not found";
    return `${name}: ${found}${facts.hint === "" ? "" : `. ${facts.hint}`}`;
  });
  const missing = known.filter(({ facts }) => !facts.found).map(({ name }) => name);
  if (missing.length === 0) return ok(listed(lines));
  const needed = missing.filter((name) => wanted.has(name));
  if (needed.length === 0 && missing.length < known.length) return ok(listed(lines));
  const cure = needed.length > 0
    ? `Install ${needed.join(", ")}: open tickets name it.`
    : "Install an agent.";
  return { ok: false, found: listed(lines), cure };
}

/** Agents that open tickets name. A queue that cannot be read is another check's finding. */
async function wantedAgents(context: DoctorContext): Promise<ReadonlySet<string>> {
  try {
    if (!(await exists(context.repo.tickets))) return new Set();
    const { tickets } = await context.queue();
    return new Set(tickets.filter((ticket) => !ticket.done).map((ticket) => ticket.agent));
  } catch {
    return new Set();
  }
}

export const STATE_CHECKS = {
  initialised: { title: "Initialised", severity: "error", run: initialised },
  config: { title: "Configuration", severity: "error", run: config },
  state_writable: { title: "State folder", severity: "error", run: stateWritable },
  state_ignored: { title: "State kept out of git", severity: "warning", run: stateIgnored },
  tickets: { title: "Tickets", severity: "error", run: tickets },
  file_names: { title: "File names", severity: "warning", run: fileNames },
  destination: { title: "Destination", severity: "error", run: destination },
  agents: { title: "Agents", severity: "error", run: agents },
  lock: { title: "Lock", severity: "warning", run: lock },
  leftovers: { title: "Processes left over", severity: "warning", run: leftovers },
  journal: { title: "Journal", severity: "error", run: journal },
  views: { title: "Read models", severity: "warning", run: views },
  damaged: { title: "State set aside", severity: "warning", run: damagedArchive },
} as const satisfies Record<string, Check>;
