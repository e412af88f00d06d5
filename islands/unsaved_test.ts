import assert from "node:assert/strict";
import { forgetUnsaved, keepUnsaved, readUnsaved, type Store } from "./unsaved.ts";

function memory(limit = Infinity): Store & { readonly size: () => number } {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > limit) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
    removeItem: (key) => void kept.delete(key),
    size: () => kept.size,
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const UNSAVED = { base: { text: "before", etag: "e1" }, edit: "after" };

Deno.test("readUnsaved() gives back what was kept, each document its own", () => {
  const store = memory();
  keepUnsaved(store, "/api/tickets/A", UNSAVED);
  keepUnsaved(store, "/api/tickets/B", { ...UNSAVED, edit: "other" });
  assert.deepEqual(readUnsaved(store, "/api/tickets/A", isText), UNSAVED);
  assert.equal(readUnsaved(store, "/api/tickets/B", isText)?.edit, "other");
  assert.equal(readUnsaved(store, "/api/tickets/C", isText), null);
  forgetUnsaved(store, "/api/tickets/A");
  assert.equal(readUnsaved(store, "/api/tickets/A", isText), null);
});

Deno.test("readUnsaved() takes nothing that is not an edit", () => {
  const wrong = [
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ edit: "x" }),
    JSON.stringify({ base: { text: "t" }, edit: "x" }),
    JSON.stringify({ ...UNSAVED, edit: 7 }),
  ];
  for (const text of wrong) {
    const store = memory();
    store.setItem("car-unsaved /doc", text);
    assert.equal(readUnsaved(store, "/doc", isText), null, text);
  }
});

Deno.test("keepUnsaved() leaves no older edit behind when there is no room", () => {
  const store = memory(200);
  keepUnsaved(store, "/doc", UNSAVED);
  keepUnsaved(store, "/doc", { ...UNSAVED, edit: "x".repeat(300) });
  assert.equal(readUnsaved(store, "/doc", isText), null);
  assert.equal(store.size(), 0);
});
