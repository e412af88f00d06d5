import assert from "node:assert/strict";
import { asked, CHAT_CONFIG, openFileChatBench } from "../../../tests/support/file_chat_bench.ts";
import { etagOf } from "../../control/etag.ts";
import type { EditedDoc } from "../todo_docs.ts";

const BY = { by: "web:anna" };
const OWN = ".codex-autorunner/TODO.md";
const config = (more: string) => `${CHAT_CONFIG}queue: todo\ndocs:\n${more}`;

Deno.test("a document of the older queue is worked on, in CAR's own folder too", async () => {
  await using bench = await openFileChatBench(config(`  todo: ${OWN}\n`));
  const { chats, desk } = bench;
  await bench.write(OWN, "- [ ] Greet\n");
  const target = { doc: "todo" as const };
  const draft = await asked(bench, { target, message: "echo '- [ ] Part' >> TODO.md" });
  assert.deepEqual([draft.path, draft.state, draft.target], [OWN, "ready", target]);
  assert.deepEqual((await chats.pending(desk, target)).map((it) => it.id), [draft.id]);
  await bench.write(OWN, "- [x] Greet\n");
  const moved = await chats.apply(desk, draft.id, BY);
  assert.ok(moved.type === "moved" && moved.current?.text === "- [x] Greet\n");
  const both = "- [x] Greet\n- [ ] Part\n";
  const given = { ...BY, etag: etagOf(moved.current.text), text: both };
  assert.equal((await chats.apply(desk, draft.id, given)).type, "applied");
  assert.equal(await bench.read(OWN), both);
});

Deno.test("a document that is not there yet is written by its draft, folder and all", async () => {
  await using bench = await openFileChatBench(config("  opinions: notes/OPINIONS.md\n"));
  const { chats, desk } = bench;
  const target = { doc: "opinions" as const };
  const { id } = await asked(bench, { target, message: "echo 'Be brief.' > OPINIONS.md" });
  assert.equal((await chats.apply(desk, id, BY)).type, "applied");
  assert.equal(await bench.read("notes/OPINIONS.md"), "Be brief.\n");
});

Deno.test("ask() refuses a document that there is not, or that cannot be edited", async (t) => {
  const table: readonly [string, string, EditedDoc, RegExp, string][] = [
    ["ticket files", CHAT_CONFIG, "todo", /queue of this repo is ticket files/, "conflict"],
    ["a link out of the repo", config("  spec: link.md\n"), "spec", /outside the repo/, "invalid"],
    ["a folder", config("  todo: lib\n"), "todo", /folder/, "invalid"],
    ["too long", config("  todo: long.md\n"), "todo", /long\.md has \d/, "invalid"],
  ];
  for (const [name, text, doc, message, code] of table) {
    await t.step(name, async () => {
      await using bench = await openFileChatBench(text);
      await Deno.symlink("/etc/hostname", `${bench.root}/link.md`);
      await Deno.mkdir(`${bench.root}/lib`);
      await bench.write("long.md", "x\n".repeat(600_000));
      await assert.rejects(
        bench.chats.ask(bench.desk, { ...BY, target: { doc }, message: "true" }),
        (thrown: Error & { code?: string }) => {
          assert.match(thrown.message, message);
          assert.equal(thrown.code, code);
          return true;
        },
      );
    });
  }
});
