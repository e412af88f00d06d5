import assert from "node:assert/strict";
import {
  durable,
  moveFile,
  removeFile,
  writeFileAtomic,
  writeFileAtomicSync,
} from "../../lib/control/files.ts";
import { ForgetfulDisk } from "../support/power_cut.ts";

const OLD = "old ".repeat(500);
const NEW = "new ".repeat(700);

/** Runs `body` in a folder with one old file, and gives what a power cut at each moment could leave. */
async function cutAtEachMoment(
  body: (path: string, folder: string) => Promise<void> | void,
): Promise<{ disk: ForgetfulDisk; path: string; folder: string }> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-power-" }));
  const path = `${folder}/ticket.md`;
  try {
    await Deno.writeTextFile(path, OLD);
    const disk = new ForgetfulDisk({ [path]: OLD });
    await disk.run(() => body(path, folder));
    return { disk, path, folder };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const WRITERS = {
  writeFileAtomic: (path: string) => writeFileAtomic(path, NEW),
  writeFileAtomicSync: (path: string) => writeFileAtomicSync(path, NEW),
} as const;

for (const [name, write] of Object.entries(WRITERS)) {
  Deno.test(`P1: a power cut at any moment of ${name}() leaves the old file or the new one`, async () => {
    const { disk, path } = await cutAtEachMoment(write);
    assert.ok(disk.moments.length >= 5, "create, write, fsync, rename, fsync of the folder");
    for (const [moment, outcomes] of disk.moments.entries()) {
      for (const files of outcomes) {
        const found = files.get(path);
        assert.ok(found === OLD || found === NEW, `moment ${moment}: ${found?.slice(0, 20)}`);
      }
    }
    for (const files of disk.last) assert.equal(files.get(path), NEW, "what was answered is kept");
  });
}

Deno.test("P1: a move or a removal that was answered survives a power cut, and none is half done", async () => {
  const moved = await cutAtEachMoment((path, folder) => moveFile(path, `${folder}/b.md`));
  for (const files of moved.disk.moments.flat()) {
    const texts = [files.get(moved.path), files.get(`${moved.folder}/b.md`)];
    assert.deepEqual(texts.filter((it) => it !== undefined), [OLD]);
  }
  for (const files of moved.disk.last) assert.equal(files.get(`${moved.folder}/b.md`), OLD);
  const removed = await cutAtEachMoment((path) => removeFile(path));
  for (const files of removed.disk.last) assert.equal(files.get(removed.path), undefined);
});

Deno.test("the disk that forgets catches a writer without fsync, and one that does not sync the folder", async () => {
  const careless = await cutAtEachMoment(async (path, folder) => {
    using file = await durable.calls.create(`${folder}/t`, 0o644);
    await durable.calls.write(file, new TextEncoder().encode(NEW));
    await durable.calls.rename(`${folder}/t`, path);
  });
  const found = careless.disk.last.map((files) => files.get(careless.path));
  assert.ok(found.includes(""), "the classic empty file");
  assert.ok(found.includes(OLD), "the answered write that is gone");
});
