import assert from "node:assert/strict";
import { asked, openFileChatBench } from "../../../tests/support/file_chat_bench.ts";
import { etagOf } from "../../control/etag.ts";
import { DRAFT_BYTES_MAX } from "./draft.ts";

const NOTE = "notes.md";
const BY = { by: "web:anna" };

Deno.test("apply() writes what a person made of the draft and the newer file", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\ntwo\n");
  const { id } = await asked(bench, { target: { file: NOTE }, message: "echo three >> notes.md" });
  await bench.write(NOTE, "ONE\ntwo\n");
  const merged = "ONE\ntwo\nthree\n";
  await assert.rejects(chats.apply(desk, id, { ...BY, text: merged }), { code: "invalid" });
  const etag = etagOf("ONE\ntwo\n");
  const long = "x".repeat(DRAFT_BYTES_MAX + 1);
  await assert.rejects(chats.apply(desk, id, { ...BY, etag, text: long }), { code: "invalid" });
  await bench.write(NOTE, "ONE\ntwo!\n");
  const moved = await chats.apply(desk, id, { ...BY, etag, text: merged });
  assert.ok(moved.type === "moved");
  assert.deepEqual([moved.current?.text, moved.draft.text], ["ONE\ntwo!\n", merged]);
  const final = "ONE\ntwo!\nthree\n";
  const given = { ...BY, etag: etagOf("ONE\ntwo!\n"), text: final };
  assert.equal((await chats.apply(desk, id, given)).type, "applied");
  assert.equal(await bench.read(NOTE), final);
  assert.deepEqual(await chats.pending(desk), []);
});

Deno.test("apply() takes a merge that is what the draft began with", async () => {
  await using bench = await openFileChatBench();
  const { chats, desk } = bench;
  await bench.write(NOTE, "one\n");
  const { id } = await asked(bench, { target: { file: NOTE }, message: "echo two >> notes.md" });
  await bench.write(NOTE, "other\n");
  const given = { ...BY, etag: etagOf("other\n"), text: "one\n" };
  assert.equal((await chats.apply(desk, id, given)).type, "applied");
  assert.equal(await bench.read(NOTE), "one\n");
});
