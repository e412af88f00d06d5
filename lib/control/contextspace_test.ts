import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { cutAtLine } from "./bounded_file.ts";
import {
  readContextFile,
  readContextspace,
  readRequested,
  writeContextFile,
} from "./contextspace.ts";
import { ensureDir, writeFileAtomic } from "./files.ts";
import { type RepoPaths, repoPaths } from "./roots.ts";

async function inRepo(then: (repo: RepoPaths) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await ensureDir(`${root}/.codex-autorunner/contextspace`);
    await then(repoPaths(root));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("cutAtLine() keeps whole lines and never half a character", () => {
  const cases = [
    ["a\nb\nc\n", 6, "a\nb\nc\n"],
    ["a\nb\nc\n", 5, "a\nb\n"],
    ["a\nb\nc\n", 1, "a\n"],
    ["éé\nx", 3, "é\n"],
    ["😀x", 3, ""],
    ["abc", 0, ""],
  ] as const;
  for (const [text, max, cut] of cases) assert.equal(cutAtLine(text, max), cut, `${text} ${max}`);
});

Deno.test("readContextspace() gives the three documents, each bounded and marked", () =>
  inRepo(async (repo) => {
    await writeFileAtomic(repo.contextspace.spec, "short\n");
    await writeFileAtomic(repo.contextspace.decisions, "line é\n".repeat(1000));
    const docs = await readContextspace(repo, 100);
    assert.deepEqual(docs.map((it) => it.kind), ["active_context", "decisions", "spec"]);
    assert.deepEqual([docs[0]?.text, docs[0]?.problem], ["", null]);
    assert.equal(docs[2]?.text, "short\n");
    const cut = "line é\n".repeat(12) + "[7,904 of 8,000 bytes left out; the whole text is in " +
      ".codex-autorunner/contextspace/decisions.md]\n";
    assert.equal(docs[1]?.text, cut);
    assert.equal(docs[1]?.leftOutBytes, 7904);
  }));

Deno.test("readContextspace() uses the older workspace folder when it is the one there", () =>
  inRepo(async (repo) => {
    await Deno.remove(repo.contextspace.folder);
    await ensureDir(`${repo.state}/workspace`);
    await writeFileAtomic(`${repo.state}/workspace/spec.md`, "old\n");
    assert.equal((await readContextspace(repo, 100))[2]?.text, "old\n");
    await writeContextFile(repo, "spec", "new\n", null);
    assert.equal(await Deno.readTextFile(`${repo.state}/workspace/spec.md`), "new\n");
  }));

Deno.test("readContextspace() says why a document cannot be used", () =>
  inRepo(async (repo) => {
    await writeFileAtomic(repo.contextspace.spec, new Uint8Array([0xe9, 0x0a]));
    await Deno.symlink("/etc/passwd", repo.contextspace.decisions);
    await Deno.mkdir(repo.contextspace.activeContext);
    await assert.rejects(readContextFile(repo, "decisions"), /outside the repo/);
    const problems = (await readContextspace(repo, 100)).map((it) => it.problem);
    assert.match(problems[0] ?? "", /it is a folder/);
    assert.match(problems[1] ?? "", /outside the repo/);
    assert.match(problems[2] ?? "", /not UTF-8/);
  }));

Deno.test("readRequested() stays inside the repo and says what a required file lacks", () =>
  inRepo(async (repo) => {
    await writeFileAtomic(`${repo.root}/a.txt`, "x".repeat(50));
    await Deno.symlink("a.txt", `${repo.root}/inside`);
    await Deno.symlink("/etc", `${repo.root}/out`);
    await Deno.symlink("loop", `${repo.root}/loop`);
    await new Deno.Command("mkfifo", { args: [`${repo.root}/pipe`] }).output();
    const ask = (path: string, maxBytes: number | null = null) => ({
      path,
      required: path !== "also-gone",
      maxBytes,
    });
    const { files, missing } = readRequested(repo, [
      ask("a.txt", 10),
      ask("inside"),
      ask("out/passwd"),
      ask("../../etc/passwd"),
      ask("gone"),
      ask("also-gone"),
      ask("loop"),
      ask("pipe"),
      ask("."),
    ], 1000);
    assert.equal(
      files[0]?.text,
      `${"x".repeat(10)}\n[40 of 50 bytes left out; the whole text is in a.txt]\n`,
    );
    assert.equal(files[1]?.text, "x".repeat(50));
    assert.deepEqual(files.slice(2).map((it) => it.text), Array(7).fill(""));
    assert.equal(missing.length, 6);
    assert.match(missing.join("\n"), /out\/passwd cannot be used: it lies outside the repo/);
    assert.match(missing.join("\n"), /gone does not exist/);
    assert.match(missing.join("\n"), /loop cannot be used: its links lead in a circle/);
    assert.match(missing.join("\n"), /pipe cannot be used: it is no file/);
  }));

Deno.test("writeContextFile() refuses to write over another's change", () =>
  inRepo(async (repo) => {
    const first = await readContextFile(repo, "spec");
    const etag = await writeContextFile(repo, "spec", "one\n", first.etag);
    assert.equal((await readContextFile(repo, "spec")).etag, etag);
    await assert.rejects(
      writeContextFile(repo, "spec", "two\n", first.etag),
      (thrown) => thrown instanceof CarError && thrown.code === "conflict",
    );
    assert.equal((await readContextFile(repo, "spec")).text, "one\n");
    await assert.rejects(writeContextFile(repo, "spec", "x".repeat(1_048_577), null), /1.0 MiB/);
  }));
