/** `car hub worktree list`: what is in each worktree, and who works in it. */

import { byteSize, plural } from "../../base/text.ts";
import type { WorktreeLook } from "../../hub/worktrees/look.ts";
import { withWorktrees } from "../call_worktrees.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { output } = call;
  const looks = await withWorktrees(call, (it, repo) => it.list(repo));
  if (call.json) return output.json(looks);
  if (looks.length === 0) {
    return output.say(
      "No worktrees. `car hub worktree create REPO BRANCH` and `car run --worktree` make them.",
    );
  }
  output.table(
    [
      { title: "Name" },
      { title: "Branch" },
      { title: "Run" },
      { title: "Tickets" },
      { title: "Changes" },
      { title: "Commits" },
      { title: "Archive" },
    ],
    looks.map((it) => [
      it.id,
      it.branch ?? "(none)",
      runWords(it),
      it.tickets === null ? "" : `${it.tickets.done}/${it.tickets.total} done`,
      changeWords(it),
      commitWords(it),
      it.archives.count === 0 ? "" : byteSize(it.archives.bytes),
    ]),
  );
  for (const { id, trouble } of looks) {
    if (trouble !== null) output.say(`${id}: ${trouble}`, "warn");
  }
}

const runWords = ({ run, locked }: WorktreeLook): string =>
  run === null ? "" : run.status === "none" ? locked ? "locked" : "" : run.status;

function changeWords({ changed, untracked }: WorktreeLook): string {
  if (changed === null || untracked === null) return "";
  const parts = [
    ...(changed === 0 ? [] : [`${changed} changed`]),
    ...(untracked === 0 ? [] : [`${untracked} new`]),
  ];
  return parts.join(", ") || "clean";
}

function commitWords({ ahead, behind, loose }: WorktreeLook): string {
  if (ahead === null || behind === null) return "";
  const parts = [
    ...(ahead === 0 ? [] : [`+${ahead}`]),
    ...(behind === 0 ? [] : [`-${behind}`]),
    ...(loose === null || loose.count === 0 ? [] : [`${plural(loose.count, "commit")} only here`]),
  ];
  return parts.join(" ");
}
