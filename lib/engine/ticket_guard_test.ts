import assert from "node:assert/strict";
import { newTicketId } from "./ids.ts";
import { compareTicket } from "./ticket_guard.ts";
import type { Ticket } from "./ticket.ts";

const TICKET: Ticket = {
  id: newTicketId("0123456789abcdef"),
  number: 1,
  name: "TICKET-001.md",
  agent: "shell",
  done: false,
  title: null,
  goal: null,
  model: null,
  reasoning: null,
  profile: null,
  dependsOn: [],
  verify: [{ run: "make test", timeoutSeconds: null }],
  limits: { turns: 3, minutes: null, tokens: null },
  touches: [],
  mayChange: [],
  context: [],
  review: null,
  fallback: null,
};
const BODY = "- [ ] adds\n- [ ] subtracts\n";

Deno.test("compareTicket() names what must be put back", () => {
  const table: [Partial<Ticket>, string[]][] = [
    [{}, []],
    [{ done: true, title: "new", agent: "other", touches: ["a"] }, []],
    [{ limits: { tokens: null, minutes: null, turns: 3 } }, []],
    [{ verify: [] }, ["verify"]],
    [{ verify: [{ run: "true", timeoutSeconds: null }] }, ["verify"]],
    [{ verify: [...TICKET.verify, { run: "true", timeoutSeconds: 1 }] }, ["verify"]],
    [{ mayChange: ["**"], review: "x" }, ["may_change", "review"]],
    [{ limits: { turns: 300, minutes: null, tokens: null } }, ["limits"]],
  ];
  for (const [change, putBack] of table) {
    const after = { ticket: { ...TICKET, ...change }, body: BODY };
    assert.deepEqual(compareTicket({ ticket: TICKET, body: BODY }, after).putBack, putBack);
  }
});

Deno.test("compareTicket() lets criteria be ticked, moved and added, not dropped or reworded", () => {
  const table: [string, string[]][] = [
    ["- [x] adds\n- [x] subtracts\n", []],
    ["* [ ]  subtracts\n\ntext\n* [x] adds\n* [ ] more\n", []],
    ["- [x] adds\n", ["subtracts"]],
    ["- [x] adds\n- [x] subtracts mostly\n", ["subtracts"]],
    ["```\n- [x] adds\n- [x] subtracts\n```\n", ["adds", "subtracts"]],
    ["", ["adds", "subtracts"]],
  ];
  for (const [body, lost] of table) {
    const change = compareTicket({ ticket: TICKET, body: BODY }, { ticket: TICKET, body });
    assert.deepEqual(change, { putBack: [], lostCriteria: lost }, body);
  }
  const twice = { ticket: TICKET, body: "- [ ] a\n- [ ] a\n" };
  assert.deepEqual(
    compareTicket(twice, { ticket: TICKET, body: "- [x] a\n" }).lostCriteria,
    ["a"],
  );
});
