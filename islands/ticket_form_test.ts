import assert from "node:assert/strict";
import type { Ticket } from "../lib/engine/ticket.ts";
import type { TicketId } from "../lib/engine/ids.ts";
import { changeTicketText, readTicket } from "../tests/support/ticket_texts.ts";
import { changedKeys, formOf, hasField, type TicketForm } from "./ticket_form.ts";

const TICKET: Ticket = {
  id: "tkt_0123456789abcdef" as TicketId,
  number: 3,
  name: "TICKET-003.md",
  agent: "shell",
  done: false,
  title: "Say hello",
  goal: null,
  model: null,
  reasoning: null,
  profile: null,
  dependsOn: [1, "tkt_other"],
  verify: [{ run: "npm test", timeoutSeconds: null }, { run: "make", timeoutSeconds: 90 }],
  limits: { turns: 6, minutes: null, tokens: null },
  touches: ["src/**"],
  mayChange: [],
  context: [],
  review: null,
  fallback: null,
};

const BEFORE = formOf(TICKET);

Deno.test("changedKeys() says nothing when nothing is changed", () => {
  assert.deepEqual(changedKeys(BEFORE, formOf(TICKET)), {});
  const spaced = { ...BEFORE, dependsOn: "1,tkt_other", title: " Say hello " };
  assert.deepEqual(changedKeys(BEFORE, spaced), {}, "spaces mean nothing");
});

const CHANGES: readonly (readonly [Partial<TicketForm>, Readonly<Record<string, unknown>>])[] = [
  [{ title: "" }, { title: null }],
  [{ title: "Hi: there" }, { title: "Hi: there" }],
  [{ agent: "user" }, { agent: "user" }],
  [{ done: true }, { done: true }],
  [{ goal: "g", model: "m", reasoning: "r" }, { goal: "g", model: "m", reasoning: "r" }],
  [{ dependsOn: "" }, { depends_on: null }],
  [{ dependsOn: "2 tkt_x" }, { depends_on: [2, "tkt_x"] }],
  [{ verify: [] }, { verify: null }],
  [{ verify: [{ run: " ", timeout: "5" }] }, { verify: null }],
  [{ verify: [{ run: "a", timeout: "2.5" }] }, { verify: [{ run: "a", timeout_s: 2.5 }] }],
  [{ verify: [{ run: "a", timeout: "soon" }] }, { verify: [{ run: "a", timeout_s: "soon" }] }],
  [{ turns: "" }, { limits: null }],
  [{ minutes: "30" }, { limits: { turns: 6, minutes: 30 } }],
  [{ turns: "many" }, { limits: { turns: "many" } }],
  [{ touches: "a\n\n b " }, { touches: ["a", "b"] }],
  [{ mayChange: "t/**" }, { may_change: ["t/**"] }],
  [{ review: "codex", fallback: "opencode" }, { review: "codex", fallback: "opencode" }],
];

Deno.test("changedKeys() names the changed keys, as a file can say them", () => {
  for (const [change, keys] of CHANGES) {
    assert.deepEqual(changedKeys(BEFORE, { ...BEFORE, ...change }), keys);
  }
});

Deno.test("changedKeys() makes a file that the form reads as it was typed", () => {
  const text = "---\nagent: shell # who\ndone: false\n---\n\nBody\n";
  const before = readTicket(text).ticket;
  const after = { ...BEFORE, done: true };
  assert.ok(before !== null);
  const changed = changeTicketText(text, { keys: changedKeys(formOf(before), after) });
  const read = readTicket(changed);
  assert.deepEqual(read.problems, []);
  assert.deepEqual(read.ticket && formOf(read.ticket), after);
  assert.match(changed, /^---\nagent: shell # who\ndone: true\n/);
  assert.match(changed, /\n---\n\nBody\n$/);
});

Deno.test("hasField() knows which keys the form shows", () => {
  assert.ok(hasField("depends_on"));
  for (const key of [null, "ticket_id", "context", "toString"]) assert.ok(!hasField(key));
});
