import assert from "node:assert/strict";
import type { ManifestRepo } from "./manifest.ts";
import { freshId, isRepoId, pathInHub, slug } from "./manifest.ts";
import { decodeManifest } from "./manifest_decode.ts";

const HUB = "/hub";
const decode = (text: string) => decodeManifest(text, "manifest.yml", HUB);

const PLAIN: ManifestRepo = {
  id: "a",
  path: "a",
  root: "/hub/a",
  displayName: "a",
  enabled: true,
  autoRun: false,
  kind: "base",
  worktreeOf: null,
  branch: null,
  setup: [],
  destination: null,
  line: 2,
};

Deno.test("decodeManifest() loads versions 1 to 3, older spellings and keys it does not know", () => {
  const cases: readonly (readonly [string, string, Partial<ManifestRepo>])[] = [
    ["version 1", "version: 1\nrepos:\n- id: a\n  path: a", { line: 3 }],
    ["version 2", "version: 2\nrepos:\n- id: a\n  path: a\n  kind: base", { line: 3 }],
    ["no version", "repos:\n- id: a\n  path: a", {}],
    ["no id", "repos:\n- path: A b", {
      id: "A-b",
      path: "A b",
      root: "/hub/A b",
      displayName: "A b",
    }],
    ["path as a person writes it", "repos:\n- path: .//x/./a/", { path: "x/a", root: "/hub/x/a" }],
    ["absolute inside", "repos:\n- path: /hub/a", {}],
    ["outside", "repos:\n- path: /b//a/", { path: "/b/a", root: "/b/a" }],
    [
      "worktree",
      "repos:\n- {id: a--x, path: worktrees/a--x, kind: worktree, worktree_of: a, branch: x/y}",
      {
        id: "a--x",
        path: "worktrees/a--x",
        root: "/hub/worktrees/a--x",
        displayName: "a--x",
        kind: "worktree",
        worktreeOf: "a",
        branch: "x/y",
      },
    ],
    [
      "camelCase",
      "repos:\n- {path: a, autoRun: true, displayName: Ay, worktreeOf: b, " +
      "worktreeSetupCommands: [make]}",
      { autoRun: true, displayName: "Ay", worktreeOf: "b", setup: ["make"] },
    ],
    ["older setup", "repos:\n- path: a\n  worktree_setup_commands: [x, y]", { setup: ["x", "y"] }],
    ["one command", "repos:\n- path: a\n  setup: make deps", { setup: ["make deps"] }],
    ["local", "repos:\n- path: a\n  destination: local", { destination: { kind: "local" } }],
    ["empty keys", "repos:\n- path: a\n  branch:\n  setup: ~\n  destination:", {}],
    ["unknown keys", "title: x\nrepos:\n- path: a\n  pinned: {x: [1]}\n  archived: true", {
      line: 3,
    }],
  ];
  for (const [name, text, changes] of cases) {
    const { repos, problems } = decode(text);
    assert.deepEqual(problems, [], name);
    assert.deepEqual(repos, [{ ...PLAIN, ...changes }], name);
  }
});

Deno.test("decodeManifest() reads nothing as an empty list", () => {
  for (const text of ["", "# nothing\n", "version: 3", "repos:", "repos: []", "---\nrepos: ~\n"]) {
    assert.deepEqual({ ...decode(text), tree: null, version: 3 }, {
      version: 3,
      repos: [],
      problems: [],
      tree: null,
    }, text);
  }
});

/** Texts with the first problem told of them. */
const FAULTS: readonly (readonly [string, string])[] = [
  ["version: 4", "1 version: Found 4; allowed: 1, 2, 3. It is the file of a newer CAR."],
  ["version: '1'", '1 version: Found "1"; allowed: 1, 2, 3.'],
  ["- a", '1 : Keys are allowed here; found ["a"].'],
  ["repo:\n- path: a", '1 repo: This key means nothing here. Did you mean "repos"?'],
  ["repos: a", "1 repos: A list of repos is allowed here."],
  ["repos:\n- a", "2 repos[0]: An entry is keys with values: id, path and more."],
  ["repos:\n- id: a", "2 repos[0].path: It is missing; the folder of the repo is wanted."],
  ["repos:\n- path: ''", '2 repos[0].path: Found ""; allowed: a text that is not empty.'],
  ["repos:\n- path: 7", "2 repos[0].path: Found 7; allowed: a text (in quotes if need be)."],
  [
    'repos:\n- path: "a\\nb"',
    '2 repos[0].path: Found "a\\nb"; allowed: a text of one line without control characters.',
  ],
  [
    "repos:\n- id: a\n  path: ../a",
    '3 repos[0].path: Found "../a". A path has no .. in it; write a folder outside of the hub from / on.',
  ],
  [
    "repos:\n- path: /x/../etc",
    '2 repos[0].path: Found "/x/../etc". A path has no .. in it; write a folder outside of the hub from / on.',
  ],
  [
    "repos:\n- path: ~/a",
    '2 repos[0].path: Found "~/a". A ~ is not expanded here; write the folder from / on.',
  ],
  [
    "repos:\n- path: ./.codex-autorunner/x",
    '2 repos[0].path: Found "./.codex-autorunner/x", which is where the hub keeps its own state.',
  ],
  [
    "repos:\n- id: a/b\n  path: a",
    '2 repos[0].id: Found "a/b"; allowed: letters, digits, . _ and -, beginning with a letter or digit.',
  ],
  [
    "repos:\n- id: a..b\n  path: a",
    '2 repos[0].id: Found "a..b"; allowed: letters, digits, . _ and -, beginning with a letter or digit.',
  ],
  [
    "repos:\n- path: a\n- id: a\n  path: b",
    '3 repos[1].id: "a" stands twice; the first time in line 2. An id belongs to one entry.',
  ],
  [
    "repos:\n- path: a\n- id: b\n  path: ./a/",
    '4 repos[1].path: "a" is the folder of "a" too (line 2). A folder has one entry.',
  ],
  ["repos:\n- path: a\n  enabled: yes", '3 repos[0].enabled: Found "yes"; allowed: true, false.'],
  ["repos:\n- path: a\n  kind: fork", '3 repos[0].kind: Found "fork"; allowed: base, worktree.'],
  [
    "repos:\n- path: a\n  worktree_of: a",
    "3 repos[0].worktree_of: A repo is no worktree of itself; the id of its base is allowed.",
  ],
  [
    "repos:\n- path: a\n  setup: [make, 7]",
    '3 repos[0].setup: Found ["make",7]; allowed: a shell command, or a list of 100 at most.',
  ],
  [
    "repos:\n- path: a\n  auto_run: true\n  autoRun: true",
    '4 repos[0].autoRun: "auto_run" (line 3) says the same; one is allowed.',
  ],
  [
    "repos:\n- path: a\n  path: b",
    "3 repos[0].path: The key stands twice; the first time in line 2.",
  ],
  [
    "repos:\n- &a {path: a}\n- *a",
    "3 repos[1]: An alias (*name) stands here; write the value out instead.",
  ],
  ["repos: []\n---\nrepos: []", '2 : A second document begins here ("---"); one is allowed.'],
  [
    "repos: [",
    "1 : Flow sequence in block collection must be sufficiently indented and end with a ].",
  ],
];

Deno.test("decodeManifest() names line, key, what was found and what is allowed", () => {
  for (const [text, expected] of FAULTS) {
    const { problems, repos } = decode(text);
    const [first] = problems;
    assert.equal(`${first?.line} ${first?.key ?? ""}: ${first?.message}`, expected, text);
    assert.ok(repos.length < 2, text);
  }
});

Deno.test("decodeManifest() places the fault of a destination at its key", () => {
  const text =
    "repos:\n- path: a\n  destination:\n    kind: container\n    engine: lxc\n    image: x\n";
  const [problem] = decode(text).problems;
  assert.deepEqual([problem?.line, problem?.key], [5, "repos[0].destination.engine"]);
  const { repos } = decode(text.replace("lxc", "podman"));
  assert.deepEqual(repos[0]?.destination?.kind, "container");
  const docker =
    "repos:\n- path: a\n  destination: {kind: docker, image: x, env_passthrough: [A]}\n";
  assert.deepEqual(decode(docker).problems, []);
});

Deno.test("decodeManifest() leaves out an entry with a problem and keeps the others", () => {
  const { repos, problems } = decode("repos:\n- path: a\n- path: b\n  enabled: 7\n- path: c\n");
  assert.deepEqual(repos.map((repo) => repo.id), ["a", "c"]);
  assert.equal(problems.length, 1);
});

/** A few bytes that mean a lot, or take long. */
const BOMBS: readonly (readonly [string, string])[] = [
  ["aliases", "a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nrepos: *c\n"],
  ["cyclic alias", "repos: &r\n- *r\n"],
  ["nested lists", `repos: ${"[".repeat(10_000)}`],
  ["nested maps", `repos: ${"{a: ".repeat(10_000)}`],
  ["nested dashes", `repos:\n ${"- ".repeat(5_000)}`],
  ["more quotes", '"'.repeat(1_000_000)],
  ["more brackets", "[".repeat(1_000_000)],
  ["more commas", `repos: [${"a,".repeat(500_000)}]`],
  ["more tags", "repos:\n" + "- !a x\n".repeat(35_000)],
  ["more dashes", "repos:\n" + "- - - - - - - -\n".repeat(15_000)],
  ["more lines", "a: ?\n".repeat(50_000)],
  ["many keys", Array.from({ length: 10_000 }, (_, n) => `k${n}: 1`).join("\n")],
  ["many entries", "repos:\n" + "- path: a\n".repeat(2_000)],
  ["merge key", "repos:\n- <<: {path: a}\n"],
  ["prototype", "__proto__: {repos: [{path: a}]}\n"],
  ["tag", "repos: !!js/function x\n"],
  ["control", "repos:\n- path: a\u0000b\n"],
];

Deno.test("decodeManifest() is not harmed by text that was made to harm", () => {
  for (const [name, text] of BOMBS) {
    const { repos, problems } = decode(text);
    assert.ok(repos.length <= 1, name);
    assert.ok(problems.length <= 60, name);
    if (!["many keys", "prototype"].includes(name)) assert.ok(problems.length > 0, name);
  }
});

Deno.test("slug() makes an id of any folder's name", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["repo-a", "repo-a"],
    ["My Repo", "My-Repo"],
    ["Zürich", "Zurich"],
    ["日本", "repo"],
    [".hidden", "hidden"],
    ["a..b", "a.b"],
    ["--x--", "x"],
    ["base--feat/x", "base--feat-x"],
    ["x".repeat(300), "x".repeat(90)],
  ];
  for (const [name, expected] of cases) {
    assert.equal(slug(name), expected);
    assert.ok(isRepoId(slug(name)));
  }
  assert.equal(freshId("a", ["A", "a-2"]), "a-3");
  assert.equal(freshId("a", []), "a");
});

Deno.test("pathInHub() is relative inside of the hub alone", () => {
  assert.equal(pathInHub("/hub", "/hub/a/b"), "a/b");
  assert.equal(pathInHub("/hub", "/hubris"), "/hubris");
  assert.equal(pathInHub("/hub", "/hub"), ".");
  assert.equal(pathInHub("/", "/a"), "a");
});
