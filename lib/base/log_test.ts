import assert from "node:assert/strict";
import { isWanted, logLine } from "./log.ts";

const AT = Date.UTC(2026, 2, 4, 9, 30, 0, 7);

Deno.test("logLine() tells time, level and what is known, in one order", () => {
  const table: [Parameters<typeof logLine>[2], string][] = [
    [{ msg: "short" }, "msg=short"],
    [{ msg: "two words" }, 'msg="two words"'],
    [{ msg: "" }, 'msg=""'],
    [{ msg: 'a "b"\nc=d' }, 'msg="a \\"b\\"\\nc=d"'],
    [{ msg: "x", turn: "turn_1", run: "run-0001", ticket: null }, "run=run-0001 turn=turn_1 msg=x"],
    [
      { agent: "codex", msg: "\u001b[31m\u202e\u0085" },
      'agent=codex msg="\\u001b[31m\\u202e\\u0085"',
    ],
  ];
  for (const [fields, rest] of table) {
    assert.equal(logLine(AT, "info", fields), `time=2026-03-04T09:30:00.007Z level=info ${rest}\n`);
  }
});

Deno.test("logLine() is one line of bounded length, whatever it is told", () => {
  const line = logLine(AT, "error", { msg: "\n\u2028ü".repeat(50_000) });
  assert.equal(line.split(/[\n\u2028]/).length, 2);
  assert.ok(line.length < 12_000, String(line.length));
  assert.match(line, /more bytes\]"\n$/);
});

Deno.test("isWanted() lets pass what weighs as much or more", () => {
  assert.deepEqual(
    [isWanted("info", "info"), isWanted("debug", "info"), isWanted("error", "info")],
    [
      true,
      false,
      true,
    ],
  );
});
