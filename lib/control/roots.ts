/** Where everything CAR keeps lies, and which folder the person means when standing somewhere. */

import { fileError, readTextStrict, systemCode } from "./files.ts";

/** The folder that holds all of CAR's state in a repo and in a hub. */
export const STATE_FOLDER = ".codex-autorunner";

export interface ContextspacePaths {
  readonly folder: string;
  readonly activeContext: string;
  readonly decisions: string;
  readonly spec: string;
}

/** The files of one run: what agent and person say to each other. */
export interface RunPaths {
  readonly folder: string;
  /** The dispatch an agent is writing, and the folder of its attachments. */
  readonly dispatch: string;
  readonly dispatchFiles: string;
  readonly dispatchHistory: string;
  /** The reply a person is writing, and the folder of its attachments. */
  readonly reply: string;
  readonly replyFiles: string;
  readonly replyHistory: string;
}

export interface RepoPaths {
  readonly root: string;
  /** `.codex-autorunner` */
  readonly state: string;
  readonly gitignore: string;
  readonly config: string;
  /** The config as it stood before the last turn. */
  readonly configCopy: string;
  /** Overrides the frame of the prompt; optional. */
  readonly prompt: string;
  readonly token: string;
  readonly lock: string;
  readonly tickets: string;
  readonly contextspace: ContextspacePaths;
  readonly runs: string;
  run(run: string): RunPaths;
  /** flows.db: the truth. */
  readonly journal: string;
  /** state.sqlite3: read models, rebuildable from the journal. */
  readonly views: string;
  /** meta.json: remembers how far the journal had come. */
  readonly witness: string;
  readonly log: string;
  readonly serverLog: string;
  readonly archive: string;
  /** Tickets that were removed from the queue. */
  readonly archivedTickets: string;
  /** State that could not be read, by date. */
  readonly damaged: string;
  /** Worktrees that were cleaned up, by id and time. */
  readonly archivedWorktrees: string;
  /** Worktrees of runs with --worktree, where no hub says another place. */
  readonly worktrees: string;
  /** What CAR knows of each worktree it made of this repo, one file each. */
  readonly worktreeRecords: string;
  /** Held for the moments in which worktrees are made or removed. */
  readonly worktreeLock: string;
  /** In a worktree: what its setup commands said. */
  readonly setupLog: string;
}

export interface HubPaths {
  readonly root: string;
  readonly state: string;
  /** codex-autorunner.yml, shared, and the override beside it, which git ignores. */
  readonly sharedConfig: string;
  readonly sharedOverride: string;
  readonly config: string;
  readonly token: string;
  readonly lock: string;
  readonly manifest: string;
  readonly hubState: string;
  readonly log: string;
  /** orchestration.sqlite3: threads, executions, bindings, outbox, automations. */
  readonly orchestration: string;
  readonly telegramState: string;
  readonly discordState: string;
  readonly templates: string;
  readonly pma: string;
  readonly filebox: string;
  readonly archive: string;
  readonly damaged: string;
}

function contextspaceIn(folder: string): ContextspacePaths {
  return {
    folder,
    activeContext: `${folder}/active_context.md`,
    decisions: `${folder}/decisions.md`,
    spec: `${folder}/spec.md`,
  };
}

function runPaths(folder: string): RunPaths {
  return {
    folder,
    dispatch: `${folder}/DISPATCH.md`,
    dispatchFiles: `${folder}/dispatch`,
    dispatchHistory: `${folder}/dispatch_history`,
    reply: `${folder}/USER_REPLY.md`,
    replyFiles: `${folder}/reply`,
    replyHistory: `${folder}/reply_history`,
  };
}

const withoutEndSlash = (path: string): string => path.replace(/(?<=.)\/+$/, "");

const under = (root: string): string => root === "/" ? "" : root;

/** Every path of a repo. @param root Absolute path of the repo's top folder. */
export function repoPaths(root: string): RepoPaths {
  const top = withoutEndSlash(root);
  const state = `${under(top)}/${STATE_FOLDER}`;
  return {
    root: top,
    state,
    gitignore: `${state}/.gitignore`,
    config: `${state}/config.yml`,
    configCopy: `${state}/config.before_turn.yml`,
    prompt: `${state}/prompt.txt`,
    token: `${state}/token`,
    lock: `${state}/lock`,
    tickets: `${state}/tickets`,
    contextspace: contextspaceIn(`${state}/contextspace`),
    runs: `${state}/runs`,
    run: (run) => runPaths(`${state}/runs/${run}`),
    journal: `${state}/flows.db`,
    views: `${state}/state.sqlite3`,
    witness: `${state}/meta.json`,
    log: `${state}/codex-autorunner.log`,
    serverLog: `${state}/codex-server.log`,
    archive: `${state}/archive`,
    archivedTickets: `${state}/archive/tickets`,
    damaged: `${state}/archive/damaged`,
    archivedWorktrees: `${state}/archive/worktrees`,
    worktrees: `${state}/worktrees`,
    worktreeRecords: `${state}/worktree_records`,
    worktreeLock: `${state}/worktrees.lock`,
    setupLog: `${state}/logs/worktree-setup.log`,
  };
}

/** Every path of a hub. @param root Absolute path of the hub's folder. */
export function hubPaths(root: string): HubPaths {
  const top = withoutEndSlash(root);
  const state = `${under(top)}/${STATE_FOLDER}`;
  return {
    root: top,
    state,
    sharedConfig: `${under(top)}/codex-autorunner.yml`,
    sharedOverride: `${under(top)}/codex-autorunner.override.yml`,
    config: `${state}/config.yml`,
    token: `${state}/token`,
    lock: `${state}/lock`,
    manifest: `${state}/manifest.yml`,
    hubState: `${state}/hub_state.json`,
    log: `${state}/codex-autorunner-hub.log`,
    orchestration: `${state}/orchestration.sqlite3`,
    telegramState: `${state}/telegram_state.sqlite3`,
    discordState: `${state}/discord_state.sqlite3`,
    templates: `${state}/templates`,
    pma: `${state}/pma`,
    filebox: `${state}/filebox`,
    archive: `${state}/archive`,
    damaged: `${state}/archive/damaged`,
  };
}

/**
 * Where caches of all repos lie: `CAR_GLOBAL_STATE_ROOT`, else `.codex-autorunner` in the home.
 * Undefined when neither is known.
 */
export function globalStateRoot(env: Readonly<Record<string, string>>): string | undefined {
  const asked = env["CAR_GLOBAL_STATE_ROOT"];
  if (asked !== undefined && asked !== "") return withoutEndSlash(asked);
  const home = env["HOME"];
  return home ? `${under(withoutEndSlash(home))}/${STATE_FOLDER}` : undefined;
}

type Standing = "file" | "folder" | "other" | "nothing";

/** What stands at a path, links followed. What may not be looked at is nothing. */
async function standing(path: string): Promise<Standing> {
  try {
    const info = await Deno.stat(path);
    return info.isFile ? "file" : info.isDirectory ? "folder" : "other";
  } catch {
    return "nothing";
  }
}

/** The contextspace of a repo: the older `workspace/` when that is the one there is. */
export async function contextspacePaths(repo: RepoPaths): Promise<ContextspacePaths> {
  if (await standing(repo.contextspace.folder) === "folder") return repo.contextspace;
  const older = `${repo.state}/workspace`;
  return await standing(older) === "folder" ? contextspaceIn(older) : repo.contextspace;
}

/** What a folder is to CAR. */
export type FoundRoot =
  | { readonly type: "repo"; readonly root: string }
  /** `gitRoot`: the git repo inside the hub one stands in, which CAR does not work in yet. */
  | { readonly type: "hub"; readonly root: string; readonly gitRoot: string | null }
  /** A git repo, and no CAR in it or above: `car init` would make one here. */
  | { readonly type: "git"; readonly root: string }
  | { readonly type: "none" };

/** More than any config a person writes. */
const CONFIG_BYTES_MAX = 1_048_576;

/** Its own line at the top level of the file; the config's own reader judges all the rest. */
const HUB_MODE = /^mode:[ \t]*(["']?)hub\1[ \t]*(?:#.*)?\r?$/m;
const ANY_MODE = /^mode:/m;

/** Whether a config is a hub's: by its mode, and where it names none by the list of repos beside it. */
const isHubText = async (root: string, text: string): Promise<boolean> =>
  HUB_MODE.test(text) || (!ANY_MODE.test(text) && await holdsManifest(root));

/** Whether a list of repos lies in the state folder of `root`. */
export const holdsManifest = async (root: string): Promise<boolean> =>
  await standing(hubPaths(root).manifest) === "file";

/**
 * The nearest folder upward from `from` that has a config, else the nearest git repo.
 * @param from Absolute path of a folder.
 * @throws {CarError} when the config that was found cannot be read as text.
 */
export async function findRoot(from: string): Promise<FoundRoot> {
  let gitRoot: string | null = null;
  for (const folder of upward(await realFolder(from))) {
    const config = repoPaths(folder).config;
    if (await standing(config) === "file") {
      const { text } = await readTextStrict(config, { maxBytes: CONFIG_BYTES_MAX });
      return await isHubText(folder, text)
        ? { type: "hub", root: folder, gitRoot }
        : { type: "repo", root: folder };
    }
    // In a worktree and a submodule `.git` is a file.
    if (gitRoot === null && await standing(`${under(folder)}/.git`) !== "nothing") gitRoot = folder;
  }
  return gitRoot === null ? { type: "none" } : { type: "git", root: gitRoot };
}

/**
 * The nearest hub above a repo or folder; null when there is none, or none that may be looked at. A
 * hub of somebody else's does not count: its settings name programs that are run.
 * @param root Absolute. It is not looked at itself.
 */
export async function findHubAbove(root: string): Promise<string | null> {
  const owner = await ownerOf(root);
  for (const folder of upward(withoutEndSlash(root)).slice(1)) {
    const { config } = repoPaths(folder);
    if (await standing(config) !== "file" || !await isHubConfig(folder)) continue;
    const hubOwner = await ownerOf(config);
    if (hubOwner === owner || hubOwner === SUPERUSER) return folder;
  }
  return null;
}

/**
 * Whether a folder is a hub that a repo elsewhere may be worked by: one of the same user's, as for
 * `findHubAbove`, and not inside of the repo, whose files anybody may have written.
 * @param hub Absolute. @param root Absolute.
 */
export async function isHubFor(hub: string, root: string): Promise<boolean> {
  const { config } = repoPaths(hub);
  if (await standing(config) !== "file" || !await isHubConfig(hub)) return false;
  const [real, repo] = await Promise.all([hub, root].map((it) => realFolder(it).catch(() => it)));
  if (`${real}/`.startsWith(`${repo}/`)) return false;
  const owner = await ownerOf(config);
  return owner === SUPERUSER || owner === await ownerOf(root);
}

const SUPERUSER = 0;

/** Null where files have no owner, or it may not be asked. */
const ownerOf = (path: string): Promise<number | null> =>
  Deno.stat(path).then((it) => it.uid, () => null);

/** A config above that cannot be read is told to whoever works there. */
async function isHubConfig(root: string): Promise<boolean> {
  try {
    const { text } = await readTextStrict(repoPaths(root).config, { maxBytes: CONFIG_BYTES_MAX });
    return await isHubText(root, text);
  } catch {
    return false;
  }
}

async function realFolder(from: string): Promise<string> {
  try {
    return await Deno.realPath(from);
  } catch (thrown) {
    // A safe posture may forbid to resolve what it allows to read.
    if (systemCode(thrown) === "NotCapable") return withoutEndSlash(from);
    throw fileError("enter", from, thrown);
  }
}

/** `/a/b`, `/a`, `/`. */
function upward(folder: string): readonly string[] {
  const found: string[] = [];
  for (let at = folder; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) found.push(at);
  return folder === "/" ? ["/"] : [...found, "/"];
}
