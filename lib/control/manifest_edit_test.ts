import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { CarError } from "../base/errors.ts";
import type { ManifestEdit, ManifestRepo, NewRepo, RepoChanges } from "./manifest.ts";
import { decodeManifest } from "./manifest_decode.ts";
import { editManifestText, MANIFEST_TEMPLATE } from "./manifest_edit.ts";
import { rounds } from "../../tests/support/rounds.ts";

const HUB = "/hub";
const edit = (text: string, ...edits: ManifestEdit[]) => editManifestText(text, HUB, edits);
const add = (id: string): ManifestEdit => ({ type: "add", repo: { id, path: id } });
const set = (id: string, changes: RepoChanges): ManifestEdit => ({ type: "set", id, changes });
const remove = (id: string): ManifestEdit => ({ type: "remove", id });

const TWO =
  "version: 1\nrepos:\n  # first\n  - id: a # A\n    path: a\n\n  - id: b\n    path: b\n" +
  "    enabled: false   # off\n# end\n";

const CASES: readonly (readonly [string, string, ManifestEdit, string])[] = [
  ["empty file", "", add("x"), "repos:\n  - id: x\n    path: x\n"],
  ["only remarks", "# hi", add("x"), "# hi\nrepos:\n  - id: x\n    path: x\n"],
  [
    "template",
    "version: 3\nrepos: []\n",
    add("x"),
    "version: 3\nrepos:\n  - id: x\n    path: x\n",
  ],
  [
    "remark behind the empty list",
    "repos: [] # none yet\nx: 1\n",
    add("x"),
    "repos: # none yet\n  - id: x\n    path: x\nx: 1\n",
  ],
  ["no list", "version: 1", add("x"), "version: 1\nrepos:\n  - id: x\n    path: x\n"],
  ["null list", "repos:\nx: 1\n", add("x"), "repos:\n  - id: x\n    path: x\nx: 1\n"],
  ["CRLF", "repos:\r\n- path: a\r\n", add("x"), "repos:\r\n- path: a\r\n- id: x\r\n  path: x\r\n"],
  [
    "own indent",
    "repos:\n    -   id: a\n        path: a\nx: 1\n",
    add("x"),
    "repos:\n    -   id: a\n        path: a\n    -   id: x\n        path: x\nx: 1\n",
  ],
  [
    "dash alone",
    "repos:\n-\n  id: a\n  path: a\n",
    add("x"),
    "repos:\n-\n  id: a\n  path: a\n- id: x\n  path: x\n",
  ],
  [
    "braces in a list",
    "repos:\n- {id: a, path: a} # A",
    add("x"),
    "repos:\n- {id: a, path: a} # A\n- id: x\n  path: x\n",
  ],
  [
    "all in brackets",
    "repos: [{id: a, path: a}, ] # A\n",
    add("x"),
    'repos: [{id: a, path: a}, {"id":"x","path":"x"}, ] # A\n',
  ],
  [
    "all in braces",
    "{version: 1, repos: []}\n",
    add("x"),
    '{version: 1, repos: [{"id":"x","path":"x"}]}\n',
  ],
  ["behind the last", TWO, add("x"), TWO.replace("# end", "  - id: x\n    path: x\n# end")],
  ["set", TWO, set("b", { enabled: true }), TWO.replace("false", "true")],
  [
    "set a new key",
    TWO,
    set("a", { autoRun: true }),
    TWO.replace("path: a\n", "path: a\n    auto_run: true\n"),
  ],
  [
    "set behind the end without a line end",
    "repos:\n- path: a",
    set("a", { branch: "x: y" }),
    'repos:\n- path: a\n  branch: "x: y"\n',
  ],
  [
    "set in braces",
    "repos:\n- {path: a}\n",
    set("a", { setup: ["a, b", "c"] }),
    'repos:\n- {path: a, setup: ["a, b", c]}\n',
  ],
  [
    "set by the spelling there is",
    "repos:\n- path: a\n  displayName: x # y\n",
    set("a", { displayName: "The A" }),
    "repos:\n- path: a\n  displayName: The A # y\n",
  ],
  [
    "set a list over lines",
    "repos:\n- path: a\n  setup:\n    - x\n    - y\n  kind: base\n",
    set("a", { setup: ["z"] }),
    "repos:\n- path: a\n  setup: [z]\n  kind: base\n",
  ],
  [
    "set a destination",
    "repos:\n- path: a\n",
    set("a", { destination: { kind: "container", image: "x" } }),
    'repos:\n- path: a\n  destination: {"kind":"container","image":"x"}\n',
  ],
  [
    "take a key away",
    TWO,
    set("b", { enabled: true, branch: null }),
    TWO.replace("false", "true"),
  ],
  [
    "take a key with a list away",
    "repos:\n- path: a\n  setup:\n  - x\n  - y\n  kind: base\n",
    set("a", { setup: null }),
    "repos:\n- path: a\n  kind: base\n",
  ],
  [
    "take the first key away",
    "repos:\n- branch: x\n  path: a\n",
    set("a", { branch: null }),
    "repos:\n- branch: null\n  path: a\n",
  ],
  [
    "remove",
    TWO,
    remove("b"),
    "version: 1\nrepos:\n  # first\n  - id: a # A\n    path: a\n\n# end\n",
  ],
  ["remove the first", TWO, remove("a"), TWO.replace("  - id: a # A\n    path: a\n", "")],
  ["remove the only one", "repos: # x\n- path: a\nx: 1\n", remove("a"), "repos: [] # x\nx: 1\n"],
  [
    "remove in brackets",
    "repos: [{path: a}, {path: b}, {path: c}]\n",
    remove("b"),
    "repos: [{path: a}, {path: c}]\n",
  ],
  [
    "remove the last in brackets",
    "repos: [{path: a}, {path: b} ]\n",
    remove("b"),
    "repos: [{path: a} ]\n",
  ],
];

Deno.test("editManifestText() changes one place and no other byte", () => {
  for (const [name, before, change, after] of CASES) {
    let found: string;
    try {
      found = edit(before, change);
    } catch (thrown) {
      found = String(thrown);
    }
    assert.equal(found, after, name);
  }
});

Deno.test("editManifestText() adds many entries at once", () => {
  const ids = Array.from({ length: 100 }, (_, index) => `r${index}`);
  const text = edit(MANIFEST_TEMPLATE, ...ids.map(add));
  assert.ok(text.startsWith(MANIFEST_TEMPLATE.replace(" []\n", "\n")));
  assert.deepEqual(decodeManifest(text, "", HUB).repos.map((repo) => repo.id), ids);
});

Deno.test("editManifestText() refuses what it cannot do, and says why", () => {
  const cases: readonly (readonly [string, ManifestEdit, string, RegExp])[] = [
    ["repos: [", add("x"), "invalid", /Flow sequence/],
    ["repos: 7", add("x"), "invalid", /A list of repos/],
    [TWO, add("a"), "invalid", /repos\[2\].id: "a" stands twice/],
    [TWO, { type: "add", repo: { id: "x", path: "./b" } }, "invalid", /folder of "b" too/],
    [TWO, { type: "add", repo: { id: "x", path: "../b" } }, "invalid", /has no \.\. in it/],
    [TWO, { type: "add", repo: { id: "x y", path: "x" } }, "invalid", /Found "x y"/],
    [TWO, set("c", { enabled: true }), "not_found", /no repo "c"/],
    [TWO, remove("c"), "not_found", /no repo "c"/],
    [TWO, set("a", { destination: { kind: "x" } }), "invalid", /destination.kind/],
    [TWO, set("a", { branch: "a\nb" }), "invalid", /one line/],
  ];
  for (const [text, change, code, words] of cases) {
    assert.throws(
      () => edit(text, change),
      (thrown) => thrown instanceof CarError && thrown.code === code && words.test(thrown.message),
      JSON.stringify(change),
    );
  }
});

const ON = true;
const OFF = false;

const SEED = 20_261_121;
const ROUNDS = rounds(400);

const NAMES =
  "a|b|c|repo-d|E_f|404|true|null|yes|x.y|feat/z|日本|a b|it's|q\"q|# h|- d|k: v|{b}|[l]|é"
    .split("|");

/** Characters around a text that make it YAML. */
function inQuotes(random: () => number, text: string): string {
  return random() < 0.3 ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}

function anyValue(random: () => number): string {
  const quote = () => inQuotes(random, pick(random, NAMES));
  const kinds = [quote, () => `[${quote()}, ${quote()}]`, () => "{x: 1, y: [2]}", () => "7"];
  return pick(random, [...kinds, () => ""])();
}

/** The keys of an entry, each once, in any order. */
function anyKeys(random: () => number, at: number, inner: string): readonly string[] {
  const maybe = (share: number) => random() < share;
  const quote = () => inQuotes(random, pick(random, NAMES));
  const keys = [`id: r${at}`, `path: ${maybe(0.5) ? `./p${at}` : `/out/p${at}`}`];
  if (maybe(0.5)) keys.push(`enabled: ${pick(random, ["true", "false"])}`);
  if (maybe(0.3)) keys.push(`${pick(random, ["auto_run", "autoRun"])}: true`);
  if (maybe(0.3)) keys.push(`branch: ${quote()}`);
  if (maybe(0.2)) keys.push(`${pick(random, ["display_name", "displayName"])}: ${quote()}`);
  if (maybe(0.3)) keys.push(`setup:\n${inner}  - one\n${inner}  - two # 2`);
  else if (maybe(0.2)) keys.push(`setup: |\n${inner}   multi`);
  if (maybe(0.3)) keys.push(`unknown: ${anyValue(random)}`);
  return maybe(0.3) ? keys.reverse() : keys;
}

/** A manifest as people might write it: styles, remarks and blank lines mixed. */
function generate(random: () => number): string {
  const maybe = (share: number) => random() < share;
  const newline = maybe(0.1) ? "\r\n" : "\n";
  const lines: string[] = [];
  const remark = (indent: string) => {
    if (maybe(0.15)) lines.push(`${indent}# ${pick(random, NAMES)}`);
    if (maybe(0.1)) lines.push("");
  };
  if (maybe(0.3)) lines.push("---");
  remark("");
  if (maybe(0.8)) lines.push(`version: ${pick(random, [1, 2, 3])}`);
  remark("");
  const indent = " ".repeat(Math.floor(random() * 4));
  const gap = pick(random, [" ", " ", "   "]);
  const count = Math.floor(random() * 5);
  const inBrackets = maybe(0.1);
  if (count === 0 || inBrackets) {
    const items = Array.from({ length: count }, (_, n) => `{id: r${n}, path: p${n}}`);
    lines.push(pick(random, [`repos: [${items.join(", ")}]`, `repos: [ ${items.join(" , ")} ]`]));
  } else lines.push(`repos:${maybe(0.2) ? " # list" : ""}`);
  for (let at = 0; at < (inBrackets ? 0 : count); at++) {
    remark(indent);
    const keys = anyKeys(random, at, `${indent} ${gap}`);
    if (maybe(0.15) && !keys.some((key) => /[\n]|: $/.test(key))) {
      lines.push(`${indent}-${gap}{${keys.join(", ")}}`);
      continue;
    }
    keys.forEach((key, index) => {
      const before = index === 0 ? `${indent}-${gap}` : `${indent} ${gap}`;
      lines.push(`${before}${key}${maybe(0.1) && !key.includes("|") ? " # r" : ""}`);
      if (index > 0) remark(`${indent} ${gap}`);
    });
  }
  remark("");
  if (maybe(0.4)) lines.push(`tail: ${anyValue(random)}`);
  const text = lines.join("\n") + (maybe(0.9) ? "\n" : "");
  return text.replaceAll("\n", newline);
}

function randomEdit(random: () => number, ids: readonly string[], round: number): ManifestEdit {
  const text = () => pick(random, NAMES);
  const optional = <T>(value: T): T | undefined => random() < 0.4 ? value : undefined;
  const id = pick(random, ids.length === 0 ? ["none"] : ids);
  const kind = random();
  if (kind < 0.35 || ids.length === 0) {
    const repo = {
      id: `new${round}`,
      path: `n/${round} ${text()}`.replaceAll("{", ""),
      enabled: optional(ON),
      autoRun: optional(OFF),
      kind: optional("worktree" as const),
      worktreeOf: optional(text()),
      branch: optional(text()),
      displayName: optional(text()),
      setup: optional([text(), text()]),
    };
    const given = Object.entries(repo).filter(([, value]) => value !== undefined);
    return { type: "add", repo: Object.fromEntries(given) as unknown as NewRepo };
  }
  if (kind < 0.5) return { type: "remove", id };
  const changes: readonly RepoChanges[] = [
    { enabled: random() < 0.5 },
    { autoRun: random() < 0.5 },
    { kind: "worktree" },
    { branch: pick(random, [text(), null]) },
    { displayName: pick(random, [text(), null]) },
    { setup: pick(random, [[text(), "x"], null]) },
    { worktreeOf: pick(random, [text(), null]) },
  ];
  return { type: "set", id, changes: pick(random, changes) };
}

/** What an edit means, told without any text. */
function applied(repos: readonly ManifestRepo[], change: ManifestEdit): readonly ManifestRepo[] {
  if (change.type === "remove") return repos.filter((repo) => repo.id !== change.id);
  if (change.type === "set") {
    return repos.map((repo) => repo.id === change.id ? changed(repo, change.changes) : repo);
  }
  const { repo } = change;
  const root = repo.path.startsWith("/") ? repo.path : `${HUB}/${repo.path}`;
  return [...repos, {
    id: repo.id,
    path: repo.path,
    root,
    displayName: repo.displayName ?? root.slice(root.lastIndexOf("/") + 1),
    enabled: repo.enabled ?? true,
    autoRun: repo.autoRun ?? false,
    kind: repo.kind ?? "base",
    worktreeOf: repo.worktreeOf ?? null,
    branch: repo.branch ?? null,
    setup: repo.setup ?? [],
    destination: null,
    line: 0,
  }];
}

function changed(repo: ManifestRepo, changes: RepoChanges): ManifestRepo {
  const name = repo.root.slice(repo.root.lastIndexOf("/") + 1);
  const { displayName, setup, destination: _, ...others } = changes;
  return {
    ...repo,
    ...others,
    ...(displayName === undefined ? {} : { displayName: displayName ?? name }),
    ...(setup === undefined ? {} : { setup: setup ?? [] }),
  };
}

/** Lines of `text` that an edit of one entry may not touch: remarks and everything before the list. */
const remarksOutside = (text: string): readonly string[] =>
  text.split("\n").filter((line) => /^#|^tail|^version/.test(line));

const withoutLines = (repos: readonly ManifestRepo[]) =>
  repos.map((repo) => ({ ...repo, line: 0 }));

Deno.test("editManifestText() means what decodeManifest() then says", () => {
  const random = randoms(SEED);
  let refused = 0;
  let edits = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let text = generate(random);
    const first = decodeManifest(text, "", HUB);
    assert.deepEqual(first.problems, [], `seed ${SEED}, round ${round}:\n${text}`);
    let { repos } = first;
    for (let step = 0; step < 4; step++) {
      const change = randomEdit(random, repos.map((repo) => repo.id), round * 10 + step);
      const about = `seed ${SEED}, round ${round}, ${JSON.stringify(change)}:\n${text}`;
      let after: string;
      edits++;
      try {
        after = edit(text, change);
      } catch (thrown) {
        assert.ok(thrown instanceof CarError, `${thrown}\n${about}`);
        refused++;
        continue;
      }
      const now = decodeManifest(after, "", HUB);
      assert.deepEqual(now.problems, [], about);
      assert.deepEqual(withoutLines(now.repos), withoutLines(applied(repos, change)), about);
      assert.deepEqual(remarksOutside(after), remarksOutside(text), about);
      // The same edit again changes nothing more.
      if (change.type === "set") assert.equal(edit(after, change), after, about);
      text = after;
      repos = now.repos;
    }
  }
  // A shape that cannot be changed alone is rare in what people write.
  assert.ok(refused < edits / 50, `${refused} of ${edits} edits were refused, seed ${SEED}`);
});
