import assert from "node:assert/strict";
import plugin, { FUNCTION_LINES_MAX } from "./lint_plugin.ts";

/** The names of the rules that fire, one for each report, in the order of the source. */
function reported(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map(({ id }) => id.replace("car/", ""));
}

interface Case {
  readonly rule: string;
  readonly path: string;
  /** Each alone must be reported, by this rule and no other. */
  readonly bad: readonly string[];
  /** None may be reported. */
  readonly good: readonly string[];
  /** Files where the bad ones are allowed. */
  readonly exempt: readonly string[];
}

const CASES: readonly Case[] = [
  {
    rule: "pure-engine",
    path: "lib/engine/a.ts",
    bad: [
      "Deno.cwd();",
      "globalThis[Deno];",
      "const { now } = performance;",
      "Date.now();",
      "Math.random();",
      "new Date();",
      "crypto.randomUUID();",
      "setTimeout(f, 1);",
      'import { x } from "node:fs";',
      'import type { x } from "yaml";',
    ],
    good: [
      "new Date(now);",
      "Date.parse(text);",
      "port.fetch(1);",
      "const a = { crypto: 1, Deno: 2 };",
      "interface A { process: string; fetch(): void }",
      'import { x } from "./b.ts";',
    ],
    exempt: ["lib/engine/a_test.ts", "tests/a_test.ts"],
  },
  {
    rule: "no-provider-in-engine",
    path: "lib/engine/a.ts",
    bad: [
      "const codexThread = 1;",
      'const a = "OpenCode";',
      "const a = `for ${b} in telegram`;",
      "f({ discord: 1 });",
    ],
    good: ['const a = ".codex-autorunner/config.yml";', "// codex has its own way\nconst a = 1;"],
    exempt: ["lib/engine/a_test.ts", "lib/hub/agents.ts"],
  },
  {
    rule: "no-console",
    path: "lib/hub/a.ts",
    bad: ["console.log(1);", 'console["error"](1);'],
    good: ["output.console.log(1);"],
    exempt: ["lib/cli/output.ts", "scripts/a.ts", "tests/a_test.ts"],
  },
  {
    rule: "literal-import",
    path: "lib/cli/a.ts",
    bad: ["await import(path);", "await import(`./${name}.ts`);"],
    good: ['await import("./b.ts");'],
    exempt: [],
  },
  {
    rule: "atomic-writes",
    path: "lib/hub/a.ts",
    bad: [
      'await Deno.writeTextFile("a", "");',
      'Deno.writeFileSync("a", bytes);',
      'import { writeFileSync } from "node:fs";',
      'import { appendFile as add } from "node:fs/promises";',
      'import fs from "node:fs"; fs.createWriteStream("a");',
      'import * as fs from "node:fs/promises"; await fs.writeFile("a", "");',
    ],
    good: [
      'import { readFileSync } from "node:fs";',
      'import type { WriteStream } from "node:fs";',
      'await files.writeTextFile("a", "");',
    ],
    exempt: ["lib/control/files.ts", "lib/hub/a_test.ts", "scripts/a.ts"],
  },
  {
    rule: "one-process-room",
    path: "lib/hub/a.ts",
    bad: ['new Deno.Command("git");', 'import { spawn } from "node:child_process";'],
    good: ["let a: Deno.CommandStatus;", 'import type { ChildProcess } from "node:child_process";'],
    exempt: ["lib/adapters/process/start.ts", "lib/hub/a_test.ts", "tests/support/car.ts"],
  },
  {
    rule: "one-clock",
    path: "lib/control/a.ts",
    bad: ["Date.now();", "performance.now();", "new Date();"],
    good: ["clock.now();", "new Date(at);"],
    exempt: ["lib/base/clock.ts", "lib/control/a_test.ts", "scripts/a.ts"],
  },
  {
    rule: "function-length",
    path: "lib/hub/a.ts",
    bad: [
      `function f() {${"\n".repeat(FUNCTION_LINES_MAX)}}`,
      `const f = () => {${"\n".repeat(FUNCTION_LINES_MAX)}};`,
      `class A { m() {${"\n".repeat(FUNCTION_LINES_MAX)}} }`,
    ],
    good: [`function f() {${"\n".repeat(FUNCTION_LINES_MAX - 1)}}`],
    exempt: ["lib/adapters/codex/protocol.gen.ts"],
  },
];

for (const { rule, path, bad, good, exempt } of CASES) {
  Deno.test(`car/${rule} reports what it forbids, and only where it applies`, () => {
    for (const source of bad) {
      assert.deepEqual(reported(path, source), [rule], `${path}: ${source}`);
      for (const other of exempt) {
        assert.ok(!reported(other, source).includes(rule), `${other}: ${source}`);
      }
    }
    for (const source of good) assert.deepEqual(reported(path, source), [], source);
  });
}

Deno.test("every rule of the plugin has its cases and gives a cure with its message", () => {
  assert.deepEqual(CASES.map(({ rule }) => rule), Object.keys(plugin.rules));
  for (const { path, bad } of CASES) {
    for (const found of Deno.lint.runPlugin(plugin, path, bad[0] ?? "")) {
      assert.ok((found.hint ?? "").length > 20, `${found.id} needs a hint`);
    }
  }
});

Deno.test("the plugin knows a file by its place in the repository when Deno gives the whole path", () => {
  const whole = new URL("../lib/engine/a.ts", import.meta.url).pathname;
  assert.deepEqual(reported(whole, "Math.random();"), ["pure-engine"]);
});
