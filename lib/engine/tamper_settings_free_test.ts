import assert from "node:assert/strict";
import {
  DENO_JSON,
  ESLINT,
  GH,
  GITHUB,
  GITLAB,
  MAKE,
  PACKAGE,
  PYPROJECT,
  TSCONFIG,
} from "../../tests/support/settings_samples.ts";
import { swap } from "../../tests/support/tamper_samples.ts";
import { findTampering } from "./tamper.ts";

/** What it shows, the path, before, after: none of these takes away from a check. */
const FREE: readonly (readonly [string, string, string | null, string | null])[] = [
  ["github: step added", GH, GITHUB, `${GITHUB}      - run: npm run lint\n`],
  [
    "github: new workflow",
    ".github/workflows/new.yml",
    null,
    "jobs:\n  a:\n    steps:\n      - run: x || true\n",
  ],
  ["github: version raised", GH, GITHUB, swap(GITHUB, "checkout@v4", "checkout@v5")],
  [
    "github: comment speaks of || true",
    GH,
    GITHUB,
    swap(GITHUB, "# all of them", "# never || true, never test less"),
  ],
  ["github: || true taken away", GH, swap(GITHUB, "npm ci", "npm ci || true"), GITHUB],
  [
    "github: continue-on-error false",
    GH,
    GITHUB,
    swap(
      GITHUB,
      "      - name: check\n",
      "      - name: check\n        continue-on-error: false\n",
    ),
  ],
  ["gitlab: job renamed", ".gitlab-ci.yml", GITLAB, swap(GITLAB, "unit:", "units:")],
  [
    "package: dependency added",
    "package.json",
    PACKAGE,
    swap(PACKAGE, '  "jest"', '  "dependencies": { "left-pad": "1.0.0" },\n  "jest"'),
  ],
  [
    "package: reformatted",
    "package.json",
    PACKAGE,
    JSON.stringify(JSON.parse(PACKAGE), null, 4),
  ],
  [
    "package: threshold raised",
    "package.json",
    PACKAGE,
    swap(PACKAGE, '"branches": 80', '"branches": 95'),
  ],
  [
    "package: script added",
    "package.json",
    PACKAGE,
    swap(PACKAGE, '"build"', '"test:e2e": "playwright test", "build"'),
  ],
  [
    "pyproject: list reformatted",
    "pyproject.toml",
    PYPROJECT,
    swap(PYPROJECT, 'ignore = ["E501"]', 'ignore = [\n  "E501",\n]'),
  ],
  ["pyproject: entry removed", "pyproject.toml", PYPROJECT, swap(PYPROJECT, '["a.py"]', "[]")],
  [
    "eslint: stricter",
    "eslint.config.js",
    ESLINT,
    swap(ESLINT, '"no-console": "warn"', '"no-console": "error"'),
  ],
  [
    "eslint: rule added",
    "eslint.config.js",
    ESLINT,
    swap(ESLINT, "} }];", '  "no-undef": "error",\n} }];'),
  ],
  [
    "tsconfig: flag added",
    "tsconfig.json",
    TSCONFIG,
    swap(TSCONFIG, '"strict": true', '"strict": true, "noImplicitReturns": true'),
  ],
  [
    "tsconfig: reformatted",
    "tsconfig.json",
    TSCONFIG,
    JSON.stringify(JSON.parse(TSCONFIG), null, 2),
  ],
  [
    "deno: task added",
    "deno.json",
    DENO_JSON,
    swap(DENO_JSON, '"dev"', '"demo": "deno run demo.ts", "dev"'),
  ],
  ["make: target added", "Makefile", MAKE, `${MAKE}build:\n\tgo build\n`],
  ["make: comment", "Makefile", MAKE, `# a note || true\n${MAKE}`],
  ["pom: new", "pom.xml", null, "<skipTests>true</skipTests>"],
  ["any other yaml", "config/app.yml", "a: 1", "allow_failure: true"],
];

for (const [what, path, before, after] of FREE) {
  Deno.test(`findTampering() lets pass: ${what}`, () => {
    assert.deepEqual(findTampering([{ path, before, after }], { mayChange: [], protect: [] }), []);
  });
}
