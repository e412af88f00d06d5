import assert from "node:assert/strict";
import { Stopped, withFault } from "../../tests/support/durable_calls.ts";
import { CarError } from "../base/errors.ts";
import {
  decodeStrict,
  ensureDir,
  exists,
  isTempName,
  moveFile,
  readTextStrict,
  removeFile,
  writeFileAtomic,
  writeFileAtomicSync,
} from "./files.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
const mode = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;

const WRITERS = [
  { name: "writeFileAtomic", write: writeFileAtomic },
  { name: "writeFileAtomicSync", write: writeFileAtomicSync },
] as const;

for (const { name, write } of WRITERS) {
  Deno.test(`${name}() writes text and bytes and leaves nothing beside`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/${"n".repeat(255)}`;
      await write(path, "äöü");
      assert.equal(await Deno.readTextFile(path), "äöü");
      await write(path, new Uint8Array([0, 255]));
      assert.deepEqual(await Deno.readFile(path), new Uint8Array([0, 255]));
      assert.equal(names(folder).length, 1);
    }));

  Deno.test(`${name}() keeps the mode of the file it replaces and takes one that is given`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/a`;
      await write(path, "1", 0o600);
      assert.equal(mode(path), 0o600);
      await Deno.chmod(path, 0o666);
      await write(path, "2");
      assert.equal(mode(path), 0o666);
    }));

  Deno.test(`${name}() leaves the old or the new file whatever durable call fails`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/a.md`;
      await write(path, "old");
      const faultless = await withFault(null, () => write(path, "old"));
      const calls: number = faultless.calls;
      assert.equal(calls, 5, "create, write, fsync, rename, fsync of the folder");
      for (const how of ["ENOSPC", "EIO", "stop"]) {
        for (let at = 1; at <= calls; at++) {
          await write(path, "old");
          const { result } = await withFault({ at, how }, () => write(path, "new content"));
          assert.ok(!result.ok, `${how} at ${at}`);
          const renamed: boolean = at === calls;
          assert.equal(await Deno.readTextFile(path), renamed ? "new content" : "old");
          for (const left of names(folder).filter((entry) => entry !== "a.md")) {
            assert.equal(how, "stop", `${how} at ${at} left ${left}`);
            assert.ok(isTempName(left));
            await Deno.remove(`${folder}/${left}`);
          }
        }
      }
    }));

  Deno.test(`${name}() names path and cause in words`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/a.md`;
      const rows = [
        { how: "ENOSPC", words: /the disk is full/ },
        { how: "EROFS", words: /read-only/ },
        { how: "EACCES", words: /permission denied/ },
        { how: "EWHATEVER", words: /injected EWHATEVER/ },
      ];
      for (const { how, words } of rows) {
        const { result } = await withFault({ at: 1, how }, () => write(path, "x"));
        assert.ok(!result.ok && result.thrown instanceof CarError);
        assert.equal(result.thrown.code, "unavailable");
        assert.match(result.thrown.message, words);
        assert.ok(result.thrown.message.includes(path));
      }
    }));

  Deno.test(`${name}() refuses a missing folder and a folder in the file's place`, () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/taken`);
      for (
        const [path, words] of [["no/a", /folder does not exist/], ["taken", /folder has/]] as const
      ) {
        await assert.rejects(async () => await write(`${folder}/${path}`, "x"), words);
      }
      assert.deepEqual(names(folder), ["taken"]);
    }));
}

Deno.test("writeFileAtomic() wraps a stop too, so that nothing escapes untyped", async () => {
  await inFolder(async (folder) => {
    const { result } = await withFault(
      { at: 1, how: "stop" },
      () => writeFileAtomic(`${folder}/a`, ""),
    );
    assert.ok(!result.ok && result.thrown instanceof CarError);
    assert.ok(result.thrown.cause instanceof Stopped);
  });
});

Deno.test("writeFileAtomic() keeps 40 writers of one file apart", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a`;
    const texts = Array.from({ length: 40 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    assert.ok(texts.includes(await Deno.readTextFile(path)));
    assert.deepEqual(names(folder), ["a"]);
  }));

Deno.test("ensureDir() makes all missing folders, is content with one, refuses a file", () =>
  inFolder(async (folder) => {
    await ensureDir(`${folder}/a/b/c/`, 0o700);
    assert.equal(mode(`${folder}/a/b/c`), 0o700);
    await Promise.all(Array.from({ length: 10 }, () => ensureDir(`${folder}/x/y/z`)));
    await ensureDir(`${folder}/a/b/c`);
    await Deno.writeTextFile(`${folder}/file`, "");
    await assert.rejects(ensureDir(`${folder}/file/sub`), /something has that name|is a file/);
  }));

Deno.test("moveFile() and removeFile() act, and a second removal is fine", () =>
  inFolder(async (folder) => {
    await writeFileAtomic(`${folder}/a`, "x");
    await ensureDir(`${folder}/sub`);
    await moveFile(`${folder}/a`, `${folder}/sub/b`);
    assert.deepEqual(names(`${folder}/sub`), ["b"]);
    await removeFile(`${folder}/sub/b`);
    await removeFile(`${folder}/sub/b`);
    assert.deepEqual(names(`${folder}/sub`), []);
    await assert.rejects(moveFile(`${folder}/a`, `${folder}/c`), { code: "unavailable" });
  }));

Deno.test("exists() sees files, folders and dangling links", () =>
  inFolder(async (folder) => {
    await Deno.symlink(`${folder}/nothing`, `${folder}/link`);
    assert.ok(await exists(folder));
    assert.ok(await exists(`${folder}/link`));
    assert.ok(!(await exists(`${folder}/nothing`)));
  }));

Deno.test("readTextStrict() reads UTF-8, tells the BOM and refuses the rest", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a`;
    const read = () => readTextStrict(path, { maxBytes: 10 });
    await assert.rejects(read(), { code: "not_found" });
    await Deno.writeFile(path, new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 13, 10]));
    assert.deepEqual(await read(), { text: "a\r\n", bom: true });
    await Deno.writeTextFile(path, "12345678901");
    await assert.rejects(read(), /has 11 bytes; 10 are allowed/);
    await Deno.writeFile(path, new Uint8Array([0x61, 0xff]));
    await assert.rejects(read(), /is not UTF-8/);
    await assert.rejects(readTextStrict(folder, { maxBytes: 1 }), /not a regular file/);
    await assert.rejects(readTextStrict("/dev/zero", { maxBytes: 1 }), /not a regular file/);
  }));

Deno.test("decodeStrict() refuses what is not UTF-8", () => {
  assert.equal(decodeStrict(new Uint8Array([0xc3])), undefined);
  assert.deepEqual(decodeStrict(new Uint8Array()), { text: "", bom: false });
});
