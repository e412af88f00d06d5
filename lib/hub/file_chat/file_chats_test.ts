import assert from "node:assert/strict";
import {
  asked,
  openFileChatBench,
  sh,
  ticketAt,
  untilTold,
} from "../../../tests/support/file_chat_bench.ts";
import { ticketText } from "../../../tests/support/car_repo.ts";
import { etagOf } from "../../control/etag.ts";
import { exists } from "../../control/files.ts";
import { acquireLock } from "../../control/lock.ts";
import { holderOf } from "../holder.ts";
import { systemClock } from "../../base/clock.ts";
import { DRAFTS_MAX } from "./drafts.ts";

const NOTE = "notes.md";
const TICKET = ticketAt("TICKET-001.md");
const BY = { by: "web:anna" };

Deno.test("ask() has the copy changed and the file not; follow-ups go on; apply() writes it", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\ntwo\n");
  const first = await asked(bench, {
    target: { file: NOTE },
    message: sh("echo three >> notes.md"),
  });
  assert.equal(first.state, "ready", JSON.stringify(first));
  assert.equal(first.draft.text, "one\ntwo\nthree\n");
  assert.deepEqual([first.added, first.removed, first.stale], [1, 0, false]);
  assert.match(
    first.diff,
    /^--- a\/notes\.md\n\+\+\+ b\/notes\.md\n@@ -1,2 \+1,3 @@\n one\n two\n\+three\n$/m,
  );
  assert.equal(await bench.read(NOTE), "one\ntwo\n");
  const second = await asked(bench, {
    target: { file: `./${NOTE}` },
    message: 'sed -i s/one/ONE/ "$CAR_FILE"',
  });
  assert.equal(second.id, first.id);
  assert.equal(second.draft.text, "ONE\ntwo\nthree\n");
  assert.deepEqual(second.messages.map(({ role }) => role), ["person", "agent", "person", "agent"]);
  assert.equal(second.messages[1]?.text, "1 block ran without a failure.");
  const rows = await chats.pending(desk);
  assert.deepEqual(rows.map(({ id, state, added, removed }) => [id, state, added, removed]), [
    [first.id, "ready", 2, 1],
  ]);
  const done = await chats.apply(desk, first.id, BY);
  assert.deepEqual(done, { type: "applied", path: NOTE, etag: etagOf("ONE\ntwo\nthree\n") });
  assert.equal(await bench.read(NOTE), "ONE\ntwo\nthree\n");
  assert.deepEqual(await chats.pending(desk), []);
  await assert.rejects(chats.get(desk, first.id), { code: "not_found" });
  assert.deepEqual([...Deno.readDirSync(`${desk.paths.state}/file_chats`)], []);
});

Deno.test("ask() answers while a run has the repo, and leaves an unchanged draft idle", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\n");
  const taken = await acquireLock(desk.paths.lock, holderOf("car run", systemClock));
  assert.ok(taken.type === "held");
  try {
    const told = await asked(bench, { target: { file: NOTE }, message: "grep -c one notes.md" });
    assert.deepEqual([told.state, told.diff, told.error], ["idle", "", null]);
    await assert.rejects(chats.apply(desk, told.id, BY), { code: "conflict" });
    // Nothing of the person's is in it, so it follows the file.
    await bench.write(NOTE, "two\n");
    assert.ok((await chats.get(desk, told.id)).stale);
    const after = await asked(bench, { draft: told.id, message: "echo 3 >> notes.md" });
    assert.deepEqual([after.base.text, after.draft.text], ["two\n", "two\n3\n"]);
  } finally {
    taken.lock.release();
  }
});

Deno.test("apply() writes nothing when the file has moved on, unless told over which text", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\n");
  const { id } = await asked(bench, { target: { file: NOTE }, message: "echo two >> notes.md" });
  await bench.write(NOTE, "other\n");
  const moved = await chats.apply(desk, id, BY);
  assert.ok(moved.type === "moved");
  assert.deepEqual(
    [moved.current?.text, moved.base.text, moved.draft.text],
    ["other\n", "one\n", "one\ntwo\n"],
  );
  assert.equal(await bench.read(NOTE), "other\n");
  assert.ok((await chats.pending(desk))[0]?.stale);
  const late = await chats.apply(desk, id, { ...BY, etag: etagOf("a third\n") });
  assert.equal(late.type, "moved");
  await Deno.remove(`${bench.root}/${NOTE}`);
  const gone = await chats.apply(desk, id, BY);
  assert.ok(gone.type === "moved" && gone.current === null);
  assert.match((await chats.get(desk, id)).missing ?? "", /no file notes\.md/);
  assert.equal(await chats.find(desk, { file: NOTE }), id);
  await bench.write(NOTE, "other\n");
  const done = await chats.apply(desk, id, { ...BY, etag: etagOf("other\n") });
  assert.equal(done.type, "applied");
  assert.equal(await bench.read(NOTE), "one\ntwo\n");
});

Deno.test("discard() takes the draft away, also while its answer is given", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\n");
  const { id } = await chats.ask(desk, {
    ...BY,
    target: { file: NOTE },
    message: sh("echo begun; exec sleep 600"),
  });
  await untilTold(bench, id, (it) => it.type === "progress" && it.progress.type === "output");
  const gone = untilTold(bench, id, (it) => it.type === "gone");
  await chats.discard(desk, id, "web:anna");
  assert.deepEqual(await gone, { type: "gone", how: "discarded" });
  assert.deepEqual(await chats.pending(desk), []);
  assert.equal(await bench.read(NOTE), "one\n");
});

Deno.test("interrupt() ends a long answer, and what the copy holds is kept", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\n");
  const { id, state } = await chats.ask(desk, {
    ...BY,
    target: { file: NOTE },
    message: sh("echo two >> notes.md; echo begun; sleep 600"),
  });
  assert.equal(state, "running");
  await untilTold(bench, id, (it) => it.type === "progress" && it.progress.type === "output");
  await assert.rejects(
    chats.ask(desk, { ...BY, draft: id, message: "true" }),
    /An answer is being given/,
  );
  await assert.rejects(chats.apply(desk, id, BY), { code: "conflict" });
  // Whoever comes later is told what has been, and can go on from where it was.
  const late = await untilTold(bench, id, (it) => it.type === "progress");
  assert.ok(late.type === "progress" && late.progress.at === 1);
  // Another process sees that it runs, and cannot touch it.
  const others = bench.others();
  assert.equal((await others.get(desk, id)).state, "running");
  await assert.rejects(others.interrupt(desk, id, "x"), /Another CAR/);
  await assert.rejects(others.discard(desk, id, "x"), { code: "conflict" });
  const settled = untilTold(bench, id, (it) => it.type === "draft" && it.draft.state !== "running");
  await chats.interrupt(desk, id, "web:anna");
  await settled;
  const after = await chats.get(desk, id);
  assert.deepEqual([after.state, after.error], ["interrupted", "Interrupted by web:anna."]);
  assert.equal(after.draft.text, "one\ntwo\n");
  await assert.rejects(chats.interrupt(desk, id, "web:anna"), /No answer/);
  assert.equal((await chats.apply(desk, id, BY)).type, "applied");
});

Deno.test("close() ends answers, and the drafts are there in the next start", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\n");
  const { id } = await chats.ask(desk, {
    ...BY,
    target: { file: NOTE },
    message: sh("echo begun; sleep 600"),
  });
  await untilTold(bench, id, (it) => it.type === "progress" && it.progress.type === "output");
  await chats.close();
  await assert.rejects(chats.ask(desk, { ...BY, draft: id, message: "true" }), /being ended/);
  const next = { chats: bench.others(), desk };
  const left = await next.chats.get(desk, id);
  assert.deepEqual([left.state, left.error], [
    "interrupted",
    "CAR was ended during the answer.",
  ]);
  const after = await asked(next, { draft: id, message: "echo two >> notes.md" });
  assert.equal(after.draft.text, "one\ntwo\n");
});

Deno.test("a ticket's draft tells what the linter has against it, and may be applied all the same", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(TICKET, ticketText({ agent: "user", title: "First" }, "Body\n"));
  const broken = await asked(bench, {
    target: { ticket: "1" },
    message: "sed -i 's/^done: false/done: perhaps/' TICKET-001.md",
  });
  assert.equal(broken.state, "ready", JSON.stringify(broken));
  assert.deepEqual(broken.problems.map(({ key, file }) => [key, file]), [[
    "done",
    "TICKET-001.md",
  ]]);
  const mended = await asked(bench, {
    target: { ticket: "TICKET-001.md" },
    message: "sed -i 's/^done: perhaps/done: true/' TICKET-001.md",
  });
  assert.equal(mended.id, broken.id);
  assert.deepEqual(mended.problems, []);
  assert.equal((await chats.apply(desk, mended.id, BY)).type, "applied");
  assert.match(await bench.read(TICKET), /^done: true$/m);
});

Deno.test("a draft that changes done is a person's word for the run that waits", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk, hub } = bench;
  const id = "tkt_0123456789abcdef";
  await bench.write(TICKET, ticketText({ ticket_id: id, agent: "user", title: "First" }, "Body\n"));
  await hub.start("alpha");
  await hub.untilRest("alpha", "paused");
  const draft = await asked(bench, {
    target: { ticket: id },
    message: "sed -i 's/^done: false/done: true/' TICKET-001.md",
  });
  assert.equal((await chats.apply(desk, draft.id, BY)).type, "applied");
  const marks = (await desk.reading()).past?.journal.events({ types: ["ticket_marked"] });
  assert.deepEqual(marks?.map(({ body }) => body), [
    { ticketId: id, done: true, by: "web:anna" },
  ]);
});

Deno.test("a ticket that was renamed meanwhile is found by its id", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  const id = "tkt_0123456789abcdef";
  await bench.write(TICKET, ticketText({ ticket_id: id, agent: "user", title: "First" }, "Body\n"));
  const draft = await asked(bench, {
    target: { ticket: "1" },
    message: "echo more >> TICKET-001.md",
  });
  assert.deepEqual(draft.target, { ticket: id });
  const moved = ticketAt("TICKET-007.md");
  await Deno.rename(`${bench.root}/${TICKET}`, `${bench.root}/${moved}`);
  assert.equal((await chats.apply(desk, draft.id, BY)).type, "applied");
  assert.match(await bench.read(moved), /more\n$/);
  assert.ok(!await exists(`${bench.root}/${TICKET}`));
});

Deno.test("a document of the contextspace can be worked on, also one that is not there yet", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await Deno.remove(desk.paths.contextspace.spec);
  const { id, path } = await asked(bench, {
    target: { workspace: "spec" },
    message: "echo '# Spec' > spec.md",
  });
  assert.equal(path, ".codex-autorunner/contextspace/spec.md");
  assert.equal((await chats.apply(desk, id, BY)).type, "applied");
  assert.equal(await Deno.readTextFile(desk.paths.contextspace.spec), "# Spec\n");
});

Deno.test("ask() refuses what cannot be worked on", async (t) => {
  await using bench = await openFileChatBench();
  const { chats, desk, root } = bench;
  await Deno.writeTextFile(`${bench.home}/secret`, "outside");
  await Deno.symlink(`${bench.home}/secret`, `${root}/link`);
  await Deno.symlink(".codex-autorunner", `${root}/state`);
  await Deno.writeFile(`${root}/large`, new Uint8Array(1024 * 1024 + 1));
  const table: readonly [string, RegExp, string][] = [
    ["link", /outside the repo/, "invalid"],
    ["../../home/secret", /outside the repo/, "invalid"],
    [`${bench.home}/secret`, /start in the repo/, "invalid"],
    [".git/config", /lies in \.git/, "invalid"],
    ["state/config.yml", /lies in \.codex-autorunner/, "invalid"],
    ["large", /allowed/, "invalid"],
    [".", /outside the repo|folder/, "invalid"],
    ["none.md", /no file/, "not_found"],
  ];
  for (const [file, message, code] of table) {
    await t.step(file, () =>
      assert.rejects(
        chats.ask(desk, { ...BY, target: { file }, message: "true" }),
        (thrown: Error & { code?: string }) => {
          assert.match(thrown.message, message);
          assert.equal(thrown.code, code);
          return true;
        },
      ));
  }
  await bench.write(NOTE, "one\n");
  const target = { file: NOTE };
  await t.step(
    "an empty message",
    () => assert.rejects(chats.ask(desk, { ...BY, target, message: " \n" }), /empty/),
  );
  await t.step(
    "an unknown agent",
    () =>
      assert.rejects(chats.ask(desk, { ...BY, target, message: "x", agent: "nobody" }), /no agent/),
  );
  await t.step(
    "neither target nor draft",
    () => assert.rejects(chats.ask(desk, { ...BY, message: "x" }), { code: "invalid" }),
  );
  await t.step(
    "a draft that is none",
    () =>
      assert.rejects(chats.ask(desk, { ...BY, draft: "../x", message: "x" }), {
        code: "not_found",
      }),
  );
  assert.deepEqual(await chats.pending(desk), []);
});

Deno.test("what an agent makes of its copy is judged before it is a draft", async (t) => {
  const table: readonly [string, string, RegExp][] = [
    ["taken away", "rm notes.md", /took its copy/],
    ["a link out", "rm notes.md; ln -s /etc/hostname notes.md", /outside the repo/],
    ["a folder", "rm notes.md; mkdir notes.md", /folder/],
    ["no text", "printf '\\377\\376' > notes.md", /UTF-8/],
    ["too long", "head -c 1100000 /dev/zero | tr '\\0' a > notes.md", /allowed/],
  ];
  for (const [name, script, error] of table) {
    await t.step(name, async () => {
      await using bench = await openFileChatBench();
      await bench.write(NOTE, "one\n");
      const draft = await asked(bench, { target: { file: NOTE }, message: sh(script) });
      assert.equal(draft.state, "failed");
      assert.match(draft.error ?? "", error);
      assert.equal(draft.draft.text, "one\n");
      const again = await asked(bench, { draft: draft.id, message: "echo two >> notes.md" });
      assert.deepEqual([again.state, again.draft.text], ["ready", "one\ntwo\n"]);
    });
  }
});

Deno.test("a byte order mark, CRLF and the mode of a file stay", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  const path = `${bench.root}/${NOTE}`;
  await Deno.writeTextFile(path, "\uFEFFone\r\n");
  await Deno.chmod(path, 0o755);
  const { id } = await asked(bench, {
    target: { file: NOTE },
    message: "printf 'two\\r\\n' >> notes.md",
  });
  assert.equal((await chats.apply(desk, id, BY)).type, "applied");
  const bytes = await Deno.readFile(path);
  assert.equal(
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    "\uFEFFone\r\ntwo\r\n",
  );
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o755);
});

Deno.test("an agent that may only read is refused, and that is told in the draft", async () => {
  await using bench = await openFileChatBench(
    "runner:\n  default_agent: shell\nagents:\n  shell:\n    posture: read-only\n",
  );
  await bench.write(NOTE, "one\n");
  const draft = await asked(bench, { target: { file: NOTE }, message: "true" });
  assert.equal(draft.state, "failed");
  assert.match(draft.error ?? "", /may only read/);
});

Deno.test("no more answers at once than chat.max_parallel, no more drafts than people can look at", async () => {
  await using bench = await openFileChatBench(
    "runner:\n  default_agent: shell\nchat:\n  max_parallel: 1\n",
  );
  const { chats, desk } = bench;
  for (let at = 0; at <= DRAFTS_MAX; at++) await bench.write(`n${at}.md`, "one\n");
  const { id } = await chats.ask(desk, {
    ...BY,
    target: { file: "n0.md" },
    message: sh("echo begun; sleep 600"),
  });
  await assert.rejects(
    chats.ask(desk, { ...BY, target: { file: "n1.md" }, message: "true" }),
    /1 answers are being given|max_parallel/,
  );
  await chats.interrupt(desk, id, "test");
  await chats.rested(id);
  for (let at = 1; at < DRAFTS_MAX; at++) {
    const draft = await chats.ask(desk, {
      ...BY,
      target: { file: `n${at}.md` },
      message: "x",
      agent: "shell",
    });
    void chats.interrupt(desk, draft.id, "test").catch(() => {});
    await chats.rested(draft.id);
  }
  await assert.rejects(
    chats.ask(desk, { ...BY, target: { file: `n${DRAFTS_MAX}.md` }, message: "true" }),
    /drafts wait/,
  );
});
