/** What a reader may rely on in every file of this repository. Each fault names the file and its cure. */

import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** Past this a file has more than one duty. */
const FILE_LINES_MAX = 400;
/** Names that say nothing of what is inside, so that anything may land there. */
const EMPTY_NAMES = /^(utils?|helpers?|managers?|common|misc|services?|shared|stuff)$/;
/** The one place that names the public registry, and this file, which must spell what it looks for. */
const MAY_NAME_HOSTS = ["denow", "tests/tidy_test.ts"];

const SOURCE = /\.tsx?$/;
const MADE_BY_A_SCRIPT = /\.gen\.(ts|json)$/;
const LEFT_UNDONE = /(?:\/\/|^\s*\*|\/\*|#)\s*(?:TODO|FIXME|XXX|HACK)\b(?!\.md)/m;
const SOMEBODYS_HOME = /(?:^|[\s"'`(=:])\/(?:root|home\/[a-z]+|Users\/[A-Za-z]+)\//m;
const REGISTRY_HOST = /https?:\/\/(?:registry\.|npm\.|[a-z0-9.-]*\/npm\/)/;

/** Tracked files and new ones that git would take, as paths from the root. */
async function repositoryFiles(): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const names = new TextDecoder().decode(stdout).split("\0").filter((name) => name !== "");
  const there = await Promise.all(names.map(isFile));
  return names.filter((_, at) => there[at]).sort();
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(new URL(encodeURI(path), ROOT))).isFile;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

const textOf = (path: string): Promise<string> => Deno.readTextFile(new URL(encodeURI(path), ROOT));

/** Fails with one line for each file that `fault` finds something in. */
async function assertTidy(
  applies: (path: string) => boolean,
  fault: (text: string, path: string) => string | null,
): Promise<void> {
  const faults: string[] = [];
  for (const path of (await repositoryFiles()).filter(applies)) {
    const found = fault(await textOf(path), path);
    if (found !== null) faults.push(`${path}: ${found}`);
  }
  assert.deepEqual(faults, [], `\n${faults.join("\n")}\n`);
}

const isHandWritten = (path: string): boolean => SOURCE.test(path) && !MADE_BY_A_SCRIPT.test(path);

/** The line a match stands on, counted from 1. */
const lineOf = (text: string, at: number): number => text.slice(0, at).split("\n").length;

Deno.test("files keep to one duty: at most 400 lines", async () => {
  await assertTidy(
    (path) => isHandWritten(path) || path.endsWith(".css"),
    (text) => {
      const lines = text.split("\n").length - 1;
      return lines <= FILE_LINES_MAX
        ? null
        : `${lines} lines; split it where a second duty begins.`;
    },
  );
});

Deno.test("file names say what is inside", async () => {
  await assertTidy((path) => SOURCE.test(path), (_, path) => {
    const name = path.slice(path.lastIndexOf("/") + 1).replace(/(_test)?(\.gen)?\.tsx?$/, "");
    if (name === "test") return "Deno runs a file of this name as a test; name it for its duty.";
    const empty = path.split("/").slice(0, -1).concat(name.split(/[_.-]/)).find((word) =>
      EMPTY_NAMES.test(word)
    );
    return empty === undefined ? null : `"${empty}" says nothing; name it for its duty.`;
  });
});

Deno.test("every module begins with a comment that tells its duty", async () => {
  await assertTidy(
    (path) => isHandWritten(path) && !path.endsWith("_test.ts"),
    (text) => /^(#!.*\n)?\/\*\*/.test(text) ? null : "no header; begin with /** what it is for */.",
  );
});

Deno.test("nothing is left undone in a comment", async () => {
  await assertTidy(
    (path) => SOURCE.test(path) || path === "denow" || path.startsWith(".ci/"),
    (text) => {
      const found = LEFT_UNDONE.exec(text);
      return found === null
        ? null
        : `line ${
          lineOf(text, found.index + 1)
        }: do it now, or write an issue and take the note away.`;
    },
  );
});

Deno.test("no file names a path of one machine or the host of a registry", async () => {
  await assertTidy(
    (path) =>
      /(\.(tsx?|md|json|yml|css|sh)|denow|\.ci\/run)$/.test(path) && !MAY_NAME_HOSTS.includes(path),
    (text) => {
      const found = SOMEBODYS_HOME.exec(text) ?? REGISTRY_HOST.exec(text);
      const own = text.indexOf(ROOT.pathname.replace(/\/$/, ""));
      if (found === null && own < 0) return null;
      const line = lineOf(text, found === null ? own : found.index + 1);
      return `line ${line}: a path or host that holds on one machine only; take it out.`;
    },
  );
});

Deno.test("every document has one title", async () => {
  await assertTidy((path) => path.endsWith(".md") && !path.startsWith("tests/"), (text) => {
    const titles = text.replace(/^```[\s\S]*?^```/gm, "").match(/^# /gm)?.length ?? 0;
    return titles === 1 ? null : `${titles} lines begin with "# "; a document has one title.`;
  });
});

Deno.test("every decision is numbered in order and listed in its index", async () => {
  const index = await textOf("docs/decisions/README.md");
  const isDecision = (path: string) => /^docs\/decisions\/(?!README)/.test(path);
  const decisions = (await repositoryFiles()).filter(isDecision);
  assert.ok(decisions.length > 0);
  const numbers = decisions.map((path) => Number(path.split("/").at(-1)?.slice(0, 4)));
  assert.deepEqual(numbers, numbers.map((_, at) => at + 1), "numbers run from 0001 without a gap");
  await assertTidy(isDecision, (_, path) => {
    const name = path.split("/").at(-1) ?? "";
    return index.includes(`(${name})`)
      ? null
      : "not listed; add its line to docs/decisions/README.md.";
  });
});
