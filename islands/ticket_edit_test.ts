import assert from "node:assert/strict";
import { changeTicketText, readTicket as read } from "../tests/support/ticket_texts.ts";
import {
  beginForm,
  changeOf,
  type FormEdit,
  isTicketEdit,
  judgedChange,
  onto,
} from "./ticket_edit.ts";

const FILE = "---\nagent: shell\ndone: false\ntitle: A\n---\n\nBody\n";

function form(text: string): FormEdit {
  const edit = beginForm(read(text));
  assert.equal(edit.mode, "form");
  return edit as FormEdit;
}

Deno.test("beginForm() shows the body without the empty line before it, and changes nothing", () => {
  const edit = form(FILE);
  assert.equal(edit.body, "Body\n");
  assert.equal(changeOf(edit, FILE), null);
  assert.equal(form("---\nagent: shell\ndone: false\n---\r\n\r\nBody").body, "Body");
  assert.equal(form("---\nagent: shell\ndone: false\n---\nBody").body, "Body");
});

Deno.test("beginForm() of a file that is no ticket is the whole file", () => {
  assert.deepEqual(beginForm(read("no ticket")), { mode: "file", source: "no ticket" });
});

Deno.test("changeOf() sends what is changed and no more", () => {
  const edit = form(FILE);
  const titled = { ...edit, form: { ...edit.form, title: "B" } };
  assert.deepEqual(changeOf(titled, FILE), { keys: { title: "B" } });
  assert.deepEqual(changeOf({ ...edit, body: "New\n" }, FILE), { body: "\nNew\n" });
  assert.deepEqual(changeOf({ mode: "file", source: FILE }, FILE), null);
  assert.deepEqual(changeOf({ mode: "file", source: "x" }, FILE), { text: "x" });
});

Deno.test("changeOf() keeps what was changed in the whole file when the form goes on", () => {
  const source = FILE.replace("title: A", "title: A\nnote: mine");
  const edit = form(source);
  const change = changeOf({ ...edit, form: { ...edit.form, goal: "G" } }, FILE);
  assert.deepEqual(change, { text: source, keys: { goal: "G" } });
  assert.equal(
    changeTicketText(FILE, change),
    source.replace("note: mine", "note: mine\ngoal: G"),
  );
});

Deno.test("judgedChange() has the whole text in it", () => {
  const edit = form(FILE);
  assert.deepEqual(judgedChange(edit), { text: FILE });
  assert.deepEqual(judgedChange({ ...edit, body: "B" }), { text: FILE, body: "\nB" });
  assert.deepEqual(judgedChange({ mode: "file", source: "x" }), { text: "x" });
});

Deno.test("onto() lays what was typed meanwhile over what was saved", () => {
  const edit = form(FILE);
  const typed = { ...edit, form: { ...edit.form, title: "Bee" } };
  const saved = FILE.replace("title: A", "title: B");
  assert.deepEqual(changeOf(onto(typed, read(saved)), saved), { keys: { title: "Bee" } });
  const whole = { mode: "file", source: "mine" } as const;
  assert.deepEqual(onto(whole, read(saved)), whole);
});

Deno.test("isTicketEdit() takes its own back from JSON, and nothing else", () => {
  const edit = form(FILE);
  assert.ok(isTicketEdit(JSON.parse(JSON.stringify(edit))));
  assert.ok(isTicketEdit({ mode: "file", source: "" }));
  const wrong: readonly unknown[] = [
    null,
    "text",
    {},
    { mode: "file" },
    { mode: "other", source: "" },
    { ...edit, form: null },
    { ...edit, form: { ...edit.form, verify: "x" } },
    { ...edit, gap: undefined },
  ];
  for (const it of wrong) assert.ok(!isTicketEdit(it), JSON.stringify(it));
});
