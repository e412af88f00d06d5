/** How tests look in the common ecosystems: one row each. What a change of them means is tamper_cases.ts. */

import type { SyntaxName } from "./code_text.ts";

/** A mark that keeps a test from running, or from failing. */
export interface SkipMark {
  readonly pattern: RegExp;
  readonly words: string;
}

export interface TestEcosystem {
  readonly files: readonly string[];
  readonly syntax: SyntaxName;
  /** Head of a test case. Group 1, where it took part, is the name; else the first string after it is. */
  readonly testCase: RegExp;
  /** Start of an assertion. */
  readonly assertion: RegExp;
  readonly skips: readonly SkipMark[];
  /** Whether a skip mark stands above the case it belongs to, as an annotation does. */
  readonly skipsAbove: boolean;
  /** Marks that keep every other test from running. */
  readonly only: RegExp | null;
  /** Assertions that cannot fail. */
  readonly vacuous: RegExp | null;
}

const SCRIPT_ENDS = "{ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte}";
const JVM_ENDS = "{java,kt,kts,groovy,scala}";

/** Patterns see code with comments and the insides of strings blanked; all carry `g`. */
export const TEST_ECOSYSTEMS = {
  script: {
    files: [
      `**/*.{test,spec,e2e,cy}.${SCRIPT_ENDS}`,
      `**/*_{test,spec}.${SCRIPT_ENDS}`,
      `**/{__tests__,test,tests,spec,e2e}/**/*.${SCRIPT_ENDS}`,
      `**/test.${SCRIPT_ENDS}`,
    ],
    syntax: "script",
    testCase:
      /(?:(?<![\w.$])(?:[xf]?(?:it|test)|xspecify|specify)|\bDeno\.test|\b(?:t|ctx)\.(?:test|step)|\btest\.it)(?:\.\w+)*\s*(?:<[^>()]{0,80}>)?\s*[(`]/g,
    assertion:
      /(?<![\w$])(?:(?:t\.|chai\.)?assert(?:\w*)(?:\.\w+){0,3}|expect(?:\.\w+)*|expectTypeOf|assertType|fail)\s*(?:<[^>()]{0,80}>)?\s*\(|\.should\b/g,
    skips: [
      {
        pattern:
          /\b(?:describe|context|suite|it|test|step|bench|each)\s*\.\s*(?:skip|todo|fails|failing|skipIf|runIf|ignore|fixme)\b/g,
        words: "a skipped test",
      },
      {
        pattern: /(?<![\w.$])x(?:it|test|describe|context|specify)\s*\(/g,
        words: "a skipped test",
      },
      { pattern: /\b(?:this|t|ctx|context|test)\.(?:skip|todo)\s*\(/g, words: "a skipped test" },
      {
        pattern:
          /(?<![\w$.])(?:ignore|skip|todo)\s*:\s*(?!false\b|undefined\b|null\b|\[|\{)[\w"'`!]/g,
        words: "a skipped test",
      },
    ],
    skipsAbove: false,
    only:
      /\b(?:describe|context|suite|it|test|step|bench|each)\s*\.\s*only\b|(?<![\w.$])f(?:it|describe|context)\s*\(|(?<![\w$.])only\s*:\s*true\b/g,
    vacuous:
      /\bassert(?:\.ok|True)?\s*\(\s*(?:true|1)\s*[,)]|\bassert(?:\.?\w*[eE]quals?)\s*\(\s*(true|false|\d+)\s*,\s*\1\s*[,)]|\bexpect\s*\(\s*(true|false|\d+)\s*\)\s*\.\s*to(?:Be|Equal|StrictEqual)\s*\(\s*\2\s*\)|\bexpect\s*\(\s*(?:true|1)\s*\)\s*\.\s*toBe(?:Truthy|Defined)/g,
  },
  python: {
    files: [
      "**/test_*.py",
      "**/*_test.py",
      "**/tests.py",
      "**/conftest.py",
      "**/{test,tests}/**/*.py",
    ],
    syntax: "python",
    testCase: /^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(/gm,
    assertion: /\bassert\b|\bself\.(?:assert\w+|fail)\s*\(|\bpytest\.(?:raises|warns|fail)\s*\(/g,
    skips: [
      { pattern: /@(?:pytest\.)?mark\.(?:skip|skipif|xfail)\b/g, words: "a skipped test" },
      {
        pattern: /@(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure)\b/g,
        words: "a skipped test",
      },
      {
        pattern: /\bpytest\.(?:skip|xfail|importorskip)\s*\(|\bself\.skipTest\s*\(|\bSkipTest\b/g,
        words: "a skipped test",
      },
      {
        pattern: /^pytestmark\s*=.*\b(?:skip|skipif|xfail)\b/gm,
        words: "a whole file of skipped tests",
      },
      {
        pattern: /\b__test__\s*=\s*False\b/g,
        words: "tests that are not collected",
      },
    ],
    skipsAbove: true,
    only: null,
    vacuous:
      /\bassert\s+(?:True|1)\s*(?:$|[,#;])|\bself\.assertTrue\(\s*True\b|\bself\.assertFalse\(\s*False\b/gm,
  },
  go: {
    files: ["**/*_test.go"],
    syntax: "go",
    testCase: /^func[ \t]+((?:Test|Fuzz|Example)\w*)[ \t]*\(/gm,
    assertion:
      /\b[tbf]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow|Run)\s*\(|\b(?:assert|require)\.\w+\s*\(|^[ \t]*\/\/ (?:Unordered )?[oO]utput:/gm,
    skips: [{ pattern: /\b[tbf]\.(?:Skip|Skipf|SkipNow)\s*\(/g, words: "a skipped test" }],
    skipsAbove: false,
    only: null,
    vacuous: /\b(?:assert|require)\.True\(\s*t\s*,\s*true\s*[,)]/g,
  },
  rust: {
    files: ["**/*.rs"],
    syntax: "rust",
    testCase:
      /#\[\s*(?:\w+::)*(?:test|test_case|rstest|wasm_bindgen_test|quickcheck|bench)\b[^\]]{0,200}\](?:\s*#\[[^\]]{0,200}\]){0,12}\s*(?:pub(?:\([^)]*\))?\s+)?(?:async\s+)?fn\s+(\w+)/g,
    assertion: /\b(?:debug_)?assert(?:_\w+)?!|\b(?:panic|unreachable)!/g,
    skips: [
      { pattern: /#\[\s*ignore\b/g, words: "a skipped test" },
      { pattern: /#\[\s*should_panic\b/g, words: "a test that must panic" },
      {
        pattern: /#\[\s*cfg\(\s*(?:any\(\s*\)|FALSE|false|not\(\s*test\s*\))\s*\)/g,
        words: "code left out of the tests",
      },
    ],
    skipsAbove: true,
    only: null,
    vacuous: /\bassert!\(\s*true\s*[,)]|\bassert_eq!\(\s*(true|false|\d+)\s*,\s*\1\s*[,)]/g,
  },
  jvm: {
    files: [
      `**/src/{test,androidTest,integrationTest}/**/*.${JVM_ENDS}`,
      `**/*{Test,Tests,IT,Spec}.${JVM_ENDS}`,
    ],
    syntax: "jvm",
    testCase:
      /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b(?:\s*\([^)]{0,200}\))?(?:\s*@[\w.]+(?:\s*\([^)]{0,200}\))?){0,8}\s+[\w<>[\],.?\s]{0,200}?(`[^`\n]*`|\w+)\s*\(/g,
    assertion:
      /\b(?:assert\w*|verify\w*|fail|expectThrows|shouldThrow)\s*[(<{]|\bshould(?:Be|Not|Equal)\w*\b/g,
    skips: [
      {
        pattern: /@(?:Disabled|Ignore|Ignored|DisabledIf\w*|DisabledOn\w*|EnabledIf\w*)\b/g,
        words: "a skipped test",
      },
      {
        pattern: /\b(?:assume(?:True|False|That)|Assume\.\w+|Assumptions\.\w+)\s*\(/g,
        words: "a test that may skip itself",
      },
      { pattern: /\benabled\s*=\s*false\b/g, words: "a skipped test" },
    ],
    skipsAbove: true,
    only: null,
    vacuous:
      /\bassertTrue\(\s*true\s*[,)]|\bassertFalse\(\s*false\s*[,)]|\bassertEquals\(\s*(true|false|\d+)\s*,\s*\1\s*[,)]/g,
  },
} as const satisfies Record<string, TestEcosystem>;

export type EcosystemName = keyof typeof TEST_ECOSYSTEMS;

/** Test files of ecosystems without a row above: only their deletion is noticed. */
export const OTHER_TEST_FILES: readonly string[] = [
  "**/*_{spec,test}.rb",
  "**/{test,tests,spec}/**/*.{rb,php,sh,bats,txt,feature,snap,exs,cs,swift}",
  "**/*Test.php",
  "**/*_test.exs",
  "**/*.{bats,feature,snap}",
  "**/*{Test,Tests}.{cs,swift}",
  "**/*_test.{c,cc,cpp,dart}",
  "**/test_*.{sh,c,cc,cpp}",
];
