/** A CAR that dies while an agent works on a draft: the draft is there, and nothing runs on. */

import { denoDir } from "../support/deno_dir.ts";
import assert from "node:assert/strict";
import { systemClock } from "../../lib/base/clock.ts";
import { FileChats } from "../../lib/hub/file_chat/file_chats.ts";
import { asked, CHAT_CONFIG, sh } from "../support/file_chat_bench.ts";
import { hubEnvironment, makeHubFolder } from "../support/hub_folder.ts";
import { openHub } from "../support/open_hub.ts";
import { leftoversOf, untilGone } from "../support/processes.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("a draft whose CAR was killed is interrupted, keeps what the copy held, and goes on", async () => {
  await using folder = await makeHubFolder({ repos: ["alpha"], config: CHAT_CONFIG });
  const path = `${folder.repo("alpha")}/notes.md`;
  await Deno.writeTextFile(path, "one\n");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      `--config=${ROOT}deno.json`,
      `${ROOT}tests/support/file_chat_program.ts`,
      folder.root,
      "notes.md",
      sh("echo two >> notes.md; echo begun; sleep 600"),
    ],
    clearEnv: true,
    env: { ...hubEnvironment(folder.home), DENO_DIR: denoDir() },
    stdout: "piped",
    stderr: "inherit",
    stdin: "null",
  }).spawn();
  const id = await firstLine(child.stdout);
  child.kill("SIGKILL");
  await child.status;
  await using hub = await openHub(folder);
  const desk = hub.desk("alpha");
  const chats = new FileChats({
    clock: systemClock,
    environment: hubEnvironment(folder.home),
    safe: false,
  });
  const [row] = await chats.pending(desk);
  assert.deepEqual([row?.id, row?.state, row?.added], [id, "interrupted", 1]);
  assert.equal(row?.error, "CAR was ended during the answer.");
  const work = `${desk.paths.state}/file_chats/${id}/work`;
  await untilGone(() => leftoversOf(work));
  assert.equal(await Deno.readTextFile(path), "one\n");
  const after = await asked({ chats, desk }, { draft: id, message: "echo three >> notes.md" });
  assert.deepEqual([after.state, after.draft.text], ["ready", "one\ntwo\nthree\n"]);
  assert.equal((await chats.apply(desk, id, { by: "web:anna" })).type, "applied");
  assert.equal(await Deno.readTextFile(path), "one\ntwo\nthree\n");
  await chats.close();
});

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}
