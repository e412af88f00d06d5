/** Whether a path of an agent lies where the posture lets it reach, also after symbolic links. */

import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { CarError } from "../../base/errors.ts";
import type { Reach } from "./posture.ts";

/** More missing folders than this in a path are a mistake, or an attack on the loop. */
const MISSING_FOLDERS_MAX = 100;

/** The path with all links of its existing part followed. */
async function realOf(path: string): Promise<string> {
  let known = path;
  let missing = "";
  for (let step = 0; step < MISSING_FOLDERS_MAX; step++) {
    try {
      return join(await Deno.realPath(known), missing);
    } catch (thrown) {
      // A link to nothing would be made a file outside by whoever writes to it.
      if (!(thrown instanceof Deno.errors.NotFound) || await isLink(known)) throw thrown;
      missing = join(basename(known), missing);
      known = dirname(known);
    }
  }
  throw new CarError("invalid", `${path} lies too deep.`);
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch {
    return false;
  }
}

const isInside = (path: string, root: string) => path === root || path.startsWith(`${root}/`);

/**
 * The real path behind what an agent names; a relative one counts from the repo.
 * @param doing for the message, e.g. "write".
 * @throws {CarError} `invalid` when the posture keeps the agent from it.
 */
export async function reachablePath(
  repo: string,
  path: string,
  reach: Reach,
  doing: string,
): Promise<string> {
  if (reach === "nowhere") {
    throw new CarError("invalid", `CAR does not ${doing} ${path}: the posture is read-only.`);
  }
  const real = await realOf(isAbsolute(path) ? resolve(path) : resolve(repo, path));
  if (reach === "anywhere") return real;
  const root = await Deno.realPath(repo);
  if (!isInside(real, root)) {
    throw new CarError("invalid", `CAR does not ${doing} ${path}: it lies outside the repo.`, {
      hint: "The posture `yolo` would allow it.",
    });
  }
  if (doing === "write" && isInside(real, join(root, ".git"))) {
    throw new CarError("invalid", `CAR does not write ${path}: it belongs to git.`);
  }
  return real;
}
