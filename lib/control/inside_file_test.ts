import assert from "node:assert/strict";
import { readInside } from "./inside_file.ts";

Deno.test("readInside() reads whole texts of the root alone", async (t) => {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-inside-" }));
  const root = `${base}/root`;
  await Deno.mkdir(`${root}/sub`, { recursive: true });
  await Deno.writeTextFile(`${base}/secret`, "outside");
  await Deno.writeTextFile(`${root}/sub/a.md`, "\uFEFFtext\r\n");
  await Deno.writeFile(`${root}/bytes`, new Uint8Array([0xff, 0xfe, 0x80]));
  await Deno.symlink("../secret", `${root}/link_out`);
  await Deno.symlink("sub/a.md", `${root}/link_in`);
  await Deno.symlink("loop", `${root}/loop`);
  await Deno.symlink("..", `${root}/up`);
  const table: readonly [string, string | RegExp][] = [
    ["sub/a.md", "sub/a.md"],
    ["sub/../sub/a.md", "sub/a.md"],
    ["link_in", "sub/a.md"],
    ["none", "missing"],
    ["sub/a.md/none", "missing"],
    ["link_out", /outside the repo/],
    ["up/secret", /outside the repo/],
    ["../secret", /outside the repo/],
    ["sub", /folder/],
    ["loop", /circle/],
    ["bytes", /UTF-8/],
    ["", /start in the repo/],
    [`${base}/secret`, /start in the repo/],
    ["a\0b", /start in the repo/],
  ];
  for (const [path, expected] of table) {
    await t.step(JSON.stringify(path), async () => {
      const found = await readInside(root, path, 100);
      if (typeof expected !== "string") {
        assert.ok(found.type === "refused");
        assert.match(found.why, expected);
      } else if (expected === "missing") assert.equal(found.type, "missing");
      else {
        assert.ok(found.type === "text");
        assert.deepEqual([found.relative, found.text], [expected, "\uFEFFtext\r\n"]);
      }
    });
  }
  await t.step("too long", async () => {
    const found = await readInside(root, "sub/a.md", 5);
    assert.ok(found.type === "refused" && found.why.includes("allowed"));
  });
  await Deno.remove(base, { recursive: true });
});
