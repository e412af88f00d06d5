/**
 * The filters a repo's own config names: programs that git would run to read a file. They are
 * switched off for every reading call. Filters of the person's global config stay: they are theirs.
 */

import type { GitCall, GitOutput } from "./call.ts";
import { type Repository, textOf } from "./repository.ts";

/** Where the names come from, and how long they hold. */
interface Known {
  readonly config: string;
  readonly settings: Readonly<Record<string, string>>;
}

type Run = (repository: Repository, call: GitCall) => Promise<GitOutput>;

export class LocalFilters {
  readonly #run: Run;
  readonly #known = new Map<string, Known>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** Settings that switch off what the config says now. Asking git for them runs nothing. */
  async settingsFor(repository: Repository): Promise<Readonly<Record<string, string>>> {
    const config = await configOf(repository);
    if (!/filter|include/i.test(config)) return {};
    const known = this.#known.get(repository.gitDir);
    // An included file changes without this one: then the names are read each time.
    if (known?.config === config && !/include/i.test(config)) return known.settings;
    const settings = offSettings(await this.#namesOf(repository));
    this.#known.set(repository.gitDir, { config, settings });
    return settings;
  }

  async #namesOf(repository: Repository): Promise<ReadonlySet<string>> {
    const output = await this.#run(repository, {
      args: ["config", "--show-scope", "--name-only", "-z", "--get-regexp", "^filter\\."],
    });
    const names = new Set<string>();
    const fields = output.text.split("\0");
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [scope, key = ""] = [fields[at], fields[at + 1]];
      if (scope === "local" || scope === "worktree") {
        names.add(key.slice(key.indexOf(".") + 1, key.lastIndexOf(".")));
      }
    }
    return names;
  }
}

/** The text of the config files of the repo and of this work tree: small, so compared whole. */
async function configOf(repository: Repository): Promise<string> {
  const shared = await textOf(`${repository.commonDir}/config`);
  return `${shared}\0${await textOf(`${repository.gitDir}/config.worktree`)}`;
}

function offSettings(names: ReadonlySet<string>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of names) {
    for (const key of ["clean", "smudge", "process"]) settings[`filter.${name}.${key}`] = "";
    settings[`filter.${name}.required`] = "false";
  }
  return settings;
}
