import assert from "node:assert/strict";
import { memoryIo } from "../../tests/support/memory_io.ts";
import { decideColour } from "./io.ts";
import { Output } from "./output.ts";

const PLAIN = { json: false, quiet: false, colour: false };

Deno.test("Output.table() is aligned and cut on a terminal, tabs and uncut in a pipe", () => {
  const columns = [{ title: "n", align: "right" as const }, { title: "title" }];
  const rows = [["1", "a title\tthat is long"], ["12", "b"]];
  const terminal = memoryIo({ terminal: true, columns: 14 });
  new Output(terminal, PLAIN).table(columns, rows);
  assert.equal(terminal.out(), " n  title\n 1  a title t…\n12  b\n");
  const pipe = memoryIo();
  new Output(pipe, PLAIN).table(columns, rows);
  assert.equal(pipe.out(), "1\ta title that is long\n12\tb\n");
});

Deno.test("Output.json() is one line in a pipe and indented on a terminal", () => {
  const pipe = memoryIo();
  new Output(pipe, PLAIN).json({ a: [1] });
  assert.equal(pipe.out(), '{"a":[1]}\n');
  const terminal = memoryIo({ terminal: true });
  new Output(terminal, PLAIN).json({ a: 1 });
  assert.equal(terminal.out(), '{\n  "a": 1\n}\n');
});

Deno.test("Output keeps terminal sequences of foreign text off the terminal", () => {
  const io = memoryIo({ terminal: true });
  const output = new Output(io, PLAIN);
  output.line("a\u001b]0;title\u0007b\u202e");
  output.document("x\u001b[2Jy");
  assert.equal(io.out(), "ab\\u{202e}\nxy\n");
  const pipe = memoryIo();
  new Output(pipe, PLAIN).document("as it is \u001b[1m");
  assert.equal(pipe.out(), "as it is \u001b[1m\n");
});

Deno.test("Output.say() is silent with --quiet and --json", () => {
  for (
    const [options, out] of [
      [PLAIN, "done\n"],
      [{ ...PLAIN, quiet: true }, ""],
      [{ ...PLAIN, json: true }, ""],
    ] as const
  ) {
    const io = memoryIo();
    new Output(io, options).say("done");
    assert.equal(io.out(), out);
  }
});

Deno.test("decideColour() follows NO_COLOR, TERM=dumb and pipes", () => {
  const cases = [
    { isTerminal: true, env: { TERM: "xterm" }, colour: true },
    { isTerminal: true, env: { TERM: "dumb" }, colour: false },
    { isTerminal: true, env: { NO_COLOR: "1" }, colour: false },
    { isTerminal: true, env: { NO_COLOR: "" }, colour: true },
    { isTerminal: false, env: {}, colour: false },
  ];
  for (const { isTerminal, env, colour } of cases) {
    const values: Record<string, string | undefined> = env;
    assert.equal(decideColour(isTerminal, (name) => values[name]), colour);
  }
});
