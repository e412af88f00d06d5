/** The short way through simple frontmatter must say what the YAML parser says, or nothing. */

import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { agreesWithParser } from "../../tests/support/plain_yaml.ts";
import { readPlainYaml } from "./plain_yaml.ts";

const SEED = 20_261_121;
const CASES = 5_000;

/** What the short way reads. */
const SIMPLE = [
  ..."x|Make it work|a, b and c|404|-3|0|007|-0|a:b|a#b|x # y|src/**/*.ts|(a)|$x|^a|a\\|a\\b|=|a=b"
    .split("|"),
  ..."true|True|FALSE|tRUE|null|~|yes|no|on|12:30|a  b|a]b|a}|a|b>c|a%b|-x|1/2|test -f 1.txt && echo ok"
    .split("|"),
  ..."é|日本語|naïve – “quoted”|🚀 go|it's|a 'b' c|a \"b\" c|npm test -- --run|deno task ok|<<"
    .split("|"),
  ...[
    "'it''s'",
    '"it\'s"',
    '"a \\"b\\" c"',
    '"a\\nb"',
    '"a\\/b\\\\"',
    "'a\"b'",
    '""',
    "''",
    '"a" # b',
    "'a: b'",
  ],
  ...[
    "[]",
    "[ ]",
    "[a]",
    "[a, b]",
    "[1, 2, 3]",
    "[ 'a' , \"b\" ]",
    "[a b, c]",
    "[a:b]",
    "[a] # b",
    "[-1, -a]",
  ],
  ...[
    "[true, ~, x]",
    "[src/**, tests/x.ts]",
    "[\"a, b\", 'c]']",
    "[a,b]",
    "[a ]",
    "[a#b]",
    "[1/2,a?b]",
    '["a"]',
  ],
];
/** What looks like it. */
const ODD = [
  ..."+5|1.10|-.5|+.5|.5|1.|1e3|1e-5|0x1F|0o17|.inf|-.Inf|.nan|1_000|2026-11-21|3rd|.env|a: b|a:|: a|a #b"
    .split("|"),
  ..."#a|a\tb| lead|trail  |**/*.ts|*.ts|&a x|!x y|!!str x|@x|`x`|%x|-|--|---|--- x|...|--flag|? a|?a|?|:a|- a"
    .split("|"),
  ..."{}|{a: b}|{turns: 5}|>|>2|{a|a\u00a0b|a\u3000|\u2028|a\u0085b|123456789012345678|\u3000|\ufeff"
    .split("|"),
  ...[
    "|",
    "|-",
    '"a\\u0041"',
    '"a" b',
    "'a'b",
    '"a"#b',
    "'a",
    '"a',
    '"a": b',
    "'a': b",
    '"a":b',
    "'a' #b",
    "",
  ],
  ...[
    "[a, b,]",
    "[,]",
    "[a: b]",
    "[a:, b]",
    "[a, [b]]",
    "[{a: b}]",
    "[a",
    "[a] b",
    "[a]#b",
    "[a #b]",
    "[a, #b]",
  ],
  ...[
    "[- a]",
    "['a'b]",
    '["a":b]',
    "[*.ts]",
    "[a?b, ?c]",
    "[a\\,b]",
    "['a' 'b']",
    "[a,,b]",
    "[a]]",
    "[a:]",
  ],
];
const KEYS = "title|goal|agent|done|verify|limits|depends_on|context|touches|x-y|_a|A1".split("|");
const ODD_KEYS = "true|null|1a|a b|'q'|\"q\"|é|<<|?|-|a.b".split("|");
const INNER = "path|max_bytes|required|run|timeout_s|turns|minutes".split("|");
const REMARKS = ["# a remark", "#", "  # indented", "", "   ", "      # deep", "- # x", "# a: b"];

/** Small slips: a place where one of them is put in. */
const SLIPS = [
  " ",
  "\n",
  ":",
  "#",
  "- ",
  "'",
  '"',
  "\t",
  ",",
  "[",
  "]",
  "{",
  "}",
  "\r",
  "  ",
  "&",
  "|",
  "\\",
  "  x\n",
];

function generate(random: () => number): string {
  const lines: string[] = [];
  const maybe = (share: number) => random() < share;
  const remark = () => {
    if (maybe(0.12)) lines.push(pick(random, REMARKS));
  };
  const value = () => pick(random, maybe(0.97) ? SIMPLE : ODD);
  const name = (keys: readonly string[]) => pick(random, maybe(0.99) ? keys : ODD_KEYS);
  const blank = () => maybe(0.98) ? " " : pick(random, ["  ", "", "\t"]);
  const tail = () => maybe(0.93) ? "" : pick(random, [" ", " ", " # remark", "  #x", "#", "\t"]);
  const more = () => maybe(0.8) ? String(lines.length) : "";
  const count = Math.floor(random() * 7);
  for (let at = 0; at < count; at++) {
    remark();
    const key = (maybe(0.99) ? "" : " ") + name(KEYS) + (maybe(0.9) ? String(at) : "");
    const kind = random();
    if (kind < 0.6) {
      lines.push(`${key}:${blank()}${value()}${tail()}`);
      if (maybe(0.02)) lines.push(`  ${value()}`);
      continue;
    }
    lines.push(`${key}:${tail()}`);
    const indent = " ".repeat(Math.floor(random() * 4));
    for (let items = Math.floor(random() * 4); items > 0; items--) {
      remark();
      const own = maybe(0.98) ? indent : `${indent} `;
      if (kind < 0.75) lines.push(`${own}-${blank()}${value()}${tail()}`);
      else if (kind < 0.87) {
        lines.push(
          `${own}${maybe(0.5) ? "  " : ""}${name(INNER)}${more()}:${blank()}${value()}${tail()}`,
        );
      } else {
        const dash = pick(random, ["- ", "- ", "- ", "- ", "-  ", "-   ", "-"]);
        lines.push(`${own}${dash}${name(INNER)}${more()}:${blank()}${value()}${tail()}`);
        for (let rest = Math.floor(random() * 3); rest > 0; rest--) {
          remark();
          const column = own + " ".repeat(maybe(0.97) ? dash.length : 1);
          lines.push(`${column}${name(INNER)}${more()}:${blank()}${value()}${tail()}`);
        }
      }
    }
  }
  remark();
  return lines.join("\n") + (maybe(0.97) ? "\n" : "");
}

function slipped(random: () => number, yaml: string): string {
  const at = Math.floor(random() * (yaml.length + 1));
  return random() < 0.5
    ? yaml.slice(0, at) + pick(random, SLIPS) + yaml.slice(at)
    : yaml.slice(0, at) + yaml.slice(at + 1 + Math.floor(random() * 3));
}

/** A ticket with all that CAR knows, as a person or an agent would write it. */
const TICKET = `ticket_id: tkt_0123456789abcdef
agent: codex
done: false
title: "Login: keep the session"   # asked for by two people
goal: Sessions survive a restart
depends_on: [1, 002, TICKET-003]
verify:
  - deno test -A
  - run: "grep -q 'a: b' notes.txt"
    timeout_s: 60

limits:
  turns: 5
  minutes: 20
touches:
- src/login/**
- 'tests/*.ts'
# The plan.
context:
  - path: docs/plan.md
    max_bytes: 2000
    required: true
model:
`;

Deno.test("readPlainYaml() reads a ticket with every key", () => {
  assert.ok(agreesWithParser(TICKET, "ticket"));
  assert.ok(agreesWithParser(TICKET.replaceAll("\n", "\r\n"), "ticket with CRLF"));
});

Deno.test("readPlainYaml() leaves to the parser what is not certainly simple", () => {
  const rows = ["", "# remark\n", "a: |\n  x\n", "a: &x 1\n", "a: 1.10\n", "a:\n  b:\n    c: 1\n"];
  const wrong = ["a: 1\na: 2\n", "a: b: c\n", "a: 'x\n", "a\n", "- a\n", "{a: 1}\n", "a: x\n  y\n"];
  for (const yaml of [...rows, ...wrong]) assert.equal(readPlainYaml(yaml), null, yaml);
});

Deno.test("readPlainYaml() says what the parser says of 5,000 frontmatters, or nothing", () => {
  const seed = Number(Deno.env.get("CAR_SEED") ?? SEED);
  const cases = Number(Deno.env.get("CAR_CASES") ?? CASES);
  const random = randoms(seed);
  let short = 0;
  for (let at = 0; at < cases; at++) {
    const whole = generate(random);
    const yaml = random() < 0.2 ? slipped(random, whole) : whole;
    const text = random() < 0.1 ? yaml.replaceAll("\n", "\r\n") : yaml;
    if (agreesWithParser(text, `seed ${seed}, case ${at}`)) short++;
  }
  assert.ok(short > cases / 4, `only ${short} of ${cases} were read the short way`);
});
