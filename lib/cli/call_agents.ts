/** The agents a command may use: those of the repo or hub one stands in, else the built-in ones. */

import { type Config, inspectConfig, problemText, type RepoConfig } from "../control/config.ts";
import type { Call } from "./command.ts";

export interface CallAgents {
  /** Of the repo or hub, else the folder one stands in; absolute. */
  readonly root: string;
  readonly config: RepoConfig;
}

/** A config with mistakes is no obstacle here: they are told, and the rest of it holds. */
export async function openCallAgents({ context, io, output }: Call): Promise<CallAgents> {
  const found = await context.found();
  const root = found.type === "none" ? await Deno.realPath(context.from) : found.root;
  const { config, problems } = await inspectConfig({ root, env: io.environment() });
  for (const problem of problems) output.remark(problemText(problem));
  return { root, config: asRepo(config) };
}

/** A hub configures agents with the same keys as a repo. */
const asRepo = (config: Config): RepoConfig => ({ ...config, mode: "repo" });
