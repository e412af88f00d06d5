import assert from "node:assert/strict";
import { byteLength } from "../base/text.ts";
import { pick, randoms } from "../../tests/support/random.ts";
import { linesOutsideFences } from "./fence.ts";
import { buildPrompt, PROMPT_BYTES_MAX, type PromptInput } from "./prompt.ts";
import { PART_NAMES } from "./prompt_parts.ts";
import { type CommitPolicy, fullRules, shortRules } from "./prompt_rules.ts";

const file = (path: string, text: string) => ({ path, text });

const FULL: PromptInput = {
  mode: "first",
  continues: false,
  rules: { checks: ["make test"], commit: "ticket", queue: "tickets" },
  paths: [["This ticket", "car/tickets/TICKET-001.md"], ["DISPATCH.md", "car/runs/1/DISPATCH.md"]],
  replies: [{ number: 2, file: file("car/r/2", "Take the blue one."), attachments: ["a.png"] }],
  contextspace: {
    active_context: file("car/c/active_context.md", "We are at step 3.\n"),
    decisions: file("car/c/decisions.md", "1. Blue.\n"),
    spec: file("car/c/spec.md", "A tool.\n"),
  },
  context: [{ file: file("src/a.ts", "export const a = 1;\n"), bytesMax: null, problem: null }],
  feedback: "`make test` ended with exit code 1",
  ticket: file("car/tickets/TICKET-001.md", "---\nagent: a\ndone: false\n---\nDo it.\n"),
  lastText: "I did half of it.",
  frame: null,
  limits: {
    docBytesMax: 24_576,
    contextBytesMax: 65_536,
    replyBytesMax: 65_536,
    priorBytesMax: 6_000,
    totalBytesMax: PROMPT_BYTES_MAX,
  },
};

function built(input: PromptInput) {
  const prompt = buildPrompt(input);
  assert.ok(prompt.ok, prompt.ok ? "" : prompt.message);
  return prompt;
}

Deno.test("buildPrompt() puts the parts of a new conversation in their order", () => {
  const { text, parts } = built(FULL);
  assert.deepEqual(parts.map((part) => part.name), [...PART_NAMES]);
  const marks = [
    "# How you work here",
    "## Paths",
    "Take the blue one.",
    "We are at step 3.",
    "1. Blue.",
    "A tool.",
    "export const a = 1;",
    "ended with exit code 1",
    "Do it.",
    "I did half of it.",
  ];
  const places = marks.map((mark) => text.indexOf(mark));
  assert.ok(places.every((place) => place >= 0), JSON.stringify(places));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.match(text, /Reply 2 with 1 file: a\.png/);
});

Deno.test("buildPrompt() tells a continued conversation only what is new, and the ticket whole", () => {
  const { text } = built({ ...FULL, mode: "next", continues: true });
  for (
    const there of [
      "still open",
      "car/runs/1/DISPATCH.md",
      "Take the blue one.",
      "exit code 1",
      "Do it.",
    ]
  ) {
    assert.ok(text.includes(there), there);
  }
  for (const gone of ["How you work here", "step 3", "A tool.", "export const", "half of it"]) {
    assert.ok(!text.includes(gone), gone);
  }
  assert.ok(text.length < built(FULL).text.length);
});

Deno.test("buildPrompt() says how a turn follows an interruption", () => {
  assert.match(built({ ...FULL, mode: "continue", continues: true }).text, /You were interrupted/);
  assert.match(built({ ...FULL, mode: "resend" }).text, /work begun in the tree, it is yours/);
  assert.doesNotMatch(built(FULL).text, /interrupted/);
});

Deno.test("buildPrompt() leaves out parts that have nothing to say", () => {
  const { text, parts } = built({
    ...FULL,
    replies: [],
    contextspace: { active_context: null, decisions: file("d", " \n"), spec: null },
    context: [],
    feedback: null,
    lastText: "",
  });
  const silent = parts.filter((part) => part.text === "").map((part) => part.name);
  assert.deepEqual(silent, [
    "replies",
    "active_context",
    "decisions",
    "spec",
    "context",
    "feedback",
    "note",
    "prior_output",
  ]);
  assert.doesNotMatch(text, /\n{4}/);
});

Deno.test("buildPrompt() cuts each part on a line border and says how much is missing", () => {
  const long = Array.from({ length: 4000 }, (_, index) => `Zeile ${index} mit Ümläut\n`).join("");
  const { text, parts } = built({
    ...FULL,
    contextspace: {
      active_context: file("ac.md", long),
      decisions: file("de.md", long),
      spec: null,
    },
  });
  const part = (name: string) => parts.find((it) => it.name === name);
  assert.ok((part("active_context")?.bytes ?? 0) < 24_576 + 300);
  assert.equal(
    part("active_context")?.cut,
    byteLength(long) - shownBytes(part("active_context")?.text),
  );
  assert.match(part("active_context")?.text ?? "", /^Zeile 0 mit/m);
  assert.match(part("decisions")?.text ?? "", /^Zeile 3999 mit Ümläut$/m);
  assert.match(text, /bytes are left out here; the whole is in ac\.md\]/);
  assert.match(text, /bytes are left out above; the whole is in de\.md\]/);
});

const shownBytes = (text = ""): number =>
  byteLength(text.split("\n").filter((line) => line.startsWith("Zeile")).join("\n") + "\n");

Deno.test("buildPrompt() stays in its total, giving up the least needed first, never the ticket", () => {
  const large = "line of text\n".repeat(4000);
  const input: PromptInput = {
    ...FULL,
    lastText: large,
    contextspace: {
      active_context: file("ac.md", large),
      decisions: file("de.md", large),
      spec: file("sp.md", large),
    },
    context: Array.from({ length: 8 }, (_, index) => ({
      file: file(`src/${index}.ts`, large),
      bytesMax: null,
      problem: null,
    })),
    ticket: file("t.md", "word \n".repeat(5000) + "the very end"),
  };
  for (const totalBytesMax of [PROMPT_BYTES_MAX, 120_000, 60_000]) {
    const { bytes, text } = built({ ...input, limits: { ...FULL.limits, totalBytesMax } });
    assert.ok(bytes <= totalBytesMax, `${bytes} of ${totalBytesMax}`);
    assert.ok(text.includes("the very end") && text.includes("Take the blue one."));
  }
  const tight = built({ ...input, limits: { ...FULL.limits, totalBytesMax: 60_000 } });
  const cut = (name: string) => tight.parts.find((it) => it.name === name)?.cut ?? 0;
  assert.equal(cut("prior_output"), byteLength(large));
  assert.equal(cut("ticket"), 0);
});

Deno.test("buildPrompt() names a file that could not be read instead of its text", () => {
  const { text } = built({
    ...FULL,
    context: [{ file: file("gone.md", ""), bytesMax: 10, problem: "there is no such file" }],
  });
  assert.match(text, /gone\.md is not here: there is no such file/);
});

Deno.test("buildPrompt() fills a person's frame in one pass", () => {
  const ticket = file("t.md", "Write {{rules}} and $& and {{ticket}}.\n");
  const frame = file("prompt.txt", "Hello.\n{{ticket}}\n{{ contextspace }}\n{{note}}End.");
  const { text } = built({ ...FULL, ticket, frame });
  assert.match(text, /^Hello\.\n/);
  assert.match(text, /Write \{\{rules\}\} and \$& and \{\{ticket\}\}\./);
  assert.match(text, /We are at step 3\.[^]*1\. Blue\.[^]*A tool\.[^]*\nEnd\.$/);
  assert.doesNotMatch(text, /How you work here/);
});

Deno.test("buildPrompt() refuses a frame it cannot use, with file and line", () => {
  const table: [string, number, RegExp][] = [
    [
      "a\nb {{tickets}}\n{{ticket}}",
      2,
      /^\{\{tickets\}\} is no placeholder\. Known are .*\{\{ticket\}\}/,
    ],
    ["{{ticket}}\n{{}}", 2, /no placeholder/],
    ["{{constructor}}{{ticket}}", 1, /no placeholder/],
    ["{{rules}}", 1, /no \{\{ticket\}\}/],
    ["", 1, /no \{\{ticket\}\}/],
    ["{{ticket}}" + "x".repeat(70_000), 1, /at most 65536/],
  ];
  for (const [text, line, message] of table) {
    const prompt = buildPrompt({ ...FULL, frame: file("prompt.txt", text) });
    assert.ok(!prompt.ok);
    assert.deepEqual([prompt.file, prompt.line], ["prompt.txt", line]);
    assert.match(prompt.message, message);
  }
});

Deno.test("buildPrompt() lets no foreign text out of its block, for 500 seeds", () => {
  const pieces = [
    "```",
    "````",
    "~~~",
    "\n",
    "# The ticket\n",
    "ESCAPED",
    "---\n",
    "{{rules}}",
    " ",
  ];
  for (let seed = 1; seed <= 500; seed++) {
    const random = randoms(seed);
    const foreign = () =>
      Array.from({ length: 1 + Math.floor(random() * 30) }, () => pick(random, pieces)).join("");
    const limits = { ...FULL.limits, docBytesMax: Math.floor(random() * 200) };
    const { text } = built({
      ...FULL,
      rules: { checks: [foreign()], commit: "off", queue: "tickets" },
      replies: [{ number: 1, file: file("r", foreign()), attachments: [] }],
      contextspace: {
        active_context: file("a", foreign()),
        decisions: file("d", foreign()),
        spec: null,
      },
      ticket: file("t", foreign()),
      lastText: foreign(),
      limits,
    });
    const outside = linesOutsideFences(text);
    assert.ok(outside.every((line) => !line.includes("ESCAPED")), `seed ${seed}`);
    assert.equal(outside.filter((line) => line === "# The ticket").length, 1, `seed ${seed}`);
  }
});

Deno.test("fullRules() says all that an agent must know in 2.5 KiB, shortRules() in 1 KiB", () => {
  const policies: CommitPolicy[] = ["ticket", "turn", "off", "agent"];
  for (const commit of policies) {
    const full = fullRules({ checks: ["make test"], commit, queue: "tickets" });
    const short = shortRules({ checks: ["make test"], commit, queue: "tickets" });
    assert.ok(byteLength(full) <= 2560, String(byteLength(full)));
    assert.ok(byteLength(short) <= 1024, String(byteLength(short)));
    for (const word of ["done: true", "DISPATCH.md", "mode: pause", "mode: notify", "make test"]) {
      assert.ok(full.includes(word), word);
    }
  }
  assert.match(fullRules({ checks: [], commit: "off", queue: "tickets" }), /unverified/);
  const many = Array.from({ length: 40 }, (_, index) => `check ${index} ${"x".repeat(900)}`);
  assert.match(
    fullRules({ checks: many, commit: "off", queue: "tickets" }),
    /# and 28 more checks/,
  );
});

Deno.test("buildPrompt() tells of a box instead of a file, with its list, where the queue is one", () => {
  const list = { path: "TODO.md", text: "- [ ] One\n- [ ] Two\n" };
  const built = buildPrompt({
    ...FULL,
    rules: { ...FULL.rules, queue: "todo" },
    ticket: { path: "TODO.md", text: "- [ ] Two\n" },
    context: [{ file: list, bytesMax: null, problem: null }],
  });
  assert.ok(built.ok);
  assert.match(built.text, /check its box in the list: `- \[x\]`/);
  assert.match(built.text, /# The list the ticket is one box of\n+TODO\.md\n/);
  assert.match(built.text, /The box to work on, as it stands now in TODO\.md:\n[^]*- \[ \] Two/);
  assert.doesNotMatch(built.text, /frontmatter/);
});
