/** A repo's config and tickets for those who ask again and again: read anew only when they changed. */

import { existsSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { asRepoConfig, loadConfig, type RepoConfig } from "../../control/config.ts";
import { hubPaths, type RepoPaths } from "../../control/roots.ts";
import { TicketFolder } from "../../control/tickets.ts";
import type { Queue } from "../../engine/ticket.ts";
import { openWorkQueue } from "../open_queue.ts";
import type { WorkQueue } from "../work_queue.ts";

export interface RepoFilesOptions {
  readonly paths: RepoPaths;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** Its shared files are defaults of the repo's config; null for a repo of its own. */
  readonly hubRoot: string | null;
}

interface KnownConfig {
  readonly stamp: string;
  readonly config: Promise<RepoConfig>;
}

export class RepoFiles {
  readonly #options: RepoFilesOptions;
  #config: KnownConfig | null = null;
  #queue: { readonly config: RepoConfig; readonly queue: WorkQueue } | null = null;

  constructor(options: RepoFilesOptions) {
    this.#options = options;
  }

  /** @throws {CarError} `invalid` with file and line; `unavailable`. */
  async config(): Promise<RepoConfig> {
    const stamp = this.configStamp();
    if (this.#config?.stamp === stamp) return await this.#config.config;
    const config = this.#load();
    // A config that is wrong stays wrong until a file changes.
    config.catch(() => {});
    this.#config = { stamp, config };
    return await config;
  }

  /** The tickets as they are now. The same object while nothing changed. @throws as `config`. */
  async queue(): Promise<Queue> {
    const config = await this.config();
    if (this.#queue?.config !== config) {
      const { paths, clock } = this.#options;
      this.#queue = { config, queue: openWorkQueue(paths, config, new TicketFolder(paths, clock)) };
    }
    return await this.#queue.queue.read();
  }

  /** Another text when a config file has changed. */
  configStamp(): string {
    const { paths, hubRoot } = this.#options;
    const own = hubPaths(paths.root);
    const files = [own.sharedConfig, own.sharedOverride, own.config];
    if (hubRoot !== null) {
      const hub = hubPaths(hubRoot);
      files.push(hub.sharedConfig, hub.sharedOverride);
    }
    return files.map(stampOf).join(" ");
  }

  /** Another text when files came to or went from the folder of tickets. */
  queueStamp(): string {
    return stampOf(this.#options.paths.tickets);
  }

  contextspaceStamp(): string {
    const { folder, activeContext, decisions, spec } = this.#options.paths.contextspace;
    return [folder, activeContext, decisions, spec].map(stampOf).join(" ");
  }

  /** Forgets what was read: a repo nobody looks at costs no memory. */
  letGo(): void {
    this.#queue = null;
  }

  async #load(): Promise<RepoConfig> {
    const { paths, environment, hubRoot } = this.#options;
    const hub = hubRoot === null ? {} : { hubRoot };
    return asRepoConfig(await loadConfig({ root: paths.root, env: environment, ...hub }));
  }
}

/** Of a file or folder: another one, or one that was changed, has another stamp. "-": there is none. */
export function stampOf(path: string): string {
  // Asked thousands of times a minute: an error that is thrown costs six times as much as a look.
  if (!existsSync(path)) return "-";
  try {
    const { ino, size, mtime, ctime } = Deno.statSync(path);
    return `${ino}.${size}.${mtime?.getTime() ?? 0}.${ctime?.getTime() ?? 0}`;
  } catch {
    return "-";
  }
}
