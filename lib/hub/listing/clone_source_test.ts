import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { cloneName, cloneSource } from "./clone_source.ts";

Deno.test("cloneSource() takes what git takes, and names the folder as git does", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["https://h.example/a/b.git", "https://h.example/a/b.git", "https://h.example/a/b.git", "b"],
    ["https://h.example/a/b/", "https://h.example/a/b/", "https://h.example/a/b/", "b"],
    [
      "https://u:secret@h.example/b",
      "https://u:secret@h.example/b",
      "https://u:***@h.example/b",
      "b",
    ],
    ["https://token@h.example/b", "https://token@h.example/b", "https://***@h.example/b", "b"],
    ["ssh://git@h.example:22/b", "ssh://git@h.example:22/b", "ssh://git@h.example:22/b", "b"],
    ["git@h.example:team/b.git", "git@h.example:team/b.git", "git@h.example:team/b.git", "b"],
    ["h.example:b", "h.example:b", "h.example:b", "b"],
    ["file:///x/b.git", "file:///x/b.git", "file:///x/b.git", "b"],
    ["../b", "/x/b", "/x/b", "b"],
    ["/x y/b/.git", "/x y/b/.git", "/x y/b/.git", "b"],
    ["https://h.example/a%20b", "https://h.example/a%20b", "https://h.example/a%20b", "a b"],
  ];
  for (const [typed, url, shown, name] of cases) {
    assert.deepEqual(cloneSource(typed, "/x/hub"), { url, shown, name }, typed);
  }
});

Deno.test("cloneSource() refuses options, helper programs and what is no address", () => {
  const cases = [
    "",
    "  ",
    "--upload-pack=touch x",
    "-uevil",
    "ext::sh -c 'touch x'",
    "fd::17",
    "https::x",
    "gopher://h/x",
    "ext://x",
    "javascript://x",
    "https://",
    "ssh://-oProxyCommand=x/y",
    "ssh://-u@h/y",
    "a\nb",
    "https://h/\u0000",
  ];
  for (const typed of cases) {
    assert.throws(
      () => cloneSource(typed, "/x"),
      (thrown) => thrown instanceof CarError && thrown.code === "invalid",
      JSON.stringify(typed),
    );
  }
});

Deno.test("cloneName() takes plain names only", () => {
  for (const name of ["a", "A b", "日本", "a.b"]) assert.equal(cloneName(name), name);
  for (const name of ["", ".", "..", ".git", "a/b", "-a", "a\nb", "a\\b"]) {
    assert.throws(() => cloneName(name), /cannot be the name/, name);
  }
});
