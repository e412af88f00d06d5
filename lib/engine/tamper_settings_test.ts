import assert from "node:assert/strict";
import {
  DENO_JSON,
  ESLINT,
  GH,
  GITHUB,
  GITLAB,
  GRADLE,
  MAKE,
  PACKAGE,
  PYPROJECT,
  TSCONFIG,
} from "../../tests/support/settings_samples.ts";
import { swap } from "../../tests/support/tamper_samples.ts";
import { findTampering } from "./tamper.ts";
import type { TamperRule } from "./tamper_finding.ts";

/** What it shows, the path, before, after, and the rules that are found. */
type Row = readonly [string, string, string | null, string | null, TamperRule[]];

const rulesOf = (path: string, before: string | null, after: string | null): TamperRule[] =>
  findTampering([{ path, before, after }], { mayChange: [], protect: [] }).map((it) => it.rule);

const WEAKENED: readonly Row[] = [
  ["github: || true", GH, GITHUB, swap(GITHUB, "npm ci", "npm ci || true"), ["failure_ignored"]],
  ["github: || :", GH, GITHUB, swap(GITHUB, "npm ci", "npm ci || :"), ["failure_ignored"]],
  ["github: || exit 0", GH, GITHUB, swap(GITHUB, "npm ci", "npm ci || exit 0"), [
    "failure_ignored",
  ]],
  [
    "github: continue-on-error",
    GH,
    GITHUB,
    swap(GITHUB, "      - name: check\n", "      - name: check\n        continue-on-error: true\n"),
    ["failure_ignored"],
  ],
  [
    "github: if false",
    GH,
    GITHUB,
    swap(GITHUB, "      - name: check\n", "      - name: check\n        if: ${{ false }}\n"),
    ["check_switched_off"],
  ],
  ["github: step removed", GH, GITHUB, GITHUB.slice(0, GITHUB.indexOf("      - name")), [
    "check_removed",
  ]],
  [
    "github: step commented out",
    GH,
    GITHUB,
    swap(GITHUB, "        run: npm test", "        # run: npm test"),
    ["check_removed"],
  ],
  ["github: command replaced", GH, GITHUB, swap(GITHUB, "npm test -- --coverage", "echo ok"), [
    "check_removed",
  ]],
  ["github: deleted", GH, GITHUB, null, ["settings_deleted"]],
  [
    "gitlab: allow_failure",
    ".gitlab-ci.yml",
    GITLAB,
    swap(GITLAB, "  stage: test\n", "  stage: test\n  allow_failure: true\n"),
    ["failure_ignored"],
  ],
  [
    "gitlab: when manual",
    ".gitlab-ci.yml",
    GITLAB,
    swap(GITLAB, "  stage: test\n", "  stage: test\n  when: manual\n"),
    ["check_switched_off"],
  ],
  ["gitlab: job removed", ".gitlab-ci.yml", GITLAB, GITLAB.slice(0, GITLAB.indexOf("lint:")), [
    "check_removed",
  ]],
  [
    "gitlab: set +e",
    ".gitlab-ci.yml",
    GITLAB,
    swap(GITLAB, "    - cargo test", "    - set +e\n    - cargo test"),
    ["failure_ignored"],
  ],
  ["package: test does nothing", "package.json", PACKAGE, swap(PACKAGE, "vitest run", "exit 0"), [
    "check_removed",
  ]],
  ["package: test removed", "package.json", PACKAGE, swap(PACKAGE, '"test": "vitest run", ', ""), [
    "check_removed",
  ]],
  [
    "package: || true",
    "web/package.json",
    PACKAGE,
    swap(PACKAGE, "vitest run", "vitest run || true"),
    ["failure_ignored"],
  ],
  [
    "package: passWithNoTests",
    "package.json",
    PACKAGE,
    swap(PACKAGE, "vitest run", "vitest run --passWithNoTests"),
    ["check_weakened"],
  ],
  [
    "package: threshold lowered",
    "package.json",
    PACKAGE,
    swap(PACKAGE, '"branches": 80', '"branches": 8'),
    ["threshold_loosened"],
  ],
  ["package: threshold removed", "package.json", PACKAGE, swap(PACKAGE, ', "lines": 90', ""), [
    "threshold_loosened",
  ]],
  [
    "package: more warnings",
    "package.json",
    PACKAGE,
    swap(PACKAGE, "--max-warnings 0", "--max-warnings 50"),
    ["threshold_loosened"],
  ],
  [
    "jest: threshold lowered",
    "jest.config.js",
    "module.exports = { coverageThreshold: { global: { lines: 90 } } };",
    "module.exports = { coverageThreshold: { global: { lines: 50 } } };",
    ["threshold_loosened"],
  ],
  [
    "vitest: tests excluded",
    "vitest.config.ts",
    "export default { test: { exclude: ['a'] } };",
    "export default { test: { exclude: ['a', 'b'] } };",
    ["exception_added"],
  ],
  [
    "vitest: passWithNoTests",
    "vitest.config.ts",
    "export default { test: {} };",
    "export default { test: { passWithNoTests: true } };",
    ["check_weakened"],
  ],
  ["nyc: threshold", ".nycrc.json", '{"lines": 90}', '{"lines": 10}', ["threshold_loosened"]],
  [
    "pyproject: cov option",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, "fail-under=85", "fail-under=20"),
    ["threshold_loosened"],
  ],
  [
    "pyproject: fail_under",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, "fail_under = 85", "fail_under = 20"),
    ["threshold_loosened"],
  ],
  [
    "pyproject: omit",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, '["a.py"]', '["a.py", "b.py"]'),
    ["exception_added"],
  ],
  [
    "pyproject: ruff ignore",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, '["E501"]', '["E501", "F401"]'),
    ["exception_added"],
  ],
  [
    "pyproject: mypy strict off",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, "strict = true", "strict = false"),
    ["types_loosened"],
  ],
  [
    "pyproject: mypy flag removed",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, "disallow_untyped_defs = true\n", ""),
    ["types_loosened"],
  ],
  [
    "mypy: ignore_errors",
    "mypy.ini",
    "[mypy]\nstrict = True\n",
    "[mypy]\nstrict = True\nignore_errors = True\n",
    ["types_loosened"],
  ],
  [
    "pytest.ini: -k not",
    "pytest.ini",
    "[pytest]\naddopts = -q\n",
    "[pytest]\naddopts = -q -k 'not slow'\n",
    ["check_weakened"],
  ],
  [
    "flake8: extend-ignore",
    ".flake8",
    "[flake8]\nextend-ignore = E1\n",
    "[flake8]\nextend-ignore = E1, E2\n",
    ["exception_added"],
  ],
  [
    "flake8: lines",
    ".flake8",
    "[flake8]\nextend-ignore =\n  E1\n",
    "[flake8]\nextend-ignore =\n  E1\n  E2\n",
    ["exception_added"],
  ],
  [
    "eslint: off",
    "eslint.config.js",
    ESLINT,
    swap(ESLINT, '"no-unused-vars": "error"', '"no-unused-vars": "off"'),
    ["lint_loosened"],
  ],
  [
    "eslint: warn",
    "eslint.config.js",
    ESLINT,
    swap(ESLINT, '["error", "always"]', '["warn", "always"]'),
    ["lint_loosened"],
  ],
  [
    "eslint: removed",
    "eslint.config.js",
    ESLINT,
    swap(ESLINT, '  eqeqeq: ["error", "always"],\n', ""),
    ["lint_loosened"],
  ],
  [
    "eslint: new off",
    "eslint.config.js",
    ESLINT,
    swap(ESLINT, "} }];", '  "no-undef": 0,\n} }];'),
    ["lint_loosened"],
  ],
  ["eslint: ignores", ".eslintrc.json", '{"rules":{}}', '{"rules":{},"ignorePatterns":["src"]}', [
    "exception_added",
  ]],
  [
    "biome: off",
    "biome.json",
    '{"linter":{"rules":{"a":{"noVar":{"level":"error"}}}}}',
    '{"linter":{"rules":{"a":{"noVar":{"level":"off"}}}}}',
    ["lint_loosened"],
  ],
  [
    "golangci: disable",
    ".golangci.yml",
    "linters:\n  disable:\n    - a\n",
    "linters:\n  disable:\n    - a\n    - b\n",
    ["exception_added"],
  ],
  [
    "cargo: lint allowed",
    "Cargo.toml",
    '[lints.clippy]\nunwrap_used = "deny"\n',
    '[lints.clippy]\nunwrap_used = "allow"\n',
    ["lint_loosened"],
  ],
  ["cargo: tests off", "Cargo.toml", "[lib]\nname = 'a'\n", "[lib]\nname = 'a'\ntest = false\n", [
    "check_weakened",
  ]],
  [
    "tsconfig: strict off",
    "tsconfig.json",
    TSCONFIG,
    swap(TSCONFIG, '"strict": true', '"strict": false'),
    ["types_loosened"],
  ],
  [
    "tsconfig: flag removed",
    "tsconfig.app.json",
    TSCONFIG,
    swap(TSCONFIG, ', "noUncheckedIndexedAccess": true', ""),
    ["types_loosened"],
  ],
  [
    "tsconfig: exclude",
    "tsconfig.json",
    TSCONFIG,
    swap(TSCONFIG, '["dist"]', '["dist", "src/bad.ts"]'),
    ["exception_added"],
  ],
  [
    "deno: rule excluded",
    "deno.json",
    DENO_JSON,
    swap(DENO_JSON, '["no-any"]', '["no-any", "eqeqeq"]'),
    ["exception_added"],
  ],
  [
    "deno: no-check",
    "deno.json",
    DENO_JSON,
    swap(DENO_JSON, "deno test -A", "deno test -A --no-check"),
    ["check_weakened"],
  ],
  ["make: ignored", "Makefile", MAKE, swap(MAKE, "go test ./...", "go test ./... || true"), [
    "failure_ignored",
  ]],
  ["make: target removed", "Makefile", MAKE, MAKE.slice(0, MAKE.indexOf("lint")), [
    "check_removed",
  ]],
  ["gradle: minimum", "build.gradle.kts", GRADLE, swap(GRADLE, "0.8", "0.1"), [
    "threshold_loosened",
  ]],
  ["gradle: ignoreFailures", "build.gradle", GRADLE, `${GRADLE}test { ignoreFailures = true }\n`, [
    "check_weakened",
  ]],
  [
    "maven: skipTests",
    "pom.xml",
    "<properties></properties>",
    "<properties><skipTests>true</skipTests></properties>",
    ["check_weakened"],
  ],
  [
    "codecov: target",
    "codecov.yml",
    "coverage:\n  status:\n    project:\n      target: 80%\n",
    "coverage:\n  status:\n    project:\n      target: 10%\n",
    ["threshold_loosened"],
  ],
];

for (const [what, path, before, after, rules] of WEAKENED) {
  Deno.test(`findTampering() holds: ${what}`, () => {
    assert.deepEqual(rulesOf(path, before, after), rules);
  });
}

Deno.test("findTampering() tells both numbers of a threshold and the line of a check", () => {
  const found = (path: string, before: string, after: string) =>
    findTampering([{ path, before, after }], { mayChange: [], protect: [] })
      .map((it) => `${it.line}: ${it.found}`);
  assert.deepEqual(
    found("package.json", PACKAGE, swap(PACKAGE, '"branches": 80', '"branches": 8')),
    [
      '3: the threshold "branches" went from 80 to 8',
    ],
  );
  assert.deepEqual(found(GH, GITHUB, swap(GITHUB, "npm ci", "npm ci || true")), [
    "8: - run: npm ci || true",
  ]);
});
