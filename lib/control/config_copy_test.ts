import assert from "node:assert/strict";
import { ConfigCopy } from "./config_copy.ts";

interface Bench {
  readonly paths: { readonly config: string; readonly configCopy: string };
  readonly copy: ConfigCopy;
}

async function inFolder(body: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const paths = { config: `${folder}/config.yml`, configCopy: `${folder}/copy.yml` };
    await body({ paths, copy: new ConfigCopy(paths) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TEXT = "mode: repo\n# \u{1F511}\n";
const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;

Deno.test("ConfigCopy puts back what was kept, byte for byte, and leaves what is the same", () =>
  inFolder(async ({ paths, copy }) => {
    const bytes = new Uint8Array([0xff, 0x00, 0x0d, 0x0a]);
    await Deno.writeFile(paths.config, bytes, { mode: 0o640 });
    const hash = await copy.keep();
    assert.match(hash ?? "", /^[0-9a-f]{64}$/);
    assert.equal(await copy.putBack(hash ?? ""), "same");
    await Deno.writeTextFile(paths.config, "other");
    assert.equal(await copy.putBack(hash ?? ""), "restored");
    assert.deepEqual(await Deno.readFile(paths.config), bytes);
    assert.equal(await modeOf(paths.config), 0o640);
  }));

Deno.test("ConfigCopy keeps its copy, and a config that was gone, to the owner alone", () =>
  inFolder(async ({ paths, copy }) => {
    await Deno.writeTextFile(paths.config, TEXT);
    await Deno.writeTextFile(paths.configCopy, TEXT, { mode: 0o644 });
    const hash = await copy.keep() ?? "";
    assert.equal(await modeOf(paths.configCopy), 0o600);
    await Deno.remove(paths.config);
    assert.equal(await copy.putBack(hash), "restored");
    assert.equal(await Deno.readTextFile(paths.config), TEXT);
    assert.equal(await modeOf(paths.config), 0o600);
  }));

Deno.test("ConfigCopy knows in the next process what it kept, unless that was changed", () =>
  inFolder(async ({ paths, copy }) => {
    await Deno.writeTextFile(paths.config, TEXT);
    const hash = await copy.keep() ?? "";
    await Deno.writeTextFile(paths.config, "other");
    assert.equal(await new ConfigCopy(paths).putBack(hash), "restored");
    await Deno.writeTextFile(paths.config, "other");
    await Deno.writeTextFile(paths.configCopy, "other");
    assert.equal(await new ConfigCopy(paths).putBack(hash), "lost");
    await Deno.remove(paths.configCopy);
    assert.equal(await new ConfigCopy(paths).putBack(hash), "lost");
    assert.equal(await Deno.readTextFile(paths.config), "other");
    assert.equal(await copy.putBack(hash), "restored", "the process itself remembers");
  }));

Deno.test("ConfigCopy keeps nothing where there is no config", () =>
  inFolder(async ({ paths, copy }) => {
    assert.equal(await copy.keep(), null);
    await assert.rejects(Deno.stat(paths.configCopy), Deno.errors.NotFound);
  }));
