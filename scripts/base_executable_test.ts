import assert from "node:assert/strict";
import { CarError } from "../lib/base/errors.ts";
import { BASE_OF_DENO, faultOfBase, findCachedBase } from "./base_executable.ts";

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Deno.test("faultOfBase() accepts the pinned bytes and tells what differs", () => {
  const none = new Uint8Array();
  assert.equal(faultOfBase(none, { baseBytes: 0, sha256: EMPTY_SHA256 }), null);
  assert.match(
    faultOfBase(none, { baseBytes: 9, sha256: EMPTY_SHA256 }) ?? "",
    /0 bytes, expected 9/,
  );
  assert.match(
    faultOfBase(none, { baseBytes: 0, sha256: "00" }) ?? "",
    /sha256 is e3b0.* expected 00/,
  );
});

Deno.test({
  name: "findCachedBase() stops at a cached base that is not what it was",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      assert.equal(await findCachedBase(folder), null);
      await Deno.writeTextFile(`${folder}/denort-${BASE_OF_DENO}-linux-x86_64`, "something else");
      await assert.rejects(findCachedBase(folder), (thrown: unknown) => {
        assert.ok(thrown instanceof CarError && thrown.code === "damaged");
        return true;
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("the base executable is pinned for the Deno that denow runs", async () => {
  const denow = await Deno.readTextFile(new URL("../denow", import.meta.url));
  assert.ok(denow.includes(`\nVERSION=${BASE_OF_DENO}\n`));
});
