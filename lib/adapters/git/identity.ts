/** In whose name CAR commits. */

import type { Git } from "./git.ts";
import type { Repository } from "./repository.ts";

/** The author where git has none configured. */
const FALLBACK_IDENTITY = { name: "CAR", email: "car@localhost" } as const;

/** As environment: nothing when the person told git who they are; else a name that is nobody's. */
export async function identityOf(
  git: Git,
  repository: Repository,
): Promise<Record<string, string>> {
  // Without this setting git makes up an address from the host's name.
  const output = await git.call(repository, {
    args: ["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"],
    beside: true,
  });
  if (output.code === 0) return {};
  const { name, email } = FALLBACK_IDENTITY;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
