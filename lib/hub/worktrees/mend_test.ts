import assert from "node:assert/strict";
import { withHub } from "../../../tests/support/worktree_hub.ts";

Deno.test("a worktree somebody began to work in is kept although its making was killed", () =>
  withHub(async (it) => {
    const { record } = await it.worktrees.create("base", "x");
    const file = `${it.base.worktreeRecords}/base--x.json`;
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"state": "ready"', '"state": "making"'));
    await Deno.writeTextFile(`${record.path}/new`, "precious");
    assert.match((await it.worktrees.mend()).join(), /Finished base--x/);
    assert.equal(await Deno.readTextFile(`${record.path}/new`), "precious");
    assert.equal((await it.worktrees.show("base--x")).trouble, null);
  }));

Deno.test("a setup that was cut off is told, and repeated", () =>
  withHub(async (it) => {
    await it.worktrees.create("base", "x");
    const file = `${it.base.worktreeRecords}/base--x.json`;
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"state": "ready"', '"state": "setup"'));
    assert.match((await it.worktrees.mend()).join(), /cut off/);
    assert.match((await it.worktrees.show("base--x")).trouble ?? "", /cut off.*repeats it/);
    assert.equal((await it.worktrees.create("base", "x")).record.state, "ready");
  }, { setup: ["true"] }));
