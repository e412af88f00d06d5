import assert from "node:assert/strict";
import {
  ATTACHMENT_BYTES_MAX,
  attachmentName,
  ATTACHMENTS_MAX,
  chooseAttachments,
  type FolderItem,
} from "./attachments.ts";

const file = (name: string, size = 1): FolderItem => ({ name, kind: "file", size });

Deno.test("chooseAttachments() takes plain files and says why others stay", () => {
  const items: readonly FolderItem[] = [
    file("a.txt"),
    file(".hidden"),
    file("big.bin", ATTACHMENT_BYTES_MAX + 1),
    { name: "l", kind: "link", size: 0 },
    { name: "d", kind: "folder", size: 0 },
    { name: "p\nq", kind: "other", size: 0 },
    { name: "?", kind: "gone", size: 0 },
  ];
  const { taken, refused } = chooseAttachments(items);
  assert.deepEqual(taken, ["a.txt"]);
  assert.deepEqual(refused, [
    "big.bin was not attached: it has 20.0 MiB, and 20.0 MiB are allowed.",
    "l was not attached: it is a link.",
    "d was not attached: it is a folder.",
    "p q was not attached: it is no file.",
    "? was not attached: it went away.",
  ]);
});

Deno.test("chooseAttachments() takes a hundred", () => {
  const many = Array.from({ length: ATTACHMENTS_MAX + 2 }, (_, i) => file(`f${i}`));
  const { taken, refused } = chooseAttachments(many);
  assert.equal(taken.length, ATTACHMENTS_MAX);
  assert.deepEqual(refused.length, 2);
});

Deno.test("attachmentName() makes any name safe to store and show", () => {
  const cases = [
    ["plan.md", "plan.md"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["..", "file"],
    ["", "file"],
    ["a\nb.txt", "a_b.txt"],
    ["😀 ok.png", "😀 ok.png"],
    ["evil\u202Egnp.exe", "evil_gnp.exe"],
    ["C:\\x.txt", "C:_x.txt"],
    ["\ud800.txt", "\ufffd.txt"],
    [".bashrc", "bashrc"],
    ["é".repeat(300) + ".png", "é".repeat(100) + ".png"],
    ["taken.md", "taken (2).md"],
  ] as const;
  for (const [name, safe] of cases) {
    assert.equal(attachmentName(name, new Set(["taken.md"])), safe, JSON.stringify(name));
  }
});
