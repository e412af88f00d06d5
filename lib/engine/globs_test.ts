import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { matchesAny, matchesGlob, parseGlob } from "./globs.ts";

Deno.test("matchesGlob() follows the documented rules", () => {
  const table: [string, string, boolean][] = [
    ["a.ts", "a.ts", true],
    ["a.ts", "b/a.ts", false],
    ["*.ts", "a.ts", true],
    ["*.ts", "b/a.ts", false],
    ["**/*.ts", "a.ts", true],
    ["**/*.ts", "b/c/a.ts", true],
    ["b/**", "b/c/a.ts", true],
    ["b/**", "b", true],
    ["b/", "b/c/a.ts", true],
    ["b/**/a.ts", "b/a.ts", true],
    ["b/**/a.ts", "b/c/d/a.ts", true],
    ["**/c/**/a.ts", "b/c/d/a.ts", true],
    ["**/c/**/a.ts", "b/d/a.ts", false],
    ["?.ts", "a.ts", true],
    ["?.ts", "ab.ts", false],
    ["?.ts", "é.ts", true],
    ["*.{ts,tsx}", "a.tsx", true],
    ["*.{ts,tsx}", "a.js", false],
    ["{a,b}/{c,d}", "b/c", true],
    ["{a,b/**}/x", "b/c/x", true],
    ["a{,.bak}", "a", true],
    ["a{b", "a{b", true],
    ["a}b", "a}b", true],
    ["./a", "a", true],
    ["/a", "a", true],
    [".github/*", ".github/x", true],
    ["*", ".hidden", true],
    ["A.ts", "a.ts", false],
    ["a.ts", "abts", false],
    ["[a]", "[a]", true],
    ["[a]", "a", false],
    ["", "", false],
    ["a**b", "axxb", true],
    ["a**b", "a/b", false],
    ["**", "any/thing", true],
  ];
  for (const [pattern, path, matches] of table) {
    assert.equal(matchesGlob(parseGlob(pattern), path), matches, `${pattern} on ${path}`);
  }
});

Deno.test("matchesGlob() agrees with a plain regular expression for 2,000 seeds", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = randoms(seed);
    const name = () =>
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, ["a", "b", "*", "?"]))
        .join("").replaceAll(/\*+/g, "*");
    const parts = Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () => random() < 0.3 ? "**" : name(),
    );
    const path = Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () =>
        Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, ["a", "b"])).join(
          "",
        ),
    );
    const source = parts.map((part) =>
      part === "**" ? "(?:[^/]+/)*" : part.replaceAll("?", "[^/]").replaceAll("*", "[^/]*") + "/"
    ).join("");
    const expected = new RegExp(`^${source}$`).test(`${path.join("/")}/`);
    const found = matchesGlob(parseGlob(parts.join("/")), path.join("/"));
    assert.equal(found, expected, `seed ${seed}: ${parts.join("/")} on ${path.join("/")}`);
  }
});

Deno.test("matchesGlob() has no slow pattern", () => {
  const stars = parseGlob("*a".repeat(2000));
  assert.ok(!matchesGlob(stars, "a".repeat(1500) + "b"));
  assert.ok(!matchesGlob(parseGlob("**/a/".repeat(500) + "x"), "a/".repeat(600) + "b"));
  assert.ok(!matchesAny(["{a,b}".repeat(40)], "a".repeat(40)));
});
