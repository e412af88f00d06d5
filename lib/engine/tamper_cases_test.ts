import assert from "node:assert/strict";
import {
  DENO,
  GO,
  JAVA,
  KOTLIN,
  PYTEST,
  RUST,
  swap,
  UNITTEST,
  VITEST,
} from "../../tests/support/tamper_samples.ts";
import { findTampering } from "./tamper.ts";
import type { TamperRule } from "./tamper_finding.ts";

/** What it shows, the changed files, and the rules that are found. */
type Row = readonly [
  string,
  readonly (readonly [string, string | null, string | null])[],
  TamperRule[],
];

function rulesOf(files: Row[1]): TamperRule[] {
  const changes = files.map(([path, before, after]) => ({ path, before, after }));
  return findTampering(changes, { mayChange: [], protect: [] }).map((it) => it.rule);
}

const WEAKENED: readonly Row[] = [
  ["deno: file deleted", [["a_test.ts", DENO, null]], ["test_file_deleted"]],
  ["deno: case removed", [["a_test.ts", DENO, DENO.slice(0, DENO.indexOf('Deno.test("sub'))]], [
    "test_removed",
  ]],
  ["deno: case commented out", [[
    "a_test.ts",
    DENO,
    DENO.replace(/Deno\.test\("sub[^]*/, (it) => `/*${it}*/`),
  ]], ["test_removed"]],
  ["deno: assertion removed", [[
    "a_test.ts",
    DENO,
    swap(DENO, "  assert.equal(add(0, 0), 0);\n", ""),
  ]], ["assertion_removed"]],
  ["deno: assertion commented out", [[
    "a_test.ts",
    DENO,
    swap(DENO, "  assert.equal(add(0, 0), 0);", "  // assert.equal(add(0, 0), 0);"),
  ]], ["assertion_removed"]],
  [
    "deno: ignore",
    [["a_test.ts", DENO, swap(DENO, 'Deno.test("adds"', 'Deno.test.ignore("adds"')]],
    ["skip_added"],
  ],
  ["deno: ignore option", [[
    "a_test.ts",
    DENO,
    swap(DENO, 'Deno.test("adds", ', 'Deno.test("adds", { ignore: true }, '),
  ]], ["skip_added"]],
  ["deno: only", [["a_test.ts", DENO, swap(DENO, 'Deno.test("adds"', 'Deno.test.only("adds"')]], [
    "only_added",
  ]],
  ["deno: emptied", [[
    "a_test.ts",
    DENO,
    swap(DENO, "assert.equal(sub(2, 1), 1)", "assert.equal(1, 1)"),
  ]], ["assertion_emptied"]],
  ["deno: replaced by another", [[
    "a_test.ts",
    DENO,
    DENO.replace(
      /Deno\.test\("sub[^]*/,
      'Deno.test("other", () => {\n  assert.ok(other());\n});\n',
    ),
  ]], ["test_removed"]],
  ["vitest: skip", [["a.test.ts", VITEST, swap(VITEST, 'it("adds"', 'it.skip("adds"')]], [
    "skip_added",
  ]],
  ["vitest: fails", [["a.test.ts", VITEST, swap(VITEST, 'it("adds"', 'it.fails("adds"')]], [
    "skip_added",
  ]],
  ["vitest: describe.skip", [["a.test.ts", VITEST, swap(VITEST, "describe(", "describe.skip(")]], [
    "skip_added",
  ]],
  ["vitest: skipIf", [["a.test.ts", VITEST, swap(VITEST, 'it("adds"', 'it.skipIf(true)("adds"')]], [
    "skip_added",
  ]],
  ["jest: xit", [["src/__tests__/a.js", VITEST, swap(VITEST, 'it("adds"', 'xit("adds"')]], [
    "skip_added",
  ]],
  ["jest: fit", [["src/__tests__/a.js", VITEST, swap(VITEST, 'it("adds"', 'fit("adds"')]], [
    "only_added",
  ]],
  ["jest: expect(true)", [[
    "a.spec.js",
    VITEST,
    swap(VITEST, "expect(add(1, 2)).toBe(3)", "expect(true).toBe(true)"),
  ]], ["assertion_emptied"]],
  ["mocha: this.skip", [[
    "test/a.js",
    VITEST,
    swap(VITEST, "{ expect(add(1", "{ this.skip(); expect(add(1"),
  ]], ["skip_added"]],
  ["mocha: describe.only", [["test/a.js", VITEST, swap(VITEST, "describe(", "describe.only(")]], [
    "only_added",
  ]],
  ["node: skip option", [[
    "a.test.mjs",
    VITEST,
    swap(VITEST, 'it("adds", ', 'it("adds", { skip: "later" }, '),
  ]], ["skip_added"]],
  ["node: t.skip", [[
    "a.test.mjs",
    VITEST,
    swap(VITEST, "{ expect(add(1", "{ t.skip(); expect(add(1"),
  ]], ["skip_added"]],
  ["node: todo", [["a.test.mjs", VITEST, swap(VITEST, 'it("adds"', 'it.todo("adds"')]], [
    "skip_added",
  ]],
  ["pytest: file deleted", [["tests/test_a.py", PYTEST, null]], ["test_file_deleted"]],
  ["pytest: skip", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "def test_adds", "@pytest.mark.skip\ndef test_adds"),
  ]], ["skip_added"]],
  ["pytest: skipif", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "def test_adds", '@pytest.mark.skipif(True, reason="x")\ndef test_adds'),
  ]], ["skip_added"]],
  ["pytest: xfail", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "def test_adds", "@pytest.mark.xfail\ndef test_adds"),
  ]], ["skip_added"]],
  ["pytest: skip call", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "    assert add(1", '    pytest.skip("x")\n    assert add(1'),
  ]], ["skip_added"]],
  ["pytest: whole file", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "import pytest\n", "import pytest\npytestmark = pytest.mark.skip\n"),
  ]], ["skip_added"]],
  [
    "pytest: renamed away",
    [["test_a.py", PYTEST, swap(PYTEST, "def test_adds", "def xtest_adds")]],
    ["test_removed"],
  ],
  ["pytest: assertion removed", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "    assert add(0, 0) == 0\n", ""),
  ]], ["assertion_removed"]],
  ["pytest: raises removed", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, 'with pytest.raises(ValueError):\n            sub("a")', "pass"),
  ]], ["assertion_removed"]],
  ["pytest: assert True", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "assert add(0, 0) == 0", "assert True"),
  ]], ["assertion_emptied"]],
  ["pytest: not collected", [["conftest.py", "", 'collect_ignore = ["test_a.py"]\n']], [
    "exception_added",
  ]],
  ["unittest: skip", [[
    "tests/a.py",
    UNITTEST,
    swap(UNITTEST, "    def test", '    @unittest.skip("x")\n    def test'),
  ]], ["skip_added"]],
  ["unittest: expectedFailure", [[
    "tests/a.py",
    UNITTEST,
    swap(UNITTEST, "    def test", "    @unittest.expectedFailure\n    def test"),
  ]], ["skip_added"]],
  ["unittest: skipTest", [[
    "tests/a.py",
    UNITTEST,
    swap(
      UNITTEST,
      "        self.assertTrue(ok())",
      '        self.assertTrue(ok())\n        self.skipTest("x")',
    ),
  ]], ["skip_added"]],
  ["unittest: assertion removed", [[
    "tests/a.py",
    UNITTEST,
    swap(UNITTEST, "        self.assertTrue(ok())\n", ""),
  ]], ["assertion_removed"]],
  ["go: deleted", [["pkg/a_test.go", GO, null]], ["test_file_deleted"]],
  ["go: removed", [["a_test.go", GO, GO.slice(0, GO.indexOf("func TestSub"))]], ["test_removed"]],
  ["go: skip", [["a_test.go", GO, swap(GO, "{ require", '{ t.Skip("x"); require')]], [
    "skip_added",
  ]],
  ["go: renamed away", [["a_test.go", GO, swap(GO, "func TestSub", "func testSub")]], [
    "test_removed",
  ]],
  ["go: error removed", [["a_test.go", GO, swap(GO, '		t.Errorf("no")\n', "")]], [
    "assertion_removed",
  ]],
  ["go: subtest removed", [["a_test.go", GO, GO.replace(/\tt\.Run.*\n/, "")]], [
    "assertion_removed",
  ]],
  ["cargo: inline tests gone", [["src/lib.rs", RUST, RUST.slice(0, RUST.indexOf("#[cfg"))]], [
    "test_removed",
    "test_removed",
  ]],
  ["cargo: ignore", [[
    "src/lib.rs",
    RUST,
    swap(RUST, "    #[test]\n", "    #[test]\n    #[ignore]\n"),
  ]], ["skip_added"]],
  ["cargo: should_panic", [[
    "src/lib.rs",
    RUST,
    swap(RUST, "    #[test]\n", "    #[test]\n    #[should_panic]\n"),
  ]], ["skip_added"]],
  ["cargo: attribute removed", [["tests/a.rs", RUST, swap(RUST, "    #[test]\n", "")]], [
    "test_removed",
  ]],
  ["cargo: assertion removed", [["src/lib.rs", RUST, swap(RUST, " assert!(add(2) > 1);", "")]], [
    "assertion_removed",
  ]],
  ["cargo: emptied", [["src/lib.rs", RUST, swap(RUST, "assert!(add(2) > 1)", "assert!(true)")]], [
    "assertion_emptied",
  ]],
  ["cargo: cfg(any())", [[
    "src/lib.rs",
    RUST,
    swap(RUST, "    #[test]\n", "    #[cfg(any())]\n    #[test]\n"),
  ]], ["skip_added"]],
  ["junit: deleted", [["src/test/java/AddTest.java", JAVA, null]], ["test_file_deleted"]],
  ["junit: Disabled", [["AddTest.java", JAVA, swap(JAVA, "  @Test\n", "  @Disabled\n  @Test\n")]], [
    "skip_added",
  ]],
  ["junit: annotation removed", [["AddTest.java", JAVA, swap(JAVA, "  @Test\n", "")]], [
    "test_removed",
  ]],
  [
    "junit: assertion removed",
    [["AddTest.java", JAVA, swap(JAVA, " assertThat(x).isTrue();", "")]],
    ["assertion_removed"],
  ],
  ["junit: assume", [[
    "AddTest.java",
    JAVA,
    swap(JAVA, "{ assertTrue(n", "{ assumeTrue(false); assertTrue(n"),
  ]], ["skip_added"]],
  ["junit kotlin: Ignore", [[
    "AddTest.kt",
    KOTLIN,
    swap(KOTLIN, "  @Test\n", "  @Ignore\n  @Test\n"),
  ]], ["skip_added"]],
  ["junit kotlin: removed", [["AddTest.kt", KOTLIN, "class AddTest {\n}\n"]], ["test_removed"]],
  ["other: deleted", [["spec/a_spec.rb", "it", null]], ["test_file_deleted"]],
  ["snapshot deleted", [["src/__snapshots__/a.snap", "x", null]], ["test_file_deleted"]],
];

const FREE: readonly Row[] = [
  [
    "deno: test added",
    [["a_test.ts", DENO, `${DENO}Deno.test("more", () => assert.ok(true));\n`]],
    [],
  ],
  ["deno: new file", [["b_test.ts", null, DENO]], []],
  ["deno: assertion added", [[
    "a_test.ts",
    DENO,
    swap(
      DENO,
      "  assert.equal(add(0, 0), 0);",
      "  assert.equal(add(0, 0), 0);\n  assert.ok(add(1, 1));",
    ),
  ]], []],
  [
    "deno: expectation changed",
    [["a_test.ts", DENO, swap(DENO, "sub(2, 1), 1", "sub(3, 1), 2")]],
    [],
  ],
  ["deno: case renamed", [["a_test.ts", DENO, swap(DENO, '"adds"', '"adds two numbers"')]], []],
  ["deno: file renamed", [["a_test.ts", DENO, null], ["lib/b_test.ts", null, DENO]], []],
  ["deno: file and cases renamed", [["a_test.ts", DENO, null], [
    "b_test.ts",
    null,
    DENO.replaceAll("adds", "sums"),
  ]], []],
  ["deno: case moved to a file that was there", [[
    "a_test.ts",
    DENO,
    DENO.slice(0, DENO.indexOf('Deno.test("sub')),
  ], ["b_test.ts", VITEST, VITEST + DENO.slice(DENO.indexOf('Deno.test("sub'))]], []],
  ["deno: reformatted", [[
    "a_test.ts",
    DENO,
    swap(DENO, "assert.equal(add(1, 2), 3);", "assert.equal(\n    add(1, 2),\n    3,\n  );")
      .replaceAll('"', "'"),
  ]], []],
  ["deno: renamed and reformatted", [[
    "a_test.ts",
    DENO,
    swap(
      DENO,
      '"subtracts", () => {\n  assert.equal(sub(2, 1), 1);',
      '"takes away", () => {\n    assert.equal(\n      sub(2, 1),\n      1,\n    )',
    ),
  ]], []],
  ["deno: CRLF", [["a_test.ts", DENO, DENO.replaceAll("\n", "\r\n")]], []],
  ["deno: order changed", [[
    "a_test.ts",
    DENO,
    DENO.slice(DENO.indexOf('Deno.test("sub')) + DENO.slice(0, DENO.indexOf('Deno.test("sub')),
  ]], []],
  [
    "deno: skip taken away",
    [["a_test.ts", swap(DENO, "Deno.test(", "Deno.test.ignore("), DENO]],
    [],
  ],
  ["deno: a string that speaks of skipping", [[
    "a_test.ts",
    DENO,
    swap(DENO, "add(1, 2)", 'add("it.skip(", 2)'),
  ]], []],
  ["deno: helper moved out of a case", [[
    "a_test.ts",
    DENO,
    swap(DENO, "  assert.equal(add(0, 0), 0);\n", "  same();\n") +
    "Deno.test('same', () => {\n  assert.equal(add(0, 0), 0);\n});\n",
  ]], []],
  ["vitest: new test as todo", [[
    "a.test.ts",
    VITEST,
    swap(VITEST, '  it("is', '  it.todo("later");\n  it("is'),
  ]], []],
  ["vitest: describe taken away", [[
    "a.test.ts",
    VITEST,
    VITEST.split("\n").slice(1, 3).join("\n"),
  ]], []],
  ["vitest: chain reformatted", [[
    "a.test.ts",
    VITEST,
    swap(VITEST, "expect(add(1, 2)).toBe(3)", "expect(\n  add(1, 2)\n)\n  .toBe(3)"),
  ]], []],
  ["script: data called skip", [[
    "test/a.ts",
    "const page = { skip: [1], todo: {} };",
    "const page = { skip: [2], todo: {} , ignore: false };",
  ]], []],
  ["script: source file", [["src/skip.ts", "", "it.skip('x')"]], []],
  ["pytest: test added", [[
    "test_a.py",
    PYTEST,
    `${PYTEST}\ndef test_more():\n    assert more()\n`,
  ]], []],
  ["pytest: new skipped test", [[
    "test_a.py",
    PYTEST,
    `${PYTEST}\n@pytest.mark.skip\ndef test_more():\n    assert more()\n`,
  ]], []],
  ["pytest: renamed", [["test_a.py", PYTEST, swap(PYTEST, "test_adds", "test_sums")]], []],
  ["pytest: moved", [["test_a.py", PYTEST, null], ["tests/test_b.py", null, PYTEST]], []],
  ["pytest: docstring", [[
    "test_a.py",
    PYTEST,
    swap(PYTEST, "def test_adds():\n", 'def test_adds():\n    """@pytest.mark.skip"""\n'),
  ]], []],
  ["go: renamed", [["a_test.go", GO, swap(GO, "TestSub", "TestMinus")]], []],
  ["go: added", [["a_test.go", GO, `${GO}\nfunc TestMore(t *testing.T) { t.Skip() }\n`]], []],
  ["cargo: source changed", [["src/lib.rs", RUST, swap(RUST, "{ a }", "{ a + 0 }")]], []],
  ["cargo: source without tests deleted", [["src/x.rs", "fn f() { assert!(true) }", null]], []],
  ["cargo: test renamed", [["src/lib.rs", RUST, swap(RUST, "fn adds", "fn sums")]], []],
  ["cargo: attribute added", [[
    "src/lib.rs",
    RUST,
    swap(RUST, "    #[test]\n", "    #[test]\n    #[allow(dead_code)]\n"),
  ]], []],
  ["junit: added", [[
    "AddTest.java",
    JAVA,
    JAVA.replace(/}\n$/, "  @Disabled @Test void more() { }\n}\n"),
  ]], []],
  ["junit: renamed", [["AddTest.java", JAVA, swap(JAVA, "void adds", "void sums")]], []],
  ["junit kotlin: renamed", [["AddTest.kt", KOTLIN, swap(KOTLIN, "adds two", "sums two")]], []],
  ["other: moved", [["spec/a_spec.rb", "it", null], ["spec/b_spec.rb", null, "it\n"]], []],
  ["other: changed", [["spec/a_spec.rb", "it", "that"]], []],
  ["nothing changed", [[
    "a_test.ts",
    swap(DENO, "test(", "test.skip("),
    swap(DENO, "test(", "test.skip("),
  ]], []],
];

for (const [what, files, rules] of WEAKENED) {
  Deno.test(`findTampering() holds: ${what}`, () => assert.deepEqual(rulesOf(files), rules));
}
for (const [what, files] of FREE) {
  Deno.test(`findTampering() lets pass: ${what}`, () => assert.deepEqual(rulesOf(files), []));
}
