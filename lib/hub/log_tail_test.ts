import assert from "node:assert/strict";
import { systemClock } from "../base/clock.ts";
import { followLines, tailLines } from "./log_tail.ts";

Deno.test("tailLines() gives the last whole lines, and none of a missing file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/car.log`;
    assert.deepEqual(await tailLines(path, 5), []);
    await Deno.writeTextFile(path, "one\ntwo\nthree\n");
    assert.deepEqual(await tailLines(path, 2), ["two", "three"]);
    assert.deepEqual(await tailLines(path, 9), ["one", "two", "three"]);
    const long = Array.from({ length: 300_000 }, (_, at) => `line number ${at}`);
    await Deno.writeTextFile(path, long.join("\n") + "\n");
    assert.deepEqual(await tailLines(path, 3), long.slice(-3));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("followLines() gives whole lines as they come, also after a rotation", async () => {
  const folder = await Deno.makeTempDir();
  const over = new AbortController();
  try {
    const path = `${folder}/car.log`;
    await Deno.writeTextFile(path, "before\n");
    const seen: string[] = [];
    let told = Promise.withResolvers<void>();
    const following = followLines(path, systemClock, over.signal, (lines) => {
      seen.push(...lines);
      told.resolve();
    });
    // It begins at the end there is now: what was written before it looked is not its business.
    await systemClock.sleep(0);
    await Deno.writeTextFile(path, "half a", { append: true });
    await Deno.writeTextFile(path, " line\n", { append: true });
    await told.promise;
    assert.deepEqual(seen, ["half a line"]);
    told = Promise.withResolvers<void>();
    await Deno.writeTextFile(path, "new\n");
    await told.promise;
    assert.deepEqual(seen, ["half a line", "new"]);
    over.abort();
    await following;
  } finally {
    over.abort();
    await Deno.remove(folder, { recursive: true });
  }
});
