import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { type Approvable, approvalFolder, approvalHash, Approvals } from "./approvals.ts";

const CHECK: Approvable = { kind: "check", where: "TICKET-001.md", text: "make test" };
const OTHER: Approvable = { ...CHECK, text: "make test; curl evil" };

async function withState(body: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body({ CAR_GLOBAL_STATE_ROOT: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Approvals remember commands by hash, for one repo", () =>
  withState(async (env) => {
    const approvals = new Approvals("/repo", env);
    assert.deepEqual(await approvals.missing([CHECK, OTHER]), [CHECK, OTHER]);
    await approvals.add([CHECK]);
    assert.deepEqual(await approvals.missing([CHECK, OTHER]), [OTHER]);
    assert.deepEqual(await new Approvals("/copy", env).missing([CHECK]), [CHECK]);
    await approvals.add([OTHER]);
    assert.deepEqual(await approvals.missing([CHECK, OTHER]), []);
  }));

Deno.test("Approvals of another repo count where they are named, and are not added to", () =>
  withState(async (env) => {
    await new Approvals("/repo", env).add([CHECK]);
    const worktree = new Approvals("/worktree", env, "/repo");
    assert.deepEqual(await worktree.missing([CHECK, OTHER]), [OTHER]);
    await worktree.add([OTHER]);
    assert.deepEqual(await worktree.missing([CHECK, OTHER]), []);
    assert.deepEqual(await new Approvals("/repo", env).missing([OTHER]), [OTHER]);
  }));

Deno.test("Approvals can be read by their owner alone", () =>
  withState(async (env) => {
    await new Approvals("/repo", env).add([CHECK]);
    const folder = approvalFolder(env) ?? "";
    const [file] = [...Deno.readDirSync(folder)];
    assert.equal((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
    assert.equal((Deno.statSync(`${folder}/${file?.name}`).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("Approvals say what is wrong with a damaged file, and approve nothing of it", () =>
  withState(async (env) => {
    const approvals = new Approvals("/repo", env);
    await approvals.add([CHECK]);
    const folder = approvalFolder(env) ?? "";
    const [file] = [...Deno.readDirSync(folder)];
    for (const text of ["", "{", "[]", '{"approved": [1]}']) {
      await Deno.writeTextFile(`${folder}/${file?.name}`, text);
      await assert.rejects(approvals.missing([CHECK]), (thrown) => {
        assert(thrown instanceof CarError && thrown.code === "invalid");
        return true;
      });
    }
  }));

Deno.test("Approvals without a home approve nothing, and cannot be added to", async () => {
  const approvals = new Approvals("/repo", {});
  assert.deepEqual(await approvals.missing([CHECK]), [CHECK]);
  await assert.rejects(approvals.add([CHECK]), /no place to keep approvals/);
});

Deno.test("approvalHash() tells a check from an agent of the same words", () => {
  assert.notEqual(approvalHash(CHECK), approvalHash({ ...CHECK, kind: "agent" }));
  assert.equal(approvalHash(CHECK), approvalHash({ ...CHECK, where: "gate.verify" } as Approvable));
});
