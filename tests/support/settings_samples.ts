/** Small settings files that steer checks, as they are before an agent's change. */

export const GH = ".github/workflows/ci.yml";
export const GITHUB = `name: ci
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - name: check
        run: npm test -- --coverage # all of them
`;
export const GITLAB = `stages: [test]
unit:
  stage: test
  script:
    - cargo test
lint:
  script:
    - cargo clippy -- -D warnings
`;
export const PACKAGE = `{
  "scripts": { "test": "vitest run", "lint": "eslint . --max-warnings 0", "build": "tsc" },
  "jest": { "coverageThreshold": { "global": { "branches": 80, "lines": 90 } } }
}
`;
export const PYPROJECT = `[tool.pytest.ini_options]
addopts = "--cov-fail-under=85"
[tool.coverage.report]
fail_under = 85
omit = ["a.py"]
[tool.ruff.lint]
ignore = ["E501"]
[tool.mypy]
strict = true
disallow_untyped_defs = true
`;
export const ESLINT = `export default [{ rules: {
  "no-unused-vars": "error",
  eqeqeq: ["error", "always"],
  "no-console": "warn", // fine
} }];
`;
export const TSCONFIG =
  `{ "compilerOptions": { "strict": true, "noUncheckedIndexedAccess": true }, "exclude": ["dist"] }`;
export const DENO_JSON = `{
  "tasks": { "test": "deno test -A", "dev": "deno run main.ts" },
  "lint": { "rules": { "exclude": ["no-any"] } },
  "compilerOptions": { "strict": true }
}`;
export const MAKE = "test:\n\tgo test ./...\nlint:\n\tgolangci-lint run\n";
export const GRADLE = `tasks.test { useJUnitPlatform() }
jacoco { violationRules { rule { limit { minimum = 0.8 } } } }
`;
