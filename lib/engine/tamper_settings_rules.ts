/** The files that steer the checks, and what in them must not become more or less: one row a kind of file. */

import type { TamperRule } from "./tamper_finding.ts";

/** Something that must not become more: each further match is a finding. */
export interface Looser {
  readonly rule: TamperRule;
  readonly pattern: RegExp;
}

/** Something that must not become less. */
export interface Stricter {
  readonly rule: TamperRule;
  readonly pattern: RegExp;
  readonly words: string;
}

export interface SettingsKind {
  readonly files: readonly string[];
  readonly looser: readonly Looser[];
  readonly stricter: readonly Stricter[];
  /** Which further questions are asked: numbers, levels of lint rules, lists of exceptions. */
  readonly asks: readonly ("thresholds" | "levels" | "lists")[];
}

const IGNORED_EXIT = {
  rule: "failure_ignored",
  pattern:
    /\|\|\s*(?:true|:|exit\s+0|echo\b|:;)(?=[\s"'&;)]|$)|;\s*(?:true|exit\s+0)\s*(?=["'\n]|$)|\bset\s+\+e\b/gm,
} as const;
const SKIPPED_CHECKS = {
  rule: "check_weakened",
  pattern:
    /--(?:passWithNoTests|pass-with-no-tests|no-verify|no-check|exit-zero|no-fail-fast|permit-no-files|deselect|testPathIgnorePatterns|allow-no-tests)\b|-k[ =]["']?not\b|--ignore(?:-glob)?=|-DskipTests\b|-Dmaven\.test\.skip\b|(?<=\s)-x\s+test\b/g,
} as const;

const CI_LOOSER = [
  IGNORED_EXIT,
  SKIPPED_CHECKS,
  {
    rule: "failure_ignored",
    pattern: /\b(?:continue-on-error|allow_failure|continueOnError)\s*:\s*(?!false\b)\S/g,
  },
  {
    rule: "check_switched_off",
    pattern:
      /\bif\s*:\s*["']?(?:\$\{\{\s*)?(?:false|never\(\))|\bwhen\s*:\s*["']?(?:never|manual)\b/g,
  },
] as const;

const TYPE_FLAGS =
  "strict|strictNullChecks|strictFunctionTypes|strictBindCallApply|strictPropertyInitialization|noImplicitAny|noImplicitThis|alwaysStrict|noImplicitReturns|noImplicitOverride|noUnusedLocals|noUnusedParameters|noUncheckedIndexedAccess|noFallthroughCasesInSwitch|exactOptionalPropertyTypes|useUnknownInCatchVariables|checkJs|disallow_untyped_defs|disallow_incomplete_defs|disallow_any_\\w+|check_untyped_defs|warn_\\w+|no_implicit_optional|strict_equality|strict_optional|enable_error_code|typeCheckingMode|failOnWarning|warningsAsErrors|allWarningsAsErrors";

const TYPE_RULES = {
  looser: [
    {
      rule: "types_loosened",
      pattern:
        /["']?\b(?:ignore_errors|ignore_missing_imports|implicit_reexport|suppressImplicitAnyIndexErrors|noCheck)\b["']?\s*[:=]\s*true\b/gi,
    },
  ],
  stricter: [
    {
      rule: "types_loosened",
      pattern: new RegExp(
        `["']?\\b(?:${TYPE_FLAGS})\\b["']?\\s*[:=]\\s*(?!["']?(?:false|off|none|basic)\\b)\\S`,
        "gi",
      ),
      words: "a strictness flag is gone or off",
    },
  ],
} as const satisfies Pick<SettingsKind, "looser" | "stricter">;

const TEST_TASK = {
  rule: "check_removed",
  pattern:
    /["']?\b(?:test|tests|lint|check|typecheck|ci|verify|ok)(?::[\w:-]+)?["']?\s*:(?!=)\s*["']?(?!["']?\s*(?:true|:|exit 0|echo)\b)\S/g,
  words: "a test, lint or check task is gone or does nothing",
} as const;

/** A file may be of several kinds; each asks its own questions. */
export const SETTINGS_KINDS = {
  ci: {
    files: [
      ".github/workflows/**/*.{yml,yaml}",
      ".github/actions/**/*.{yml,yaml}",
      "{.gitlab-ci,**/*.gitlab-ci}.{yml,yaml}",
      ".gitlab/**/*.{yml,yaml}",
      ".circleci/**/*.{yml,yaml}",
      "{azure-pipelines,.travis,.drone,bitbucket-pipelines}.{yml,yaml}",
      ".pre-commit-config.yaml",
      "{.woodpecker,.buildkite}/**/*.{yml,yaml}",
      "Jenkinsfile",
      ".ci/**",
    ],
    looser: CI_LOOSER,
    stricter: [
      {
        rule: "check_removed",
        pattern: /^[ \t]*(?:-[ \t]+)?(?:run|script|uses|entry)\s*:/gm,
        words: "a step is gone",
      },
      {
        rule: "check_removed",
        pattern: /\b(?:test|lint|check|pytest|vitest|jest|mypy|clippy|tsc|eslint|ruff|vet)\b/g,
        words: "a test, lint or check command is gone",
      },
    ],
    asks: ["thresholds"],
  },
  tasks: {
    files: [
      "**/package.json",
      "**/deno.{json,jsonc}",
      "**/{Makefile,GNUmakefile,makefile,justfile,Justfile}",
      "**/Taskfile.{yml,yaml}",
      "**/{tox.ini,noxfile.py,setup.cfg,pyproject.toml,pytest.ini}",
    ],
    looser: [IGNORED_EXIT, SKIPPED_CHECKS],
    stricter: [TEST_TASK],
    asks: [],
  },
  runner: {
    files: [
      "**/{jest,vitest,vite,playwright,karma,cypress,ava,mocha}.config.{ts,js,mjs,cjs,mts,cts,json}",
      "**/.mocharc{,.json,.js,.cjs,.yml,.yaml}",
      "**/{pytest.ini,tox.ini,setup.cfg,pyproject.toml,conftest.py}",
      "**/{package.json,deno.json,deno.jsonc}",
      "**/{build.gradle,build.gradle.kts,pom.xml}",
      "**/{.nycrc,.nycrc.json,.c8rc,.c8rc.json,.coveragerc,codecov.yml,.codecov.yml}",
      "**/{.config/nextest.toml,tarpaulin.toml,Cargo.toml}",
    ],
    looser: [
      {
        rule: "check_weakened",
        pattern:
          /["']?\b(?:passWithNoTests|ignoreFailures|skipTests|testFailureIgnore|maven\.test\.skip|bail_never|allowOnly)\b["']?\s*(?:[:=]|>)\s*["']?true\b/g,
      },
      { rule: "check_weakened", pattern: /\b(?:test|harness|doctest)\s*=\s*false\b/g },
    ],
    stricter: [],
    asks: ["thresholds", "lists"],
  },
  lint: {
    files: [
      "**/.eslintrc{,.json,.js,.cjs,.yml,.yaml}",
      "**/eslint.config.{ts,js,mjs,cjs}",
      "**/{biome.json,biome.jsonc,.oxlintrc.json,.stylelintrc,.stylelintrc.json}",
      "**/deno.{json,jsonc}",
      "**/{ruff.toml,.ruff.toml,.flake8,.pylintrc,pylintrc,pyproject.toml,setup.cfg,tox.ini}",
      "**/.golangci.{yml,yaml,toml}",
      "**/{clippy.toml,.clippy.toml,Cargo.toml}",
      "**/{.eslintignore,.prettierignore}",
      "**/{checkstyle,detekt,pmd,spotbugs}*.{xml,yml,yaml}",
    ],
    looser: [],
    stricter: [],
    asks: ["levels", "lists", "thresholds"],
  },
  types: {
    files: [
      "**/tsconfig{,.*}.json",
      "**/deno.{json,jsonc}",
      "**/{mypy.ini,.mypy.ini,setup.cfg,pyproject.toml,pyrightconfig.json}",
      "**/{build.gradle,build.gradle.kts}",
    ],
    ...TYPE_RULES,
    asks: ["lists"],
  },
} as const satisfies Record<string, SettingsKind>;
