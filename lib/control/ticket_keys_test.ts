import assert from "node:assert/strict";
import { TICKET_KEYS, type TicketKeyName } from "./ticket_keys.ts";
import { knownAgents, lintTicket } from "./ticket_lint.ts";

const names = Object.keys(TICKET_KEYS) as TicketKeyName[];
const AGENTS = knownAgents(["shell"]);

const ticketWith = (lines: readonly string[]): string => `---\n${lines.join("\n")}\n---\nBody\n`;

Deno.test("TICKET_KEYS has examples the linter takes, all in one ticket", () => {
  const text = ticketWith(names.map((key) => `${key}: ${TICKET_KEYS[key].example}`));
  const { ticket, problems } = lintTicket("TICKET-001.md", text, AGENTS);
  assert.deepEqual(problems, []);
  assert.equal(ticket?.title, "Add login");
});

Deno.test("TICKET_KEYS has just the keys the linter knows: each is judged", () => {
  for (const key of names) {
    const rest = names.filter((each) => each !== key && TICKET_KEYS[each].required)
      .map((each) => `${each}: ${TICKET_KEYS[each].example}`);
    const wrong = ticketWith([...rest, `${key}: {a: [{}]}`]);
    const { problems } = lintTicket("TICKET-001.md", wrong, AGENTS);
    assert.ok(problems.some((problem) => problem.key === key), key);
    const missing = lintTicket("TICKET-001.md", ticketWith(rest), AGENTS).problems;
    assert.equal(missing.some((problem) => problem.key === key), TICKET_KEYS[key].required, key);
  }
});
