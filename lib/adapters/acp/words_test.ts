import assert from "node:assert/strict";
import { randoms } from "../../../tests/support/random.ts";
import { Message } from "./words.ts";

const CASES: Readonly<Record<string, { chunks: readonly string[]; whole: string }>> = {
  "plain chunks": { chunks: ["Hel", "lo ", "you"], whole: "Hello you" },
  "chunks that repeat all before them": {
    chunks: ["Hello wo", "Hello world", "Hello world, and you"],
    whole: "Hello world, and you",
  },
  "short chunks that repeat": { chunks: ["H", "He", "Hel", "Hell"], whole: "Hell" },
  "chunks, and all of it once more": {
    chunks: ["Hello ", "world", "Hello world"],
    whole: "Hello world",
  },
  "the same short chunk again and again": { chunks: ["ha", "ha", "ha"], whole: "hahaha" },
  "two chunks of which the second begins like the first": { chunks: ["1", "10"], whole: "110" },
  "two messages that repeat": {
    chunks: ["O", "One", "One.", "T", "Two", "Two."],
    whole: "One.\n\nTwo.",
  },
  "one chunk": { chunks: ["Hello"], whole: "Hello" },
  "none": { chunks: [], whole: "" },
};

for (const [name, { chunks, whole }] of Object.entries(CASES)) {
  Deno.test(`Message.whole() is right for ${name}`, () => {
    const message = new Message("m");
    for (const chunk of chunks) message.add(chunk);
    assert.equal(message.whole(), whole);
  });
}

Deno.test("Message.whole() is the same for plain and for repeating chunks when fuzzed", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randoms(seed);
    const words = Array.from(
      { length: 3 + Math.floor(random() * 20) },
      (_, at) => `${at}:${Math.floor(random() * 99)} `,
    );
    const [plain, repeating] = [new Message("a"), new Message("b")];
    words.forEach((word, at) => {
      plain.add(word);
      repeating.add(words.slice(0, at + 1).join(""));
    });
    assert.equal(plain.whole(), words.join(""), `seed ${seed}`);
    assert.equal(repeating.whole(), words.join(""), `seed ${seed}`);
  }
});
