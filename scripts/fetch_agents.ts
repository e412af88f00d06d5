/**
 * Installs the pinned agent programs into `.deno/agents/`, for the tests that run real agents.
 * Deno itself is the npm client, so the registry, proxy and certificates of the user's npm
 * configuration count; the lock file it is given carries the pinned hash, and a tarball that
 * differs is refused. Run it with `deno run -A scripts/fetch_agents.ts [NAME...]`.
 */

import {
  agentFolder,
  agentProgram,
  AGENTS_FOLDER,
  type PinnedAgent,
  pinnedAgent,
  programInside,
} from "./pinned_agents.ts";

const NAMES = ["codex", "codex-acp", "opencode"];

/** The project Deno installs from: one dependency, and the lock that pins its bytes. */
function projectFiles(agent: PinnedAgent): Readonly<Record<string, string>> {
  const specifier = `npm:${agent.package}@${agent.version}`;
  const lock = {
    version: "5",
    specifiers: { [specifier]: agent.version },
    npm: { [`${agent.package}@${agent.version}`]: { integrity: agent.integrity } },
    workspace: { dependencies: [specifier] },
  };
  const project = { nodeModulesDir: "auto", imports: { [agent.package]: specifier } };
  return { "deno.json": JSON.stringify(project), "deno.lock": JSON.stringify(lock) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

async function installInto(folder: string, agent: PinnedAgent): Promise<void> {
  for (const [name, text] of Object.entries(projectFiles(agent))) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--frozen"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new Error(
    `Cannot install ${agent.package}@${agent.version}: ${new TextDecoder().decode(stderr)}`,
  );
}

/**
 * Installs one agent and returns the path of its program; does nothing when it is there. Safe to
 * run many times at once: each run works in a folder of its own and the first rename wins.
 */
export async function fetchAgent(agent: PinnedAgent): Promise<string> {
  const program = agentProgram(agent);
  if (await exists(program)) return program;
  await Deno.mkdir(AGENTS_FOLDER, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: AGENTS_FOLDER, prefix: `.${agent.name}-` });
  try {
    await installInto(folder, agent);
    // Some packages leave making their program executable to a wrapper that is not installed here.
    await Deno.chmod(`${folder}/${programInside(agent)}`, 0o755);
    await Deno.rename(folder, agentFolder(agent)).catch(async (thrown) => {
      if (!await exists(program)) throw thrown;
    });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
  if (await exists(program)) return program;
  throw new Error(`${agent.package}@${agent.version} was installed, but holds no ${program}.`);
}

if (import.meta.main) {
  for (const name of Deno.args.length > 0 ? Deno.args : NAMES) {
    const agent = pinnedAgent(name);
    const text = agent === undefined
      ? `${name}: not pinned for ${Deno.build.os} ${Deno.build.arch}, skipped`
      : `${name}: ${await fetchAgent(agent)}`;
    await Deno.stdout.write(new TextEncoder().encode(text + "\n"));
  }
}
