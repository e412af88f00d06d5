import assert from "node:assert/strict";
import { nameKind, parseTicketName, slugSuffix, ticketName } from "./ticket_name.ts";

Deno.test("parseTicketName() takes number and suffix, or nothing", () => {
  const rows = [
    ["TICKET-001.md", { number: 1, suffix: "" }],
    ["ticket-0042-Fix it.MD", { number: 42, suffix: "-Fix it" }],
    ["TICKET-100_$(x).md", { number: 100, suffix: "_$(x)" }],
    [`TICKET-001-${"x".repeat(241)}.md`, { number: 1, suffix: `-${"x".repeat(241)}` }],
    ["TICKET-01.md", null],
    ["TICKET-001.txt", null],
    ["-TICKET-001.md", null],
    ["TICKET-001\n.md", null],
    ["TICKET-1234567890.md", null],
    ["TICKET-.md", null],
    ["", null],
  ] as const;
  for (const [name, expected] of rows) assert.deepEqual(parseTicketName(name), expected, name);
});

Deno.test("ticketName() pads to the digits in use", () => {
  assert.equal(ticketName(7, "-a"), "TICKET-007-a.md");
  assert.equal(ticketName(7, "", 5), "TICKET-00007.md");
  assert.equal(ticketName(12345, ""), "TICKET-12345.md");
});

Deno.test("slugSuffix() keeps what every file system takes", () => {
  assert.equal(slugSuffix("  Fix the Löwe: now! "), "-fix-the-lowe-now");
  assert.equal(slugSuffix("日本"), "");
  assert.ok(slugSuffix("a".repeat(500)).length <= 61);
});

Deno.test("nameKind() tells tickets, tolerated and bad names apart", () => {
  const rows = [
    ["TICKET-001.md", "ticket"],
    ["AGENTS.md", "tolerated"],
    [".hidden.md", "tolerated"],
    [".car-0123456789abcdef.tmp", "tolerated"],
    ["ingest_state.json", "tolerated"],
    ["picture.png", "tolerated"],
    ["notes.md", "bad"],
    ["TICKET-1.md", "bad"],
    ["TICKET-001.txt", "bad"],
    ["TICKET-001-a\nb.md", "bad"],
  ] as const;
  for (const [name, kind] of rows) assert.equal(nameKind(name), kind, name);
});
