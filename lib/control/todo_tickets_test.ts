import assert from "node:assert/strict";
import { parseTodo, setBox } from "./todo_queue.ts";
import { asTicket, todoText, todoTickets } from "./todo_tickets.ts";

const LIST = "# Plan\r\n- [x] Old\n- [ ]\n* [ ] Same\n  with more\n- [ ] Other\n- [ ] Same\n";

const ids = (text: string) => todoTickets(text).map(({ id, item }) => [item.text, id]);

Deno.test("todoTickets() gives a box the same id wherever it moves and whether it is checked", () => {
  const before = new Map(ids("- [ ] a\n- [ ] b\n").map(([words, id]) => [words, id]));
  const after = ids("# New\n\n- [ ] c\n- [x] b\n  - [ ] a\n");
  for (const [words, id] of after) assert.equal(before.get(words) ?? id, id);
  assert.equal(new Set(ids(LIST).map(([, id]) => id)).size, 4);
  for (const [, id] of ids(LIST)) assert.match(id ?? "", /^todo_[0-9a-f]{16}$/);
});

Deno.test("asTicket() counts every box, and gives the words as title", () => {
  const tickets = todoTickets(LIST).map((it) => asTicket(it, "codex"));
  assert.deepEqual(tickets.map(({ number, name, title, done }) => [number, name, title, done]), [
    [1, "TODO-001", "Old", true],
    [3, "TODO-003", "Same", false],
    [4, "TODO-004", "Other", false],
    [5, "TODO-005", "Same", false],
  ]);
  const [, same] = todoTickets(LIST);
  assert.equal(same === undefined ? "" : todoText(same.item), "- [ ] Same\n  with more\n");
});

Deno.test("setBox() changes one character, and none where the box says so already", () => {
  for (const item of parseTodo(LIST)) {
    for (const done of [true, false]) {
      const after = setBox(LIST, item, done);
      assert.equal(parseTodo(after)[item.index]?.done, done);
      const differing = [...LIST].filter((character, index) => after[index] !== character);
      assert.equal(differing.length, item.done === done ? 0 : 1);
    }
  }
});
