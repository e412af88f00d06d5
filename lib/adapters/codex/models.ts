/** The models Codex knows, where its list says what can be had at all. */

import type { CodexServer } from "./server.ts";

/** More than any catalog holds. */
const MODELS_MAX = 500;
/** The provider whose models Codex lists; of another one it lists the same, and knows nothing. */
const LISTED_PROVIDER = "openai";

/** Names, those that Codex shows first; null when the provider is one whose models it does not know. */
export async function modelsOf(
  server: CodexServer,
  repo: string,
): Promise<readonly string[] | null> {
  const { config } = await server.call("config/read", { cwd: repo, includeLayers: false });
  if ((config.model_provider ?? LISTED_PROVIDER) !== LISTED_PROVIDER) return null;
  const { data } = await server.call("model/list", { includeHidden: true, limit: MODELS_MAX });
  const named = (isHidden: boolean) =>
    data.filter(({ hidden }) => hidden === isHidden).map(({ model }) => model);
  const [isShown, isHidden] = [false, true];
  return [...named(isShown), ...named(isHidden)];
}
