import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { writeFileAtomic } from "./files.ts";
import type { ManifestEdit } from "./manifest.ts";
import { MANIFEST_TEMPLATE } from "./manifest_edit.ts";
import {
  editManifest,
  inspectManifest,
  type ManifestPlace,
  readManifest,
} from "./manifest_file.ts";

async function withPlace(work: (place: ManifestPlace) => Promise<void>): Promise<void> {
  const hubRoot = await Deno.makeTempDir();
  try {
    await work({ hubRoot, file: `${hubRoot}/manifest.yml` });
  } finally {
    await Deno.remove(hubRoot, { recursive: true });
  }
}

const add = (id: string): ManifestEdit => ({ type: "add", repo: { id, path: id } });

Deno.test("editManifest() makes a missing file and writes nothing without an edit", () =>
  withPlace(async (place) => {
    assert.deepEqual((await editManifest(place, () => [])).hash, null);
    await assert.rejects(Deno.stat(place.file));
    const manifest = await editManifest(place, () => [add("a")]);
    assert.deepEqual(manifest, await readManifest(place));
    const text = await Deno.readTextFile(place.file);
    assert.equal(text, MANIFEST_TEMPLATE.replace(" []\n", "\n  - id: a\n    path: a\n"));
  }));

Deno.test("editManifest() keeps a byte order mark", () =>
  withPlace(async (place) => {
    await writeFileAtomic(place.file, "\uFEFFrepos:\n- path: a\n");
    await editManifest(place, () => [{ type: "set", id: "a", changes: { autoRun: true } }]);
    const bytes = await Deno.readFile(place.file);
    const expected = "\uFEFFrepos:\n- path: a\n  auto_run: true\n";
    assert.deepEqual(bytes, new TextEncoder().encode(expected));
  }));

Deno.test("readManifest() tells all problems, and editManifest() leaves such a file alone", () =>
  withPlace(async (place) => {
    const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
      ["yaml", "repos: [", /manifest.yml:1: Flow sequence/],
      [
        "two",
        "version: 9\nrepos:\n- id: 7",
        /2 problems:\n {2}manifest.yml:1: version: Found 9.*\n {2}manifest.yml:3: repos\[0\].path: It is missing/,
      ],
      ["not text", new Uint8Array([0x72, 0xff, 0xfe]), /manifest.yml is not UTF-8 text/],
      ["long", "#".repeat(262_145), /has 262145 bytes; 262144 are allowed/],
    ];
    for (const [name, content, words] of broken) {
      await writeFileAtomic(place.file, content);
      const before = await Deno.readFile(place.file);
      for (const act of [() => readManifest(place), () => editManifest(place, () => [add("x")])]) {
        await assert.rejects(
          act,
          (thrown) => thrown instanceof CarError && words.test(thrown.message),
          name,
        );
      }
      assert.ok((await inspectManifest(place)).problems.length > 0, name);
      assert.deepEqual(await Deno.readFile(place.file), before, name);
    }
    await Deno.remove(place.file);
    await Deno.mkdir(place.file);
    assert.match((await inspectManifest(place)).problems[0]?.message ?? "", /not a regular file/);
  }));

Deno.test("editManifest() asks again when somebody changed the file without the lock", () =>
  withPlace(async (place) => {
    let asked = 0;
    const manifest = await editManifest(place, async (found) => {
      asked++;
      if (asked === 1) await writeFileAtomic(place.file, "repos:\n- path: by-hand # mine\n");
      return found.repos.some((repo) => repo.id === "x") ? [] : [add("x")];
    });
    assert.equal(asked, 2);
    assert.deepEqual(manifest.repos.map((repo) => repo.id), ["by-hand", "x"]);
    const text = await Deno.readTextFile(place.file);
    assert.equal(text, "repos:\n- path: by-hand # mine\n- id: x\n  path: x\n");
  }));

Deno.test("editManifest() gives up on a file that changes all the time", () =>
  withPlace(async (place) => {
    let asked = 0;
    await assert.rejects(
      editManifest(place, async () => {
        await writeFileAtomic(place.file, `repos: [] # ${asked++}\n`);
        return [add("x")];
      }),
      (thrown) => thrown instanceof CarError && thrown.code === "conflict",
    );
    assert.equal(await Deno.readTextFile(place.file), "repos: [] # 4\n");
  }));

const WRITERS = 4;
const EDITS_EACH = 10;

/** Adds its entries one by one, each by an edit of its own. */
const WRITER = `
import { editManifest } from "${new URL("./manifest_file.ts", import.meta.url).href}";
const [hubRoot, name, count] = Deno.args;
for (let at = 0; at < Number(count); at++) {
  const id = name + "-" + at;
  const repo = { id, path: id };
  await editManifest({ hubRoot, file: hubRoot + "/manifest.yml" }, () => [{ type: "add", repo }]);
}
`;

Deno.test("editManifest() loses no edit of several processes and several callers", () =>
  withPlace(async (place) => {
    await writeFileAtomic(place.file, "# mine\nversion: 1\nrepos: []\n# end\n");
    const program = `${place.hubRoot}/writer.ts`;
    await writeFileAtomic(program, WRITER);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const children = Array.from(
      { length: WRITERS },
      (_, index) =>
        new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", "--config", config, program, place.hubRoot, `w${index}`]
            .concat(String(EDITS_EACH)),
          stdout: "inherit",
          stderr: "inherit",
        }).output(),
    );
    const here = Array.from(
      { length: EDITS_EACH },
      (_, index) => editManifest(place, () => [add(`here-${index}`)]),
    );
    for (const { success } of await Promise.all(children)) assert.ok(success);
    await Promise.all(here);
    const ids = (await readManifest(place)).repos.map((repo) => repo.id);
    assert.equal(new Set(ids).size, (WRITERS + 1) * EDITS_EACH);
    const text = await Deno.readTextFile(place.file);
    assert.ok(text.startsWith("# mine\nversion: 1\nrepos:\n  - id: "), text);
    assert.ok(text.endsWith("\n# end\n"), text);
  }));
