/** A private home for the real Codex program, whose only model is the scripted one. */

const CATALOG_FILE = "models.json";

/** The least a model's description must hold; without one Codex withholds its patch tool. */
const CATALOG = {
  models: [{
    slug: "scripted",
    display_name: "Scripted",
    supported_reasoning_levels: [{ effort: "low", description: "low" }],
    shell_type: "unified_exec",
    visibility: "list",
    supported_in_api: true,
    priority: 1,
    support_verbosity: false,
    truncation_policy: { mode: "tokens", limit: 10_000 },
    experimental_supported_tools: [],
    base_instructions: "You are a scripted test model.",
    apply_patch_tool_type: "freeform",
    context_window: 100_000,
  }],
};

/** Few retries and a short idle limit keep the failure tests quick. */
const RETRIES = 1;
const STREAM_IDLE_MS = 2_000;

function configToml(home: string, baseUrl: string, idleMs: number): string {
  return `model = "scripted"
model_provider = "scripted"
model_catalog_json = "${home}/${CATALOG_FILE}"
check_for_update_on_startup = false
web_search = "disabled"
skills = { bundled = { enabled = false } }

[analytics]
enabled = false
[feedback]
enabled = false
[history]
persistence = "none"

[features]
plugins = false
apps = false
goals = false

[model_providers.scripted]
name = "Scripted"
base_url = "${baseUrl}"
wire_api = "responses"
requires_openai_auth = false
supports_websockets = false
request_max_retries = ${RETRIES}
stream_max_retries = ${RETRIES}
stream_idle_timeout_ms = ${idleMs}
`;
}

/**
 * Writes the configuration for a model server into `home`, an existing folder, absolute. Use it
 * as CODEX_HOME.
 * @param idleMs How long the model may be silent before Codex asks again. A busy machine may be silent
 * for seconds: tests in which nothing of that kind is meant to happen give it more.
 */
export async function writeCodexHome(
  home: string,
  baseUrl: string,
  idleMs: number = STREAM_IDLE_MS,
): Promise<void> {
  await Deno.writeTextFile(`${home}/${CATALOG_FILE}`, JSON.stringify(CATALOG));
  await Deno.writeTextFile(`${home}/config.toml`, configToml(home, baseUrl, idleMs));
}

/**
 * Leaves the files of all threads as a kill leaves one that Codex has just made: without content.
 * @param home A CODEX_HOME, absolute. @returns How many there were.
 */
export async function emptyThreadFiles(home: string): Promise<number> {
  let emptied = 0;
  const folders = [`${home}/sessions`];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) folders.push(`${folder}/${name}`);
      if (!name.startsWith("rollout-")) continue;
      await Deno.truncate(`${folder}/${name}`);
      emptied++;
    }
  }
  return emptied;
}
