/** A hub's manifest as the source of its fleet. */

import type { HubConfig } from "../../control/config.ts";
import type { ManifestRepo } from "../../control/manifest.ts";
import {
  inspectManifest,
  manifestPlace,
  manifestProblemText,
} from "../../control/manifest_file.ts";
import { stampOf } from "./repo_files.ts";
import type { RepoSource, SourcedList } from "./repo_source.ts";

/** Looks through the hub's folders and writes what is new into the manifest. @returns Why repos could not be initialised, by id. */
export type HubScan = () => Promise<ReadonlyMap<string, string>>;

export class ManifestSource implements RepoSource {
  readonly #place: ReturnType<typeof manifestPlace>;
  readonly #scan: HubScan;
  #initErrors: ReadonlyMap<string, string> = new Map();

  constructor(hubRoot: string, config: HubConfig, scan: HubScan) {
    this.#place = manifestPlace(hubRoot, config);
    this.#scan = scan;
  }

  async read(): Promise<SourcedList> {
    const { manifest, problems } = await inspectManifest(this.#place);
    return {
      repos: manifest.repos.map((repo) => ({
        listed: listedOf(repo),
        initError: this.#initErrors.get(repo.id) ?? null,
      })),
      problems: problems.map(manifestProblemText),
    };
  }

  async scan(): Promise<SourcedList> {
    this.#initErrors = await this.#scan();
    return await this.read();
  }

  stamp(): string {
    return stampOf(this.#place.file);
  }
}

function listedOf(repo: ManifestRepo) {
  const { id, path, root, displayName, enabled, autoRun, kind, worktreeOf, branch, destination } =
    repo;
  return { id, path, root, displayName, enabled, autoRun, kind, worktreeOf, branch, destination };
}
