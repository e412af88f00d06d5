/** File chats over HTTP: by draft, by target, by ticket, and as a stream. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { ticketText } from "../support/car_repo.ts";
import { CHAT_CONFIG, sh } from "../support/file_chat_bench.ts";
import { openServedRepo, type ServedRepo } from "../support/served.ts";

type Json = Readonly<Record<string, unknown>>;

interface Told {
  readonly status: number;
  readonly body: Json;
  /** Of the body: a draft, or what is asked for of an error. */
  at(...keys: readonly string[]): unknown;
}

async function openRepo(): Promise<ServedRepo> {
  const served = await openServedRepo();
  const paths = repoPaths(served.root);
  await Deno.writeTextFile(paths.config, `version: 2\nmode: repo\n${CHAT_CONFIG}`);
  await Deno.writeTextFile(`${served.root}/notes.md`, "one\n");
  await Deno.writeTextFile(
    `${paths.tickets}/TICKET-001.md`,
    ticketText({ agent: "user", title: "First" }, "Body\n"),
  );
  return served;
}

async function call(served: ServedRepo, path: string, json?: unknown): Promise<Told> {
  const response = await served.call(
    `/api${path}`,
    json === undefined ? {} : {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(json),
    },
  );
  const body = await response.json();
  const at = (...keys: readonly string[]) =>
    keys.reduce<unknown>((found, key) => Object(found)[key], body);
  return { status: response.status, body, at };
}

interface Sent {
  readonly event: string;
  readonly id: string;
  readonly data: Json;
}

/** Reads a draft's stream up to the first event that is so, which is the last one given. */
async function untilSent(
  served: ServedRepo,
  draft: unknown,
  is: (sent: Sent) => boolean,
  after?: string,
): Promise<readonly Sent[]> {
  const over = new AbortController();
  const response = await served.call(`/api/file-chat/${draft}/events`, {
    signal: over.signal,
    headers: after === undefined ? {} : { "last-event-id": after },
  });
  assert.equal(response.status, 200);
  const sent: Sent[] = [];
  let rest = "";
  const stream = response.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>();
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      if (field("data") === "") continue;
      sent.push({ event: field("event"), id: field("id"), data: JSON.parse(field("data")) });
    }
    const at = sent.findIndex(is);
    if (at < 0) continue;
    over.abort();
    return sent.slice(0, at + 1);
  }
  throw new Error(`The stream ended: ${JSON.stringify(sent)}`);
}

const rests = ({ event, data }: Sent) => event === "draft" && data["state"] !== "running";

Deno.test("a draft is asked for, followed, gone on with and applied over HTTP", async () => {
  await using served = await openRepo();
  const asked = await call(served, "/file-chat", {
    target: { file: "notes.md" },
    message: sh("echo two >> notes.md; echo said"),
  });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  const id = asked.at("id");
  assert.deepEqual([asked.at("state"), asked.at("agent")], ["running", "shell"]);
  const sent = await untilSent(served, id, rests);
  assert.equal(sent[0]?.event, "draft");
  const found = await call(served, `/file-chat/${id}`);
  assert.deepEqual([found.at("state"), found.at("added")], ["ready", 1]);
  const listed = await call(served, "/file-chat/pending?target=file:notes.md");
  assert.deepEqual((listed.at("drafts") as Json[]).map((it) => it["id"]), [id]);
  const again = await call(served, "/file-chat", { draft: id, message: "echo three >> notes.md" });
  assert.equal(again.at("id"), id);
  await untilSent(served, id, rests);
  await Deno.writeTextFile(`${served.root}/notes.md`, "other\n");
  const moved = await call(served, "/file-chat/apply", { target: "file:notes.md" });
  assert.equal(moved.status, 409);
  assert.deepEqual(
    [moved.at("error", "code"), moved.at("current", "text"), moved.at("base", "text")],
    ["conflict", "other\n", "one\n"],
  );
  assert.equal(moved.at("yours", "text"), "one\ntwo\nthree\n");
  const etag = moved.at("current", "etag");
  const text = "other\ntwo\nthree\n";
  assert.equal((await call(served, `/file-chat/${id}/apply`, { text })).status, 400);
  const done = await call(served, `/file-chat/${id}/apply`, { etag, text });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(await Deno.readTextFile(`${served.root}/notes.md`), text);
  const audit = await Deno.readTextFile(`${repoPaths(served.root).state}/audit.log`);
  assert.match(audit, new RegExp(`"note":"wrote notes\\.md from draft ${id}"`));
  assert.equal((await call(served, `/file-chat/${id}`)).status, 404);
  assert.equal((await call(served, `/file-chat/${id}/apply`, {})).status, 404);
});

Deno.test("a ticket has a chat of its own address; a long answer is interrupted and discarded", async () => {
  await using served = await openRepo();
  const asked = await call(served, "/tickets/1/chat", {
    message: sh("echo more >> TICKET-001.md; echo begun; sleep 600"),
  });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  const id = asked.at("id");
  const begun = ({ data }: Sent) => data["type"] === "output";
  const sent = await untilSent(served, id, begun);
  assert.equal((await call(served, "/tickets/1/chat", { message: "true" })).status, 409);
  // Cut off, and gone on from the first thing that was told.
  const first = sent.find(({ event }) => event === "progress");
  const rest = await untilSent(served, id, begun, first?.id);
  assert.ok(rest.every((it) => it.id !== first?.id));
  assert.equal((await call(served, "/tickets/1/chat/interrupt", {})).status, 202);
  await untilSent(served, id, rests);
  const pending = await call(served, "/tickets/TICKET-001.md/chat/pending");
  assert.deepEqual(
    [pending.at("draft", "state"), pending.at("draft", "added")],
    ["interrupted", 1],
  );
  assert.equal((await call(served, "/tickets/1/chat/discard", {})).at("discarded"), id);
  assert.equal((await call(served, "/tickets/1/chat/pending")).at("draft"), null);
  assert.equal((await call(served, "/tickets/1/chat/apply", {})).status, 404);
});

Deno.test("what cannot be a file chat is refused over HTTP", async (t) => {
  await using served = await openRepo();
  await Deno.symlink("/etc/hostname", `${served.root}/link`);
  const table: readonly [string, string, unknown, number][] = [
    ["a link out of the repo", "/file-chat", { target: { file: "link" }, message: "x" }, 400],
    ["CAR's own files", "/file-chat", {
      target: { file: ".codex-autorunner/token" },
      message: "x",
    }, 400],
    ["no such ticket", "/file-chat", { target: { ticket: 9 }, message: "x" }, 404],
    ["no such document", "/file-chat", { target: "contextspace:none", message: "x" }, 400],
    ["nothing named", "/file-chat", { message: "x" }, 400],
    ["no message", "/file-chat", { target: "file:notes.md", message: " " }, 422],
    ["no such draft", "/file-chat/fc_0000000000000000/discard", {}, 404],
    ["no draft's name", "/file-chat/x/interrupt", {}, 404],
    ["nothing to discard", "/file-chat/discard", { target: "workspace:spec" }, 404],
    ["neither id nor target", "/file-chat/interrupt", {}, 422],
  ];
  for (const [name, path, body, status] of table) {
    await t.step(name, async () => {
      const told = await call(served, path, body);
      assert.equal(told.status, status, JSON.stringify(told.body));
    });
  }
  await t.step("events of no draft", async () => {
    assert.equal((await call(served, "/file-chat/fc_0000000000000000/events")).status, 404);
  });
});
