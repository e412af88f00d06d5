import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { fileDispatch, listDispatches, readDispatch, unansweredHandoff } from "./dispatches.ts";
import { durable, type DurableCalls, ensureDir, systemCalls, writeFileAtomic } from "./files.ts";
import { listReplies, takeReplies, writeReply } from "./replies.ts";
import { repoPaths, type RunPaths } from "./roots.ts";

async function inRun(then: (run: RunPaths) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const run = repoPaths(root).run("run-0001");
    await ensureDir(run.dispatchFiles);
    await then(run);
  } finally {
    durable.calls = systemCalls;
    await Deno.remove(root, { recursive: true });
  }
}

const ASK = "---\nmode: pause\ntitle: Which?\n---\nA or B?\n";

async function write(run: RunPaths, text: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(`${run.dispatchFiles}/${name}`, content);
  }
  await writeFileAtomic(run.dispatch, text);
}

const at = (key: string) => ({ key, atMs: 1000 });

Deno.test("fileDispatch() moves the message and its attachments into the history", () =>
  inRun(async (run) => {
    assert.deepEqual(await readDispatch(run), { type: "none" });
    assert.equal(await fileDispatch(run, at("t0")), null);
    await write(run, ASK, { "plan.md": "p", "a\nb 😀.txt": "q" });
    await Deno.symlink("/etc/hosts", `${run.dispatchFiles}/hosts`);
    const found = await readDispatch(run);
    assert.equal(found.type === "found" && found.dispatch.mode, "pause");
    const filed = await fileDispatch(run, at("t1"));
    assert.equal(filed?.number, 1);
    assert.equal(filed?.title, "Which?");
    assert.deepEqual(filed?.attachments, ["a_b 😀.txt", "plan.md"]);
    assert.deepEqual(filed?.refused, ["hosts was not attached: it is a link."]);
    assert.equal(await Deno.readTextFile(`${filed?.folder}/files/plan.md`), "p");
    assert.equal(await Deno.readTextFile(`${filed?.folder}/DISPATCH.md`), ASK);
    assert.deepEqual(await readDispatch(run), { type: "none" });
    assert.deepEqual(await fileDispatch(run, at("t1")), filed);
    assert.equal(await fileDispatch(run, at("t2")), null);
  }));

Deno.test("fileDispatch() leaves what came after its own message for the next", () =>
  inRun(async (run) => {
    await write(run, ASK);
    await fileDispatch(run, at("t1"));
    await write(run, "Another.");
    assert.equal((await fileDispatch(run, at("t1")))?.number, 1);
    assert.equal((await fileDispatch(run, at("t2")))?.number, 2);
    assert.deepEqual((await listDispatches(run)).map((it) => it.title), ["Which?", "Another."]);
    assert.deepEqual((await listDispatches(run, 1)).map((it) => it.number), [2]);
  }));

Deno.test("fileDispatch() leaves a broken message in place and names line and fault", () =>
  inRun(async (run) => {
    const bad: readonly (readonly [string, () => Promise<void>, RegExp])[] = [
      ["mode", () => write(run, "---\nmode: ask\n---\n"), /^DISPATCH.md:2: mode: found "ask"/],
      ["latin-1", () => writeFileAtomic(run.dispatch, new Uint8Array([0xe9])), /not UTF-8/],
      ["link", async () => {
        await Deno.remove(run.dispatch);
        await Deno.symlink("/etc/hosts", run.dispatch);
      }, /is a link/],
      ["folder", async () => {
        await Deno.remove(run.dispatch);
        await Deno.mkdir(run.dispatch);
      }, /not a regular file/],
    ];
    for (const [name, make, words] of bad) {
      await make();
      const found = await readDispatch(run);
      assert.match(found.type === "broken" ? found.message : "", words, name);
      await assert.rejects(fileDispatch(run, at(name)), CarError, name);
      assert.ok(await Deno.lstat(run.dispatch), name);
    }
    assert.deepEqual(await listDispatches(run), []);
  }));

Deno.test("fileDispatch() refuses a history that is a link", () =>
  inRun(async (run) => {
    await Deno.symlink("/", run.dispatchHistory);
    await write(run, ASK);
    await assert.rejects(fileDispatch(run, at("t")), /is a link/);
  }));

/** Stops like a killed process: the call with that number and all later ones never happen. */
function stopAt(limit: number): { readonly calls: DurableCalls; readonly count: () => number } {
  let count = 0;
  const gate = () => {
    if (count++ >= limit) throw new Error("stopped");
  };
  const calls: DurableCalls = {
    ...systemCalls,
    create: (path, mode) => (gate(), systemCalls.create(path, mode)),
    write: (file, bytes) => (gate(), systemCalls.write(file, bytes)),
    rename: (from, to) => (gate(), systemCalls.rename(from, to)),
    mkdir: (path, mode) => (gate(), systemCalls.mkdir(path, mode)),
    unlink: (path) => (gate(), systemCalls.unlink(path)),
  };
  return { calls, count: () => count };
}

/** Files a message, broken off at the call `limit`, then again. @returns How many calls there were. */
async function brokenOff(limit: number): Promise<number> {
  let calls = 0;
  await inRun(async (run) => {
    await write(run, ASK, { "a.txt": "1", "b.txt": "2" });
    const stop = stopAt(limit);
    durable.calls = stop.calls;
    await fileDispatch(run, at("t1")).catch(() => {});
    calls = stop.count();
    durable.calls = systemCalls;
    const filed = await fileDispatch(run, at("t1"));
    assert.deepEqual(filed?.attachments, ["a.txt", "b.txt"], `step ${limit}`);
    assert.equal((await listDispatches(run)).length, 1, `step ${limit}`);
    assert.equal(await Deno.readTextFile(`${filed?.folder}/files/b.txt`), "2");
    await write(run, "Next.");
    assert.equal((await fileDispatch(run, at("t2")))?.number, 2, `step ${limit}`);
  });
  return calls;
}

Deno.test("fileDispatch() loses and doubles nothing wherever it is broken off", async () => {
  const steps = await brokenOff(Infinity);
  assert.ok(steps > 6);
  for (let limit = 0; limit < steps; limit++) await brokenOff(limit);
});

Deno.test("writeReply() answers the handoff, once for each key", () =>
  inRun(async (run) => {
    await write(run, ASK);
    await fileDispatch(run, at("t1"));
    assert.equal((await unansweredHandoff(run))?.number, 1);
    const bytes = new TextEncoder().encode("x");
    const reply = {
      text: "Take A.",
      attachments: [{ name: "../x", bytes }, { name: "a\nb", bytes }],
      answers: null,
      atMs: 5,
      key: "k",
    };
    assert.equal(await writeReply(run, reply), 1);
    assert.equal(await writeReply(run, reply), 1);
    assert.equal(await unansweredHandoff(run), null);
    const [first] = await takeReplies(run, 0, 6);
    assert.equal(first?.text, "Take A.");
    assert.equal(first?.answers, 1);
    assert.deepEqual(first?.attachments, ["_x", "a_b"]);
    assert.deepEqual(await takeReplies(run, 1, 6), []);
  }));

Deno.test("writeReply() refuses what nobody could read", () =>
  inRun(async (run) => {
    const given = { answers: null, atMs: 0, key: "k" };
    const large = { name: "big", bytes: new Uint8Array(20 * 1024 * 1024 + 1) };
    await assert.rejects(writeReply(run, { ...given, text: " \n" }), /empty/);
    await assert.rejects(writeReply(run, { ...given, text: "x".repeat(1_048_577) }), /1.0 MiB/);
    await assert.rejects(writeReply(run, { ...given, text: "x", attachments: [large] }), /big has/);
    assert.deepEqual(await listReplies(run), []);
  }));

Deno.test("writeReply() gives each of many writers a number of its own", () =>
  inRun(async (run) => {
    const numbers = await Promise.all(
      Array.from(
        { length: 12 },
        (_, i) => writeReply(run, { text: `r${i}`, answers: null, atMs: 0, key: `k${i}` }),
      ),
    );
    assert.deepEqual(numbers.sort((a, b) => a - b), Array.from({ length: 12 }, (_, i) => i + 1));
    const texts = (await listReplies(run)).map((it) => it.text).sort();
    assert.deepEqual(texts, Array.from({ length: 12 }, (_, i) => `r${i}`).sort());
  }));

Deno.test("takeReplies() files USER_REPLY.md and its attachments", () =>
  inRun(async (run) => {
    assert.deepEqual(await takeReplies(run, 0, 1), []);
    await write(run, ASK);
    await fileDispatch(run, at("t1"));
    await ensureDir(run.replyFiles);
    await writeFileAtomic(`${run.replyFiles}/shot.png`, "p");
    await writeFileAtomic(run.reply, "Take B.\n");
    const [reply] = await takeReplies(run, 0, 7);
    assert.deepEqual([reply?.text, reply?.answers, reply?.attachments], ["Take B.", 1, [
      "shot.png",
    ]]);
    assert.deepEqual((await takeReplies(run, 0, 8)).length, 1);
    assert.deepEqual(await takeReplies(run, 1, 8), []);
  }));

Deno.test("takeReplies() leaves a USER_REPLY.md it cannot read in place", () =>
  inRun(async (run) => {
    await writeFileAtomic(run.reply, new Uint8Array([0xff, 0xfe]));
    await assert.rejects(takeReplies(run, 0, 1), /not UTF-8/);
    assert.ok(await Deno.lstat(run.reply));
  }));
