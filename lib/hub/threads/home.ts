/** Where the threads of a place are kept: with its hub, or with a repo that belongs to none. */

import { asHubConfig, inspectConfig } from "../../control/config.ts";
import type { Destination } from "../../control/destination.ts";
import { inspectManifest, manifestPlace } from "../../control/manifest_file.ts";
import { findRoot } from "../../control/roots.ts";
import type { ThreadScope } from "../../control/thread_rows.ts";

export interface ThreadHome {
  /** The hub or repo whose state folder holds them, absolute. */
  readonly home: string;
  readonly mode: "hub" | "repo";
  /** What a new thread of the place is about. */
  readonly scope: ThreadScope;
  readonly destinationOf: (root: string) => Destination | undefined;
}

const HERE = () => undefined;

/** @param place What a person stands in. */
export async function threadHome(
  place: { readonly type: "repo" | "hub"; readonly root: string },
  environment: Readonly<Record<string, string>>,
): Promise<ThreadHome> {
  const { type, root } = place;
  const own = { kind: type, repo: null, root } as const;
  if (type === "hub") {
    const repos = await reposOf(root, environment);
    const destinationOf = (of: string) => repos.find((it) => it.root === of)?.destination;
    return {
      home: root,
      mode: "hub",
      scope: own,
      destinationOf: (of) => destinationOf(of) ?? undefined,
    };
  }
  const alone = { home: root, mode: "repo", scope: own, destinationOf: HERE } as const;
  const above = await findRoot(parentOf(root)).catch(() => null);
  if (above?.type !== "hub") return alone;
  const entry = (await reposOf(above.root, environment)).find((it) => realOf(it.root) === root);
  if (entry === undefined) return alone;
  const kind = entry.kind === "worktree" ? "worktree" : "repo";
  return {
    home: above.root,
    mode: "hub",
    scope: { kind, repo: entry.id, root },
    destinationOf: (of) => of === root ? entry.destination ?? undefined : undefined,
  };
}

/** The repos of a hub as far as its manifest can be read. */
async function reposOf(hubRoot: string, env: Readonly<Record<string, string>>) {
  const config = asHubConfig(await inspectConfig({ root: hubRoot, env }));
  return (await inspectManifest(manifestPlace(hubRoot, config))).manifest.repos;
}

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 1));

function realOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
