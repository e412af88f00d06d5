import assert from "node:assert/strict";
import { DENO, swap, VITEST } from "../../tests/support/tamper_samples.ts";
import { findTampering, isProtected } from "./tamper.ts";

const NOTHING = { mayChange: [], protect: [] };

Deno.test("findTampering() names path, line and what it found", () => {
  const after = swap(VITEST, 'it("is zero"', 'it.skip("is zero"');
  assert.deepEqual(findTampering([{ path: "a.test.ts", before: VITEST, after }], NOTHING), [
    {
      path: "a.test.ts",
      line: 3,
      rule: "skip_added",
      found: "a skipped test: it.skip",
      severity: "hold",
    },
  ]);
});

Deno.test("findTampering() obeys may_change and protect", () => {
  const changes = [
    { path: "old/a_test.ts", before: DENO, after: null },
    { path: "car.yml", before: "a: 1", after: "a: 2" },
    { path: "new.yml", before: null, after: "" },
  ];
  const found = (mayChange: string[], protect: string[]) =>
    findTampering(changes, { mayChange, protect }).map((it) => `${it.path} ${it.rule}`);
  assert.deepEqual(found(["old/**"], []), []);
  assert.deepEqual(found(["old/**"], ["*.yml"]), [
    "car.yml protected_changed",
    "new.yml protected_changed",
  ]);
  assert.deepEqual(found(["old/**", "*.yml"], ["*.yml"]), []);
});

Deno.test("findTampering() is bounded in what it tells and compares", () => {
  const many = Array.from(
    { length: 500 },
    (_, index) => ({ path: `t${index}_test.ts`, before: DENO, after: null }),
  );
  assert.equal(findTampering(many, NOTHING).length, 100);
  const huge = "x".repeat(2 * 1024 * 1024 + 1);
  assert.deepEqual(
    findTampering(
      [
        { path: "a_test.ts", before: huge, after: "" },
        { path: "data.bin", before: huge, after: "" },
      ],
      NOTHING,
    ).map((it) => it.rule),
    ["too_large"],
  );
});

Deno.test("isProtected() knows tests, settings and what is named", () => {
  const protectedPaths = [
    "a_test.go",
    "x/test_a.py",
    ".github/workflows/ci.yml",
    "package.json",
    "src/lib.rs",
    "keep/me",
  ];
  for (const path of protectedPaths) assert.ok(isProtected(path, ["keep/**"]), path);
  for (const path of ["src/main.ts", "README.md", "go.mod"]) {
    assert.ok(!isProtected(path, []), path);
  }
});

Deno.test("findTampering() comes to an end on text made to stall it", () => {
  const table: [string, string][] = [
    ["a_test.ts", "it("],
    ["a_test.ts", "`"],
    ["test_a.py", "@mark.skip\n"],
    ["src/a.rs", "#[test] #[a] "],
    ["ATest.java", "@Test @A("],
    [".github/workflows/a.yml", "\n"],
    ["package.json", "-x test "],
    ["pyproject.toml", "/"],
    [".golangci.yml", "exclude: ["],
    ["codecov.yml", "threshold 9\n"],
  ];
  for (const [path, piece] of table) {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    assert.ok(Array.isArray(findTampering([{ path, before: text, after: `${text}x` }], NOTHING)));
  }
});
