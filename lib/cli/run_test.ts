import assert from "node:assert/strict";
import { memoryIo } from "../../tests/support/memory_io.ts";
import { CarError, ERROR_CODES, type ErrorCode } from "../base/errors.ts";
import type { Call, CommandSpec } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { run } from "./run.ts";

/** A command of two words that does `body`. */
function command(body: (call: Call) => Promise<number | void>): readonly CommandSpec[] {
  return [{
    path: "try out",
    group: "tools",
    summary: "try it",
    arguments: [{ name: "word", summary: "any", isOptional: true }],
    options: [
      { type: "flag", name: "dry-run", summary: "only look" },
      { type: "text", name: "how", placeholder: "WAY", choices: ["fast", "well"], summary: "how" },
      { type: "texts", name: "verify", placeholder: "COMMAND", summary: "checks" },
      { type: "number", name: "tail", placeholder: "N", min: 1, summary: "lines" },
    ],
    examples: [{ line: "car try out", what: "a" }, { line: "car try out b", what: "b" }],
    mode: "any",
    changes: false,
    load: () => Promise.resolve({ run: body }),
  }];
}

Deno.test("run() gives a command its arguments and options wherever they stand", async () => {
  const seen: unknown[] = [];
  const table = command(({ input, json }) => {
    seen.push([
      input.optionalArgument("word"),
      input.flag("dry-run"),
      input.text("how"),
      input.texts("verify"),
      input.number("tail"),
      json,
    ]);
    return Promise.resolve();
  });
  const cases = [
    ["try", "out"],
    ["--json", "try", "out", "x", "--dry-run", "--how", "well"],
    ["try", "out", "--verify", "a b", "x", "--verify=-c", "--tail", "3", "--json"],
    ["-A", "--allow-all", "try", "out", "--", "--dry-run"],
  ];
  for (const argv of cases) assert.equal(await run(argv, memoryIo(), table), 0, argv.join(" "));
  assert.deepEqual(seen, [
    [null, false, null, [], null, false],
    ["x", true, "well", [], null, true],
    ["x", false, null, ["a b", "-c"], 3, true],
    ["--dry-run", false, null, [], null, false],
  ]);
});

const MISTAKES: readonly { argv: string[]; says: RegExp; hint: RegExp }[] = [
  { argv: ["tri"], says: /Unknown command "tri"/, hint: /Did you mean try\?/ },
  { argv: ["try"], says: /"car try" needs one of: out\./, hint: /car try --help/ },
  { argv: ["try", "ot"], says: /Unknown command "ot"/, hint: /Did you mean out\?/ },
  { argv: ["try", "out", "--tial", "3"], says: /Unknown option "--tial"/, hint: /--tail/ },
  { argv: ["try", "out", "--tail"], says: /argument missing/, hint: /`car try out --help`/ },
  {
    argv: ["try", "out", "--tail", "0"],
    says: /whole number, 1 or more/,
    hint: /`car try out --help`/,
  },
  { argv: ["try", "out", "--tail", "1e3"], says: /whole number/, hint: /`car try out --help`/ },
  {
    argv: ["try", "out", "--how", "bad"],
    says: /choices are fast, well/,
    hint: /`car try out --help`/,
  },
  { argv: ["try", "out", "a", "b"], says: /Too many arguments/, hint: /`car try out --help`/ },
  {
    argv: ["-A", "--safe", "try", "out"],
    says: /--allow-all and --safe contradict/,
    hint: /leave/,
  },
  { argv: ["--deny-net", "try", "out"], says: /--deny-net cannot be held/, hint: /--allow-/ },
  { argv: ["try", "out", "--safe"], says: /--safe stands before the command/, hint: /car --safe/ },
];

Deno.test("run() answers a mistake with exit code 2, the mistake and the way out", async () => {
  const table = command(() => Promise.reject(new Error("must not run")));
  for (const { argv, says, hint } of MISTAKES) {
    const io = memoryIo();
    assert.equal(await run(argv, io, table), 2, argv.join(" "));
    assert.equal(io.out(), "", argv.join(" "));
    const [first = "", second = "", ...more] = io.err().split("\n");
    assert.match(first, /^car: /);
    assert.match(first, says);
    assert.match(second, /^ {2}\S/);
    assert.match(second, hint);
    assert.deepEqual(more, [""], io.err());
  }
});

Deno.test("run() tells a mistake as one line of JSON where --json was given", async () => {
  const table = command(() => Promise.resolve());
  for (const argv of [["--json", "tri"], ["try", "out", "--tail", "x", "--json"], ["--json"]]) {
    const io = memoryIo();
    assert.equal(await run(argv, io, table), 2);
    assert.equal(io.err(), "");
    const told: unknown = JSON.parse(io.out());
    assert.match(io.out(), /^\{"error":\{"code":"usage","message":".+","hint":".+"\}\}\n$/);
    assert.ok(told);
  }
});

Deno.test("run() ends with the exit code of each error code and never shows a trace", async () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const io = memoryIo();
    const table = command(() => Promise.reject(new CarError(code, "It broke.", { hint: "Mend." })));
    assert.equal(await run(["try", "out"], io, table), ERROR_CODES[code].exit, code);
    assert.equal(io.err(), "car: It broke.\n  Mend.\n");
  }
});

Deno.test("run() shows a foreign error by its message, and its trace only for CAR_DEBUG=1", async () => {
  const table = command(() => Promise.reject(new TypeError("x is \u001b[31mnot y")));
  const quiet = memoryIo();
  assert.equal(await run(["try", "out"], quiet, table), 1);
  assert.match(quiet.err(), /^car: x is not y\n {2}Run "car doctor"/);
  assert.doesNotMatch(quiet.err(), /run_test\.ts/);
  const debugged = memoryIo({ env: { CAR_DEBUG: "1" } });
  await run(["try", "out"], debugged, table);
  assert.match(debugged.err(), /run_test\.ts/);
});

Deno.test("run() gives the command's own exit code back", async () => {
  assert.equal(await run(["try", "out"], memoryIo(), command(() => Promise.resolve(3))), 3);
});

Deno.test("run() prints help for nothing, --help, and each row of the table", async () => {
  for (const argv of [[], ["--help"], ["help"]]) {
    const io = memoryIo();
    assert.equal(await run(argv, io), 0);
    assert.match(io.out(), /Usage: car/);
    assert.match(io.out(), /Start with:/);
    assert.equal(io.err(), "");
  }
  for (const spec of COMMANDS) {
    const io = memoryIo();
    assert.equal(await run([...spec.path.split(" "), "--help"], io), 0, spec.path);
    assert.ok(io.out().includes("Examples:"), spec.path);
    for (const { line } of spec.examples) assert.ok(io.out().includes(line), spec.path);
    assert.match(io.out(), /--json/);
  }
});

Deno.test("COMMANDS has one row a path, and each row loads its command", async () => {
  const paths = COMMANDS.map((spec) => spec.path);
  assert.deepEqual(paths.filter((path, index) => paths.indexOf(path) !== index), []);
  for (const spec of COMMANDS) {
    assert.equal(typeof (await spec.load()).run, "function", spec.path);
    assert.match(spec.summary, /^[a-z].*[^.]$/, spec.path);
    for (const { line } of spec.examples) assert.ok(line.includes("car "), line);
  }
});
