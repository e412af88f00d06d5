/** What waits for a person in a whole hub: in its repos, and in the chats it keeps. */

import { loadConfig } from "../control/config.ts";
import type { ManifestRepo } from "../control/manifest.ts";
import { orchestrationPaths } from "../control/orchestration.ts";
import { hubPaths, repoPaths } from "../control/roots.ts";
import { findThread } from "../control/thread_rows.ts";
import { withRepo } from "../engine/command_words.ts";
import { type InboxItem, readInbox } from "./inbox.ts";
import { askEachRepo } from "./listing/each_repo.ts";
import { withReading } from "./reading.ts";
import { threadInbox, withThreadStore } from "./threads/inbox.ts";
import type { RepoFailure } from "./usage.ts";

export interface HubInboxItem extends InboxItem {
  /** The repo it is about; "" for a chat about the hub as a whole. */
  readonly repo: string;
}

export interface HubInbox {
  /** Oldest first. */
  readonly items: readonly HubInboxItem[];
  readonly failed: readonly RepoFailure[];
}

/** By the files alone, for those who look without being the hub. */
export async function readHubInbox(
  hubRoot: string,
  repos: readonly ManifestRepo[],
  env: Readonly<Record<string, string>>,
): Promise<HubInbox> {
  const { found, failed } = await askEachRepo(repos, async ({ root }) => {
    const { config } = await loadConfig({ root, env, hubRoot });
    const timeoutMs = config.approvals.timeout_seconds * 1000;
    return await withReading(repoPaths(root), (reading) => readInbox(reading, timeoutMs));
  });
  const ofRepos = found.flatMap(({ repo, value }) => value.map((it) => ({ ...it, repo })));
  const items = [...ofRepos, ...await chatItems(hubRoot)].sort((a, b) => a.sinceMs - b.sinceMs);
  return { items, failed };
}

async function chatItems(hubRoot: string): Promise<readonly HubInboxItem[]> {
  const paths = orchestrationPaths(hubPaths(hubRoot).state);
  return await withThreadStore(
    paths,
    (store) =>
      threadInbox(store, paths).map((it) => ({
        ...it,
        repo: findThread(store, it.thread)?.scope.repo ?? "",
      })),
  ) ?? [];
}

/**
 * Words that tell commands for a repo, as they are said in its hub: `Use "car resume" to go on.`
 * becomes `Use "car resume --repo shop" to go on.`
 */
export function inHub(words: string, repo: string): string {
  if (repo === "") return words;
  return words.startsWith("car ") ? `${words} --repo ${repo}` : withRepo(words, repo);
}
