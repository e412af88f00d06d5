/** The real agents on a draft, with a scripted model. */

import assert from "node:assert/strict";
import { mayRunAgent, requireAgent } from "../support/agents.ts";
import { writeCodexHome } from "../support/codex_home.ts";
import { asked, openFileChatBench } from "../support/file_chat_bench.ts";
import { oneTurn, scriptBlock, type ScriptReply } from "../support/model_script.ts";
import { startModelServer } from "../support/model_server.ts";
import { writeOpenCodeHome } from "../support/opencode_home.ts";

const patch = (...lines: readonly string[]): ScriptReply => ({
  items: [{
    patch: ["*** Begin Patch", "*** Update File: notes.md", "@@", ...lines, "*** End Patch", ""]
      .join("\n"),
  }],
});

Deno.test({
  name: "Codex changes the copy, knows what was said, and leaves the file alone",
  ignore: !mayRunAgent("codex"),
}, async () => {
  const home = await Deno.makeTempDir({ prefix: "car-codex-home-" });
  const model = startModelServer();
  await writeCodexHome(home, model.baseUrl);
  try {
    await using bench = await openFileChatBench([
      "runner:",
      "  default_agent: codex",
      "agents:",
      "  codex:",
      `    command: ["${requireAgent("codex")}"]`,
      "app_server:",
      `  home: ${home}`,
      "",
    ].join("\n"));
    await bench.write("notes.md", "one\ntwo\n");
    const script = oneTurn(
      patch("-one", "+ONE", " two"),
      { items: [{ say: "One is louder now." }] },
      patch(" ONE", " two", "+three"),
      { items: [{ say: "Three is there." }] },
    );
    const first = await asked(bench, {
      target: { file: "notes.md" },
      message: `Make it louder.\n${scriptBlock(script)}`,
    });
    assert.deepEqual([first.state, first.error], ["ready", null], JSON.stringify(first));
    assert.equal(first.draft.text, "ONE\ntwo\n");
    assert.equal(first.messages.at(-1)?.text, "One is louder now.");
    const second = await asked(bench, { draft: first.id, message: "And go on." });
    assert.deepEqual([second.state, second.draft.text], ["ready", "ONE\ntwo\nthree\n"]);
    assert.equal(second.messages.at(-1)?.text, "Three is there.");
    // On a machine without a sandbox Codex cannot be kept to the copy, and a person is told so.
    assert.match(second.note ?? "", /^$|could not be kept to the copy/);
    assert.equal(await bench.read("notes.md"), "one\ntwo\n");
    const done = await bench.chats.apply(bench.desk, first.id, { by: "web:anna" });
    assert.equal(done.type, "applied");
    assert.equal(await bench.read("notes.md"), "ONE\ntwo\nthree\n");
    assert.deepEqual(model.problems, []);
  } finally {
    await model.close();
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test({
  name: "OpenCode changes the copy and reads the repo, and runs no command unasked",
  ignore: !mayRunAgent("opencode"),
}, async () => {
  const model = startModelServer();
  try {
    await using bench = await openFileChatBench([
      "runner:",
      "  default_agent: opencode",
      "agents:",
      "  opencode:",
      `    command: ["${requireAgent("opencode")}"]`,
      "",
    ].join("\n"));
    await writeOpenCodeHome(bench.home, model.baseUrl);
    await bench.write("notes.md", "one\ntwo\n");
    const script = oneTurn(
      { items: [{ call: "read", args: { filePath: `${bench.root}/README.md` } }] },
      { items: [{ exec: "echo three >> notes.md" }] },
      { items: [{ call: "write", args: { filePath: "notes.md", content: "ONE\ntwo\n" } }] },
      { items: [{ say: "One is louder now." }] },
    );
    const draft = await asked(bench, {
      target: { file: "notes.md" },
      message: `Make it louder.\n${scriptBlock(script)}`,
    });
    assert.deepEqual([draft.state, draft.error], ["ready", null]);
    assert.equal(draft.draft.text, "ONE\ntwo\n");
    assert.equal(await bench.read("notes.md"), "one\ntwo\n");
  } finally {
    await model.close();
  }
});
