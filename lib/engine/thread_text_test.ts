import assert from "node:assert/strict";
import { randoms } from "../../tests/support/random.ts";
import { foldPiece, type ShownTexts, type TextPiece } from "./thread_text.ts";

function told(pieces: readonly TextPiece[]): string {
  let shown: ShownTexts = new Map();
  let text = "";
  for (const piece of pieces) {
    const folded = foldPiece(shown, piece);
    shown = folded.shown;
    text += folded.fresh;
  }
  return text;
}

Deno.test("foldPiece() shows each character once, whatever comes twice, late or not at all", () => {
  const id = "a";
  const text = "Hello, world";
  assert.equal(told([{ id, at: 0, text: "Hello" }, { id, at: 0, text }]), text);
  assert.equal(told([{ id, at: 5, text: ", world" }, { id, at: 0, text }]), text);
  assert.equal(told([{ id, at: 0, text: "Hel" }, { id, at: 2, text: "llo, " }]), "Hello, ");
});

Deno.test("foldPiece() and the whole text at the end give the text, for any pieces", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randoms(seed);
    const text = Array.from({ length: 40 }, (_, at) => String.fromCharCode(97 + at % 26)).join("");
    const pieces = Array.from({ length: 12 }, () => {
      const at = Math.floor(random() * text.length);
      return { id: "a", at, text: text.slice(at, at + Math.floor(random() * 9)) };
    });
    assert.equal(told([...pieces, { id: "a", at: 0, text }]), text, `seed ${seed}`);
  }
});
