/** Making a repo or hub CAR's: folders and first files. Safe to do again; nothing is ever overwritten. */

import { CarError } from "../base/errors.ts";
import { loadConfig } from "./config.ts";
import { setConfigKey } from "./config_file.ts";
import type { ConfigMode } from "./config_keys.ts";
import { configTemplate } from "./config_template.ts";
import { ensureDir, exists, readTextStrict, writeFileAtomic } from "./files.ts";
import { MANIFEST_TEMPLATE } from "./manifest_edit.ts";
import { archiveOlderState } from "./older_state.ts";
import { hubPaths, type RepoPaths, repoPaths, STATE_FOLDER } from "./roots.ts";
import { openTodos } from "./todo_queue.ts";

export interface InitReport {
  /** Paths relative to the root, folders with a slash at the end. */
  readonly made: readonly string[];
  readonly there: readonly string[];
  /** What was found of an older layout and what CAR does with it, one sentence each. */
  readonly notes: readonly string[];
}

/** Nothing of CAR's is committed by accident; a person may take the rule out. */
export const GITIGNORE = "*\n!/.gitignore\n";

/** State holds what agents said and what people answered: it is its owner's alone. */
const STATE_MODE = 0o700;

const SEEDS = {
  active_context:
    "# Active context\n\nWhat is going on now. Keep it short: every prompt carries it.\n",
  decisions: "# Decisions\n\nWhat was decided and why, the newest first.\n",
  spec: "# Spec\n\nWhat is to be built, and how one sees that it is done.\n",
} as const;

/** Makes things in order and remembers which were there. */
class Maker {
  readonly made: string[] = [];
  readonly there: string[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async folder(path: string, mode?: number): Promise<void> {
    const before = await exists(path);
    await ensureDir(path, mode);
    this.#note(`${path}/`, before);
  }

  async file(path: string, text: string): Promise<void> {
    const before = await exists(path);
    if (!before) await writeFileAtomic(path, text);
    this.#note(path, before);
  }

  #note(path: string, before: boolean): void {
    (before ? this.there : this.made).push(path.slice(this.#root.length + 1));
  }
}

/**
 * Makes `.codex-autorunner` in a repo.
 * @param root Absolute path of the repo's top folder.
 * @throws {CarError} `conflict` when it is a hub; `unavailable` when the disk says no.
 */
export async function initRepo(root: string): Promise<InitReport> {
  const paths = repoPaths(root);
  await requireMode(paths.root, "repo");
  const older = await findOlder(paths);
  const make = new Maker(paths.root);
  await make.folder(paths.state, STATE_MODE);
  await make.file(paths.gitignore, GITIGNORE);
  await make.folder(paths.tickets);
  if (!older.workspace) {
    await make.folder(paths.contextspace.folder);
    await make.file(paths.contextspace.activeContext, SEEDS.active_context);
    await make.file(paths.contextspace.decisions, SEEDS.decisions);
    await make.file(paths.contextspace.spec, SEEDS.spec);
  }
  await make.folder(paths.runs);
  await make.folder(paths.archive);
  // Last: a folder with a config is an initialised one.
  const template = configTemplate("repo");
  await make.file(paths.config, older.todo ? setConfigKey(template, "queue", "todo") : template);
  const archived = await archiveOlderState(paths);
  const notes = [...notesOn(older), ...(archived === null ? [] : [archived])];
  return { made: make.made, there: make.there, notes };
}

/**
 * Makes `.codex-autorunner` of a hub.
 * @param root Absolute path of the hub's folder.
 * @throws {CarError} `conflict` when it is a repo; `unavailable` when the disk says no.
 */
export async function initHub(root: string): Promise<InitReport> {
  const paths = hubPaths(root);
  await requireMode(paths.root, "hub");
  const make = new Maker(paths.root);
  await make.folder(paths.state, STATE_MODE);
  await make.file(`${paths.state}/.gitignore`, GITIGNORE);
  await make.file(paths.manifest, MANIFEST_TEMPLATE);
  await make.folder(paths.templates);
  await make.folder(paths.archive);
  await make.file(paths.config, configTemplate("hub"));
  return { made: make.made, there: make.there, notes: [] };
}

async function requireMode(root: string, mode: ConfigMode): Promise<void> {
  if (!(await exists(repoPaths(root).config))) return;
  const { config } = await loadConfig({ root, env: {} });
  if (config.mode === mode) return;
  throw new CarError("conflict", `${root} is a ${config.mode} already, not a ${mode}.`, {
    hint: `Its ${STATE_FOLDER}/config.yml says "mode: ${config.mode}".`,
  });
}

/** What an older CAR left. */
interface Older {
  /** workspace/ stands where contextspace/ would. */
  readonly workspace: boolean;
  /** TODO.md has open boxes, and there are neither tickets nor a config. */
  readonly todo: boolean;
}

async function findOlder(paths: RepoPaths): Promise<Older> {
  const workspace = await exists(`${paths.state}/workspace`) &&
    !(await exists(paths.contextspace.folder));
  const unsettled = !(await exists(paths.config)) && !(await exists(paths.tickets));
  return {
    workspace,
    todo: unsettled && await hasOpenTodos(`${paths.state}/TODO.md`),
  };
}

/** More than any list a person keeps. */
const TODO_BYTES_MAX = 1024 * 1024;

async function hasOpenTodos(path: string): Promise<boolean> {
  if (!(await exists(path))) return false;
  const { text } = await readTextStrict(path, { maxBytes: TODO_BYTES_MAX });
  return openTodos(text).length > 0;
}

function notesOn(older: Older): readonly string[] {
  const notes: Readonly<Record<keyof Older, string>> = {
    workspace: "workspace/ of an older CAR is used as the contextspace.",
    todo: "TODO.md of an older CAR is the queue: the config says queue: todo.",
  };
  const keys = ["workspace", "todo"] as const;
  return keys.filter((key) => older[key]).map((key) => notes[key]);
}
