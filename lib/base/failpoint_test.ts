import assert from "node:assert/strict";
import { FAILPOINTS } from "./failpoint.ts";

/** Passes each place once under an environment, and tells how it went. */
async function passAll(env: Readonly<Record<string, string>>): Promise<string> {
  const module = new URL("./failpoint.ts", import.meta.url).href;
  const script = `const { failpoint, FAILPOINTS } = await import(${JSON.stringify(module)});
    let at = 0;
    for (const place of Object.keys(FAILPOINTS)) {
      at++;
      try { failpoint(place); } catch (thrown) { console.log(at, thrown.code, thrown.errcode); }
    }
    console.log("through");`;
  const { stdout, signal } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    env,
  }).output();
  return new TextDecoder().decode(stdout) + (signal ?? "");
}

Deno.test("failpoint() does nothing unless a test asked for it", async () => {
  assert.equal(await passAll({}), "through\n");
  assert.equal(await passAll({ CAR_FAILPOINT: "2:kill" }), "through\n");
  assert.equal(await passAll({ CAR_TEST: "1" }), "through\n");
  assert.equal(await passAll({ CAR_TEST: "1", CAR_FAILPOINT: "2:dance" }), "through\n");
});

Deno.test("failpoint() fails or dies at the place that is named, and nowhere else", async () => {
  const on = (plan: string) => passAll({ CAR_TEST: "1", CAR_FAILPOINT: plan });
  assert.equal(await on("3:enospc"), "3 ENOSPC 13\nthrough\n");
  assert.equal(await on("1:eio"), "1 EIO 10\nthrough\n");
  assert.equal(await on("2:kill"), "SIGKILL");
});

Deno.test("failpoint() writes down the places it passes", async () => {
  const log = await Deno.makeTempFile();
  try {
    await passAll({ CAR_TEST: "1", CAR_FAILPOINT: "0:count", CAR_FAILPOINT_LOG: log });
    const names = (await Deno.readTextFile(log)).trim().split("\n");
    assert.deepEqual(names, Object.keys(FAILPOINTS));
  } finally {
    await Deno.remove(log);
  }
});
