/** The configuration of the place a command works in. */

import { loadConfig, type LoadedConfig } from "../control/config.ts";
import type { Call } from "./command.ts";

/** @throws {CarError} as `loadConfig`, and when there is no repo and no hub here. */
export async function loadCallConfig({ context, io }: Call): Promise<LoadedConfig> {
  const { paths } = await context.either();
  return await loadConfig({ root: paths.root, env: io.environment() });
}
