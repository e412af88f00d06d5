import assert from "node:assert/strict";
import { configKeys } from "../lib/control/config_keys.ts";
import { configPage, isUnusedYet, UNUSED_YET } from "./config_page.ts";

const ROOT = new URL("../", import.meta.url);
/** They read or allow what is configured, whether or not something acts on it. */
const READ_ALL = ["lib/control/config", "lib/hub/safe_grants.ts", "lib/hub/agent_programs.ts"];

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* sources(`${folder}${name}/`);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield `${folder}${name}`;
  }
}

Deno.test("configPage() has a row for every key", () => {
  const page = configPage();
  for (const { path } of configKeys("hub")) assert.ok(page.includes(`| \`${path}\` |`), path);
});

Deno.test("UNUSED_YET names keys and sections that exist", () => {
  for (const prefix of UNUSED_YET) {
    const found = configKeys("hub").some(({ path }) =>
      path === prefix || path.startsWith(`${prefix}.`)
    );
    assert.ok(found, `${prefix} is no key of the config; take it out of UNUSED_YET`);
  }
  assert.ok(isUnusedYet("telegram.enabled"));
  assert.ok(!isUnusedYet("gate.verify"));
});

Deno.test("no source reads a setting that docs/CONFIG.md calls unused", async () => {
  const used: string[] = [];
  for await (const file of sources("lib/")) {
    if (READ_ALL.some((start) => file.startsWith(start))) continue;
    const text = await Deno.readTextFile(new URL(file, ROOT));
    for (const prefix of UNUSED_YET.filter((it) => !it.includes("NAME"))) {
      const read = new RegExp(`\\bconfig\\.${prefix.replaceAll(".", "\\.")}\\b`);
      if (read.test(text)) used.push(`${file} uses ${prefix}: take it out of UNUSED_YET`);
    }
  }
  assert.deepEqual(used, []);
});
