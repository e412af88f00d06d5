import assert from "node:assert/strict";
import * as esbuild from "esbuild";
import { gunzipSync } from "node:zlib";
import { openAssetsIn } from "../routes/assets.ts";
import { PAGES } from "../routes/page_table.ts";
import { buildClient } from "./build_client.ts";
import { firstLoadBytes } from "./first_load.ts";

/** Without editor, terminal and plots, which come when they are shown. */
const FIRST_LOAD_MAX = 60_000;
/** Of any file, e.g. the editor's: larger than this, something came along that nobody asked for. */
const FILE_MAX = 130_000;
/** Of scripts: each more is a request that a page waits for. */
const SCRIPTS_MAX = 4;

// The builder's program ends a moment after it was told to; nobody can wait for that.
const sanitize = { sanitizeOps: false, sanitizeResources: false };

Deno.test("every page is there after 60 kB in a few files", sanitize, async () => {
  const folder = await Deno.makeTempDir({ prefix: "car-client-" });
  try {
    const list = await buildClient(folder);
    const shared = [list.script, ...list.pages[""] ?? []];
    for (const [page, chunks] of Object.entries(list.pages)) {
      const scripts = [...shared, ...page === "" ? [] : chunks];
      assert.ok(scripts.length <= SCRIPTS_MAX, `${page} loads ${scripts.join(", ")} first`);
    }
    for (const { name } of Deno.readDirSync(folder)) {
      const { size } = Deno.statSync(`${folder}/${name}`);
      if (name.endsWith(".gz")) assert.ok(size <= FILE_MAX, `${name} has ${size} bytes`);
    }
    const bytes = firstLoadBytes(folder, list);
    assert.deepEqual(
      [...bytes.keys()].sort(),
      [...new Set(PAGES.map(({ island }) => island))].sort(),
      "each page of the table has its chunks",
    );
    for (const [page, size] of bytes) {
      assert.ok(size <= FIRST_LOAD_MAX, `${page} loads ${size} bytes first`);
      // An editor or a terminal among them would be seen here before it is too much.
      assert.ok(size > 10_000, `${page}: ${size} bytes are no whole page`);
    }
    const assets = openAssetsIn(new URL(`file://${folder}/`));
    const packed = assets?.find(list.script, "gzip");
    const plain = assets?.find(list.script, "");
    assert.ok(packed && plain, "the script is kept for all callers");
    assert.equal(packed.headers["content-encoding"], "gzip");
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.deepEqual(plain.bytes, new Uint8Array(gunzipSync(packed.bytes)));
  } finally {
    await esbuild.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
