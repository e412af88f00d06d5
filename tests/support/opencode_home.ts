/** A private home for the real OpenCode program, whose only model is the scripted one. */

const PLUGIN_PACKAGE = "@opencode-ai/plugin";

/** Its configuration for a model server. */
const config = (baseUrl: string) => ({
  model: "scripted/scripted",
  small_model: "scripted/scripted",
  enabled_providers: ["scripted"],
  lsp: false,
  formatter: false,
  provider: {
    scripted: {
      name: "Scripted",
      npm: "@ai-sdk/openai-compatible",
      options: { baseURL: baseUrl, apiKey: "none" },
      models: {
        scripted: {
          name: "Scripted",
          tool_call: true,
          limit: { context: 100_000, output: 8_192 },
          cost: { input: 1, output: 2, cache_read: 0.1 },
        },
      },
    },
  },
});

/** OpenCode installs its plugin package into every folder of settings; one that is there it leaves alone. */
const INSTALLED = {
  "package.json": { dependencies: { [PLUGIN_PACKAGE]: "*" } },
  "package-lock.json": {
    name: "opencode",
    lockfileVersion: 3,
    requires: true,
    packages: { "": { dependencies: { [PLUGIN_PACKAGE]: "*" } } },
  },
};

/** Writes the configuration into `home`, an existing folder, absolute. Use it as HOME. */
export async function writeOpenCodeHome(home: string, baseUrl: string): Promise<void> {
  const folder = `${home}/.config/opencode`;
  await Deno.mkdir(`${folder}/node_modules`, { recursive: true });
  const files = { "opencode.json": config(baseUrl), ...INSTALLED };
  for (const [name, content] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(content));
  }
}
