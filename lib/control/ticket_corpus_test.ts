/** Files nobody should write, and damaged copies of good ones: each is an answer, never an outage. */

import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { agreesWithParser } from "../../tests/support/plain_yaml.ts";
import { CarError } from "../base/errors.ts";
import { entryOf, parseFrontmatter, splitFrontmatter } from "./frontmatter.ts";
import { setKey } from "./frontmatter_edit.ts";
import { repoPaths } from "./roots.ts";
import { fixTicket } from "./ticket_fix.ts";
import { knownAgents, lintTicket } from "./ticket_lint.ts";
import { readQueue } from "./tickets.ts";
import { rounds } from "../../tests/support/rounds.ts";

const AGENTS = knownAgents(["codex"]);
const HEAD = "agent: codex\ndone: false\n";
const good = (more = "", body = "Body.\n") => `---\n${HEAD}${more}---\n${body}`;
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(
    parts.flatMap((it) => typeof it === "string" ? [...new TextEncoder().encode(it)] : it),
  );
const bomb = [
  "a: &a [x, x, x, x]",
  ..."bcdefg".split("").map((it, at) => {
    const before = "abcdefg"[at];
    return `${it}: &${it} [*${before}, *${before}, *${before}, *${before}]`;
  }),
].join("\n") + "\n";

/** What the file holds, the expected codes ("" for none), and the line of the first. */
const CORPUS: Readonly<Record<string, readonly [string | Uint8Array, string, number?]>> = {
  "empty": ["", "frontmatter_missing", 1],
  "only a BOM": ["\uFEFF", "frontmatter_missing", 1],
  "BOM": ["\uFEFF" + good(), ""],
  "CRLF": [good("title: x\n").replaceAll("\n", "\r\n"), ""],
  "mixed line ends": [`---\r\nagent: codex\ndone: false\r\n---\nBody`, ""],
  "only carriage returns": [good().replaceAll("\n", "\r"), "frontmatter_missing", 1],
  "no final newline": [`---\n${HEAD}---`, ""],
  "blank line before the fence": ["\n" + good(), "frontmatter_missing", 1],
  "open fence": [`---\n${HEAD}Body\n`, "frontmatter_open", 1],
  "closed by dots": [`---\n${HEAD}...\nBody`, ""],
  "dash lines in a block scalar": [good("goal: |\n  ---\n  ...\n"), ""],
  "dash line that is no fence": [good("title: x\n", "---\n----\n"), ""],
  "no keys": ["---\n---\n", "done_missing agent_missing", 1],
  "duplicate keys": [good("done: true\n"), "yaml_duplicate_key", 4],
  "tabs as indent": [good("limits:\n\tturns: 1\n"), "yaml_syntax", 5],
  "tab behind a colon": [good("title:\tx\n"), ""],
  "anchor": [good("title: &a x\n"), "needs_quotes", 4],
  "alias to nothing": [good("x: *a\n"), "yaml_alias", 4],
  "cyclic alias": [good("x: &a [*a]\n"), "yaml_alias", 4],
  "alias bomb": [
    good(bomb),
    "yaml_alias yaml_alias yaml_alias yaml_alias yaml_alias yaml_alias yaml_alias",
    4,
  ],
  "merge key": [good("x: {<<: {a: 1}}\n"), ""],
  "deep flow": [good("x: " + "[".repeat(20_000) + "\n"), "frontmatter_too_deep", 4],
  "deep closed flow": [
    good("x: " + "[".repeat(9_000) + "]".repeat(9_000) + "\n"),
    "frontmatter_too_deep",
    4,
  ],
  "deep block": [
    good(Array.from({ length: 60 }, (_, n) => " ".repeat(n) + "x:\n").join("")),
    "frontmatter_too_deep",
  ],
  "100,000 keys": [
    good(Array.from({ length: 100_000 }, (_, n) => `k${n}: 1\n`).join("")),
    "frontmatter_too_long",
    1,
  ],
  "as many keys as fit": [good(Array.from({ length: 3_500 }, (_, n) => `k${n}: 1\n`).join("")), ""],
  "newlines only": ["\n".repeat(100_000), "frontmatter_missing", 1],
  "newlines in the frontmatter": [good("\n".repeat(30_000)), ""],
  "scalar of 500 kB": [good(`title: ${"x".repeat(500_000)}\n`), "frontmatter_too_long", 1],
  "file of 5 MB": [good("", "x".repeat(5_000_000)), "too_large", 1],
  "file of 1 MiB": [good("", "x".repeat(1024 * 1024 - good("", "").length)), ""],
  "done: no": ["---\nagent: codex\ndone: no\n---\n", "done_not_boolean", 3],
  'done: "true"': ['---\nagent: codex\ndone: "true"\n---\n', "done_not_boolean", 3],
  "done: 1": ["---\nagent: codex\ndone: 1\n---\n", "done_not_boolean", 3],
  "done: True": ["---\nagent: codex\ndone: True\n---\n", ""],
  "done: null": ["---\nagent: codex\ndone: null\n---\n", "done_unclear", 3],
  "done: !!bool yes": ["---\nagent: codex\ndone: !!bool yes\n---\n", "yaml_syntax", 3],
  "__proto__": [good("__proto__: {agent: evil}\nconstructor: 1\ntoString: 2\n"), ""],
  "unknown tag": [good("x: !python/object:os.system y\n"), "yaml_syntax", 4],
  "NUL in the frontmatter": [good("title: a\0b\n"), "frontmatter_control", 4],
  "NUL in the body": [good("", "a\0b"), ""],
  "bad UTF-8 in the frontmatter": [
    bytes("---\n", HEAD, "title: ", [0xff], "\n---\n"),
    "not_utf8",
    1,
  ],
  "bad UTF-8 in the body": [bytes(good(), [0xe2, 0x82]), "not_utf8", 1],
  "UTF-16": [
    Uint8Array.from([...good()].flatMap((it) => [it.charCodeAt(0), 0])),
    "frontmatter_missing",
    1,
  ],
  "two documents": [`---\n${HEAD}--- x\n---\n`, "yaml_syntax"],
  "directive": [`---\n%YAML 1.1\n${HEAD}---\n`, "yaml_syntax"],
  "all in braces": ["---\n{agent: codex, done: false}\n---\n", ""],
  "JSON": ['---\n{"agent": "codex", "done": false}\n---\n', ""],
  "a list": ["---\n- agent: codex\n---\n", "frontmatter_not_keys", 2],
  "list as a key": [good("? [a]\n: 1\n"), "yaml_syntax", 4],
  "unclosed quote": [good('title: "x\nmodel: y\n'), "yaml_syntax", 4],
  "unclosed bracket": [good("touches: [x\nmodel: y\n"), "yaml_syntax", 5],
  "binary": [crypto.getRandomValues(new Uint8Array(4_096)).fill(0xff, 0, 1), "not_utf8", 1],
};

Deno.test("a ticket folder of odd files is read, named file by file, and left as it is", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const paths = repoPaths(root);
    await Deno.mkdir(paths.tickets, { recursive: true });
    const rows = Object.entries(CORPUS).map(([what, [content, codes, line]], index) => ({
      what,
      name: `TICKET-${String(index + 1).padStart(3, "0")}.md`,
      content: typeof content === "string" ? new TextEncoder().encode(content) : content,
      codes,
      line,
    }));
    for (const { name, content } of rows) await Deno.writeFile(`${paths.tickets}/${name}`, content);
    const queue = await readQueue(paths, { agents: AGENTS });
    for (const { what, name, content, codes, line } of rows) {
      const found = queue.problems.filter(({ file }) => file === name);
      assert.equal(found.map(({ code }) => code).join(" "), codes, `${what}: ${found[0]?.message}`);
      if (line !== undefined) assert.equal(found[0]?.line, line, what);
      assert.ok(await Deno.readFile(`${paths.tickets}/${name}`).then((now) => same(now, content)));
      const listed = queue.tickets.some((ticket) => ticket.name === name);
      assert.equal(listed, codes === "", what);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

const TEMPLATES = [
  good("title: Plain\n"),
  "\uFEFF" + good('title: "Quoted" # remark\nverify:\n  - deno test\n').replaceAll("\n", "\r\n"),
  good("goal: |\n  one\n  ---\n  two\n\n# a comment\nlimits: {turns: 3}\n"),
  good("depends_on: [1, 2]\ncontext:\n  - path: a.md\n    required: true # yes\n"),
  "---\n# first\n\nagent:   codex\ntitle: 'it''s'\ndone:   false   # last\n...\nNo newline at the end",
];
const BITS = [
  "\n",
  "\r\n",
  " ",
  "\t",
  ":",
  ": ",
  " #",
  "-",
  "---\n",
  "...\n",
  "'",
  '"',
  "[",
  "]",
  "{",
  "}",
  "&a ",
  "*a",
  "!x ",
  "|",
  ">",
  "\0",
  "\uFEFF",
  "ä",
  "🙂",
  "\u2028",
  "done: true\n",
  "agent: codex\n",
  "? ",
  "%",
  "@",
  "`",
  ",",
  "\\",
  "  ",
  "x",
];

/** One to four small damages. */
function mutated(random: () => number, text: string): string {
  let result = text;
  const times = 1 + Math.floor(random() * 4);
  for (let time = 0; time < times; time++) {
    const at = Math.floor(random() * result.length);
    const cut = random() < 0.5 ? 0 : Math.floor(random() * 8);
    const put = random() < 0.2 ? "" : pick(random, BITS);
    result = result.slice(0, at) + put + result.slice(at + cut);
  }
  return result;
}

Deno.test("the short way through frontmatter agrees with the parser on odd and damaged files", () => {
  const seed = 21_11_2026;
  const random = randoms(seed);
  const odd = Object.values(CORPUS).flatMap(([it]) => typeof it === "string" ? [it] : []);
  const damaged = Array.from(
    { length: rounds(5_000) },
    () => mutated(random, pick(random, TEMPLATES)),
  );
  let short = 0;
  for (const [at, text] of [...odd, ...damaged].entries()) {
    const split = splitFrontmatter(text);
    if (split.type !== "found") continue;
    if (agreesWithParser(text.slice(split.start, split.end), `seed ${seed}, file ${at}`)) short++;
  }
  assert.ok(short > rounds(500), `only ${short} were read the short way`);
});

const othersOf = (text: string, key: string) =>
  parseFrontmatter(text).entries.filter((entry) => entry.key !== key)
    .map(({ key: name, value }) =>
      JSON.stringify([name, value], (part, it) => part === "line" ? 0 : it)
    );

Deno.test("damaged tickets: no throw, and setting one key changes that key alone", () => {
  const seed = 5_2_2026;
  const random = randoms(seed);
  const count = rounds(2_000);
  let set = 0;
  for (let round = 0; round < count; round++) {
    const text = mutated(random, pick(random, TEMPLATES));
    const where = `seed ${seed} round ${round}: ${JSON.stringify(text)}`;
    lintTicket("TICKET-001.md", text, AGENTS);
    fixTicket("TICKET-001.md", text);
    const key = pick(random, ["done", "title", "ticket_id", "depends_on", "limits"]);
    const value = pick(random, [true, "a: b", "plain", 7]);
    let after: string;
    try {
      after = setKey(text, key, value);
    } catch (thrown) {
      assert.ok(thrown instanceof CarError && thrown.code === "invalid", where);
      continue;
    }
    set += 1;
    const node = entryOf(parseFrontmatter(after), key)?.value;
    assert.ok(node?.kind === "scalar" && node.value === value, where);
    assert.deepEqual(othersOf(after, key), othersOf(text, key), where);
    assert.ok(isOneSplice(text, after, key), where);
  }
  assert.ok(set > count / 4, `only ${set} of ${count} could be changed`);
});

/** Whether what was taken out of the text is the old value of the key and nothing else. */
function isOneSplice(before: string, after: string, key: string): boolean {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const gone = before.slice(head, before.length - tail);
  const old = entryOf(parseFrontmatter(before), key);
  if (old === undefined) return gone === "";
  const lines = before.slice(0, head).split("\n").length;
  return lines >= old.line &&
    !othersOf(`---\n${gone}\n---\n`, key).some((it) =>
      /^\["[a-z_]+",/.test(it) && old.value.kind === "scalar"
    );
}
