/** Doctor's checks of a hub: its list of repos, and whether they are there. */

import { plural } from "../base/text.ts";
import { inspectConfig } from "./config.ts";
import type { Check, DoctorContext, Finding } from "./doctor.ts";
import { exists } from "./files.ts";
import { inspectManifest, manifestPlace, manifestProblemText } from "./manifest_file.ts";
import { repoPaths } from "./roots.ts";

const ok = (found: string): Finding => ({ ok: true, found });

/** Names that a finding tells; a hub may have hundreds. */
const NAMES_MAX = 10;

async function manifest({ repo, env }: DoctorContext): Promise<Finding> {
  const { config } = await inspectConfig({ root: repo.root, env });
  if (config.mode !== "hub") return ok("This is no hub.");
  const place = manifestPlace(repo.root, config);
  const { manifest: { repos }, problems } = await inspectManifest(place);
  if (problems.length > 0) {
    const found = problems.slice(0, NAMES_MAX).map(manifestProblemText).join("\n");
    return { ok: false, found, cure: "Mend it there; CAR does not write it until then." };
  }
  const gone: string[] = [];
  const bare: string[] = [];
  for (const { id, root, enabled } of repos) {
    if (!await exists(root).catch(() => true)) gone.push(id);
    else if (enabled && !await exists(repoPaths(root).config).catch(() => true)) bare.push(id);
  }
  if (gone.length > 0) {
    return {
      ok: false,
      severity: "warning",
      found: `Repos that are gone: ${names(gone)}.`,
      cure: "Bring the folders back, or take the entries away with `car hub remove ID`.",
    };
  }
  if (bare.length > 0) {
    const found = `CAR is not set up in ${names(bare)}.`;
    return { ok: false, severity: "warning", found, cure: "Run `car hub scan`." };
  }
  return ok(`${plural(repos.length, "repo")}, all there.`);
}

function names(ids: readonly string[]): string {
  const more = ids.length - NAMES_MAX;
  return ids.slice(0, NAMES_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

export const HUB_CHECKS = {
  manifest: { title: "List of repos", severity: "error", run: manifest },
} as const satisfies Record<string, Check>;
