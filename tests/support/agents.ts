/** Finds the real agent programs for tests. A missing program fails the test; it is never skipped in silence. */

import { agentProgram, pinnedAgent } from "../../scripts/pinned_agents.ts";

/**
 * The path of a pinned agent program.
 * @throws {Error} that says how to install it, when it is absent.
 */
export function requireAgent(name: string): string {
  const agent = pinnedAgent(name);
  const cure = "Run: deno run -A scripts/fetch_agents.ts";
  if (agent === undefined) {
    throw new Error(`No ${name} is pinned for ${Deno.build.os} ${Deno.build.arch}.`);
  }
  const path = agentProgram(agent);
  try {
    if (Deno.statSync(path).isFile) return path;
  } catch { /* The message below says it. */ }
  throw new Error(`The ${name} program is not installed at ${path}. ${cure}`);
}

/**
 * Whether tests of this agent may be left out here: only on a developer's machine without the
 * program. With `CI=true` they run, and fail when it is missing.
 */
export function mayRunAgent(name: string): boolean {
  if (Deno.env.get("CI") === "true") return true;
  const agent = pinnedAgent(name);
  if (agent === undefined) return false;
  try {
    return Deno.statSync(agentProgram(agent)).isFile;
  } catch {
    return false;
  }
}
