/** `car init`: makes a git repo, or a folder of repos, CAR's. */

import { CarError } from "../../base/errors.ts";
import { initHub, initRepo, type InitReport } from "../../control/init.ts";
import type { FoundRoot } from "../../control/roots.ts";
import type { Call } from "../command.ts";

type Mode = "repo" | "hub";

export async function run(call: Call): Promise<void> {
  const found = await call.context.found();
  const asked = call.input.text("mode");
  const mode: Mode = asked === "hub" || asked === "repo" ? asked : usualMode(found);
  const root = mode === "hub" ? await hubRoot(call, found) : await repoRoot(call, found);
  const report = await (mode === "hub" ? initHub(root) : initRepo(root));
  if (call.json) call.output.json({ mode, root, ...report });
  else tell(call, mode, root, report);
}

/** A folder that is CAR's already is made whole again as what it is. */
const usualMode = (found: FoundRoot): Mode =>
  found.type === "hub" && found.gitRoot === null ? "hub" : "repo";

/** The hub one stands in, else the very folder. */
function hubRoot({ context }: Call, found: FoundRoot): Promise<string> {
  if (found.type === "hub" && found.gitRoot === null) return Promise.resolve(found.root);
  return Deno.realPath(context.from);
}

/** The top of the git repo one stands in, also where only a folder above it is CAR's. */
async function repoRoot({ context }: Call, found: FoundRoot): Promise<string> {
  const git = await nearestGit(await Deno.realPath(context.from));
  if (git !== null && (found.type !== "repo" || git.length > found.root.length)) return git;
  if (found.type === "repo") return found.root;
  throw new CarError("not_found", `${context.from} is not in a git repo.`, {
    hint: "Make one with `git init`, or a hub of several repos with `car init --mode hub`.",
  });
}

async function nearestGit(from: string): Promise<string | null> {
  for (let folder = from;; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    try {
      await Deno.stat(`${folder}/.git`);
      return folder === "" ? "/" : folder;
    } catch {
      // No repo here, or none that may be looked at: the one above may be.
    }
    if (folder === "") return null;
  }
}

function tell({ output }: Call, mode: Mode, root: string, { made, notes }: InitReport): void {
  for (const path of made) output.say(`made ${path}`, "dim");
  for (const note of notes) output.say(note);
  const ready = made.length === 0 ? "was ready already" : "is ready";
  output.say(`The ${mode} ${root} ${ready}.`, "good");
  output.say(
    mode === "repo"
      ? "Next: `car ticket new`, then `car run`. `car doctor` checks what is needed."
      : "Next: put git repos into it and run `car hub scan`, or `car hub clone URL`; then `car serve`.",
  );
}
