import assert from "node:assert/strict";
import { fixTicket } from "./ticket_fix.ts";
import { knownAgents, lintQueue, lintTicket } from "./ticket_lint.ts";
import { readTicketText } from "./ticket_reading.ts";
import { LINT_RULES, problemLine } from "./ticket_rules.ts";

const AGENTS = knownAgents(["codex", "opencode", "Reviewer"]);
const FILE = "TICKET-007-x.md";
const lint = (text: string) => lintTicket(FILE, text, AGENTS);
const head = (lines: string) => `---\n${lines}\n---\n\nBody.\n`;
const sound = (lines: string) => head(`agent: codex\ndone: false\n${lines}`);

Deno.test("lintTicket() reads a full ticket into data", () => {
  const { ticket, problems } = lint(sound(`ticket_id: tkt_full01
title: 404
goal: >-
  Two
  lines
model: gpt
depends_on: [3, "TICKET-004", tkt_other1]
verify:
  - deno test
  - {run: "x: y", timeout_s: 2.5}
limits: {turns: 4, minutes: 30}
touches: src/**
may_change: ["tests/**", docs/]
context:
  - path: docs/a b.md
    max_bytes: 100
    required: true
  - {path: x}
review: reviewer
fallback: opencode
unknown: {kept: yes}`));
  assert.deepEqual(problems, []);
  assert.deepEqual(ticket, {
    id: "tkt_full01",
    number: 7,
    name: FILE,
    agent: "codex",
    done: false,
    title: "404",
    goal: "Two lines",
    model: "gpt",
    reasoning: null,
    profile: null,
    dependsOn: [3, "TICKET-004", "tkt_other1"],
    verify: [{ run: "deno test", timeoutSeconds: null }, { run: "x: y", timeoutSeconds: 2.5 }],
    limits: { turns: 4, minutes: 30, tokens: null },
    touches: ["src/**"],
    mayChange: ["tests/**", "docs/"],
    context: [
      { path: "docs/a b.md", maxBytes: 100, required: true },
      { path: "x", maxBytes: null, required: false },
    ],
    review: "Reviewer",
    fallback: "opencode",
  });
});

const ACCEPTED = [
  sound("verify: deno test"),
  sound("verify: {run: deno test}"),
  sound("title:\ngoal: ''\ntouches:\nlimits:\nverify:\ndepends_on: []"),
  sound("depends_on: 3"),
  sound("title: 日本 🙂 'quotes' inside"),
  head("agent: USER\ndone: True"),
  "\uFEFF" + sound("title: a").replaceAll("\n", "\r\n"),
  "---\nagent: codex\ndone: false\n...\nno final newline",
];

Deno.test("lintTicket() accepts every allowed shape", () => {
  for (const text of ACCEPTED) {
    const { ticket, problems } = lint(text);
    assert.deepEqual(problems, [], text);
    assert.ok(ticket !== null);
  }
});

/** Text, code, line, words that the message has. */
const COMPLAINTS = [
  ["", "frontmatter_missing", 1, "first line must be ---"],
  [head("agent: codex"), "done_missing", 1, 'Write "done: false"'],
  [
    head("agent: codex\ndone: yes"),
    "done_not_boolean",
    3,
    'done is "yes"; allowed are true and false',
  ],
  [head("agent: codex\ndone: 'true'"), "done_not_boolean", 3, 'done is "true"'],
  [head("agent: codex\ndone: 1"), "done_not_boolean", 3, "done is the number 1"],
  [head("agent: codex\ndone:"), "done_not_boolean", 3, "done is nothing"],
  [head("agent: codex\ndone: nearly"), "done_unclear", 3, 'done is "nearly"'],
  [head("agent: codex\ndone: [true]"), "done_unclear", 3, "done is a list"],
  [head("done: false"), "agent_missing", 1, "codex, opencode, Reviewer, user"],
  [head("agent: ' '\ndone: false"), "agent_missing", 2, "agent is missing"],
  [
    head("agent: codx\ndone: false"),
    "agent_unknown",
    2,
    "agent is codx, which is not a configured agent. Allowed are: codex, opencode, Reviewer, user. Did you mean codex?",
  ],
  [head("agent: [codex]\ndone: false"), "not_text", 2, "agent is a list"],
  [sound("review: user"), "agent_unknown", 4, "review is user"],
  [sound("fallback: nobody"), "agent_unknown", 4, "fallback is nobody"],
  [sound("ticket_id: a b c d e"), "ticket_id_shape", 4, "6 to 128 letters"],
  [sound("ticket_id: x"), "ticket_id_shape", 4, '"x"'],
  [sound("title: [a]"), "not_text", 4, "title is a list"],
  [sound("title: Login: fix"), "unquoted_colon", 4, 'title: "Login: fix"'],
  [sound("title: ends:"), "unquoted_colon", 4, '"ends:"'],
  [sound("title: @home"), "needs_quotes", 4, '"@home"'],
  [sound("title: *bold* move"), "needs_quotes", 4, '"*bold* move"'],
  [sound("goal: [WIP] do"), "needs_quotes", 4, '"[WIP] do"'],
  [sound("title: !important"), "needs_quotes", 4, '"!important"'],
  [sound("touches: [1, [2]]"), "not_texts", 4, "touches has a list"],
  [sound("may_change: {a: b}"), "not_texts", 4, "may_change has a map"],
  [sound("depends_on:\n  - 1\n  - -2"), "depends_on_shape", 6, "the number -2"],
  [sound("depends_on: 1.5"), "depends_on_shape", 4, "the number 1.5"],
  [sound(`depends_on: [${"1, ".repeat(300)}]`), "depends_on_shape", 4, "300 items"],
  [sound("verify: [[a]]"), "verify_shape", 4, "a list in a list"],
  [sound("verify: {command: x}"), "verify_shape", 4, "the key command"],
  [sound("verify: {timeout_s: 5}"), "verify_shape", 4, "a map without run"],
  [sound("verify:\n  - run: x\n    timeout_s: 0"), "verify_shape", 6, "the timeout_s the number 0"],
  [sound("verify:\n  - echo a: b"), "verify_shape", 5, '"echo a: b", which needs quotes'],
  [sound("verify: true"), "verify_shape", 4, "true"],
  [sound("limits: 5"), "limits_shape", 4, "the number 5"],
  [sound("limits:\n  turns: 0"), "limits_shape", 5, "turns: the number 0"],
  [sound("limits: {turn: 3}"), "limits_shape", 4, "the key turn"],
  [sound("context: a.md"), "context_shape", 4, '"a.md"'],
  [sound("context:\n  - path: a\n    max_bytes: big"), "context_shape", 6, "max_bytes"],
  [sound("context:\n  - path: a\n    required: 'yes'"), "context_shape", 6, "required"],
  [sound("context:\n  - file: a"), "context_shape", 5, "the key file"],
  [sound("context:\n  - path: /etc/passwd"), "context_path", 5, "is absolute"],
  [sound("context:\n  - path: a/../../b"), "context_path", 5, "leads upward"],
  [sound("context:\n  - path: a\\b"), "context_path", 5, "backslash"],
  [sound("a: 1\na: 2"), "yaml_duplicate_key", 5, "in line 4 already"],
] as const;

Deno.test("lintTicket() names code, line, what was found and what is allowed", () => {
  for (const [text, code, line, words] of COMPLAINTS) {
    const { problems } = lint(text);
    const shown = problems.map(problemLine).join("\n");
    assert.deepEqual(problems.map((it) => [it.code, it.line]), [[code, line]], `${text}\n${shown}`);
    assert.ok(shown.includes(words), shown);
    assert.ok(shown.startsWith(`${FILE}:${line}: `));
  }
});

Deno.test("lintTicket() tells the other complaints beside missing quotes", () => {
  const { ticket, problems } = lint(head("agent: nobody\ndone: no\ntitle: a: b\ngoal: @x"));
  assert.equal(ticket, null);
  assert.deepEqual(problems.map((it) => [it.line, it.code]), [
    [2, "agent_unknown"],
    [3, "done_not_boolean"],
    [4, "unquoted_colon"],
    [5, "needs_quotes"],
  ]);
});

Deno.test("lintTicket() lets nothing of a file act on the terminal", () => {
  const { problems } = lint(head('agent: "\\e[31mred\\u202e\\nline"\ndone: false'));
  assert.doesNotMatch(problems.map(problemLine).join(""), /\p{Cc}|\u202e/u);
});

const queue = (...tickets: readonly (readonly [string, string])[]) =>
  lintQueue(tickets.map(([name, lines]) => readTicketText(name, sound(lines))), AGENTS).problems
    .map(({ file, line, code, message }) => [file.slice(7, 10), line, code, message] as const);

Deno.test("lintQueue() finds numbers and ids that are there twice", () => {
  const found = queue(
    ["TICKET-003.md", "ticket_id: tkt_same"],
    ["TICKET-0003.md", ""],
    ["TICKET-005.md", "title: x\nticket_id: tkt_same"],
  );
  assert.deepEqual(found.map((it) => it.slice(0, 3)), [
    ["003", 1, "number_twice"],
    ["005", 5, "id_twice"],
  ]);
  assert.match(found[0]?.[3] ?? "", /taken by TICKET-0003\.md too/);
});

Deno.test("lintQueue() finds references to nothing, to later tickets, and circles with their path", () => {
  const found = queue(
    ["TICKET-001.md", "depends_on: [9]"],
    ["TICKET-002.md", "depends_on: [3]"],
    ["TICKET-003.md", "title: x\ndepends_on:\n  - 4"],
    ["TICKET-004.md", "depends_on: [TICKET-002, 1]"],
    ["TICKET-005.md", "depends_on: ['006', 5]"],
    ["TICKET-006.md", "ticket_id: tkt_six\ndepends_on: [tkt_none]"],
  );
  assert.deepEqual(found.map((it) => it.slice(0, 3)), [
    ["001", 4, "depends_on_unknown"],
    ["002", 4, "depends_on_cycle"],
    ["003", 6, "depends_on_cycle"],
    ["005", 4, "depends_on_forward"],
    ["005", 4, "depends_on_cycle"],
    ["006", 5, "depends_on_unknown"],
  ]);
  assert.match(found[1]?.[3] ?? "", /TICKET-002 -> TICKET-003 -> TICKET-004 -> TICKET-002/);
  assert.match(found[4]?.[3] ?? "", /TICKET-005 -> TICKET-005/);
});

Deno.test("lintQueue() survives a queue where everything waits for everything", () => {
  const all = Array.from({ length: 150 }, (_, index) => index + 1);
  const found = queue(
    ...all.map((n) => [`TICKET-${String(n).padStart(3, "0")}.md`, `depends_on: [${all}]`] as const),
  );
  assert.equal(found.length, 150 * 151 / 2);
  for (const [, , , message] of found) assert.ok(message.length < 400);
});

Deno.test("fixTicket() mends exactly what the table calls fixable", () => {
  for (const [text] of COMPLAINTS) {
    const before = lint(text).problems;
    const fixed = fixTicket(FILE, text);
    const left = lint(fixed.text).problems;
    assert.deepEqual(left, before.filter((it) => !it.fixable), text);
    assert.equal(fixed.fixes.length, before.length - left.length);
    assert.deepEqual(fixTicket(FILE, fixed.text), { text: fixed.text, fixes: [] });
  }
});

Deno.test("fixTicket() says what it did and keeps remarks", () => {
  const { text, fixes } = fixTicket(
    FILE,
    head("agent: codex\ndone: 'Yes' # by me\ntitle: a: b # c"),
  );
  assert.equal(text, head('agent: codex\ndone: true # by me\ntitle: "a: b" # c'));
  assert.deepEqual(fixes.map((it) => it.done), [
    'title has quotes now: "a: b"',
    'done is true now, it was "Yes"',
  ]);
});

Deno.test("LINT_RULES: every message is whole sentences without holes", () => {
  for (const [code, { say }] of Object.entries(LINT_RULES)) {
    const words = say("FOUND", "ALLOWED", "KEY");
    assert.doesNotMatch(words, /undefined|null|\n/, code);
    assert.ok(words.length > 15, code);
  }
});
