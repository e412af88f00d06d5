import assert from "node:assert/strict";
import { pick, randoms } from "../../../tests/support/random.ts";
import { EscapeReader } from "./escape_reader.ts";
import { isAnswer, withoutQuestions } from "./queries.ts";
import { ScreenModes } from "./screen_modes.ts";

const ESC = "\u001b";
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (text: string) => encoder.encode(text);

/** The sequences of a text, given in pieces of at most `size` bytes. */
function sequencesOf(text: string, size: number): string[] {
  const reader = new EscapeReader();
  const found: string[] = [];
  const all = bytes(text);
  for (let at = 0; at < all.length; at += size) {
    reader.read(all.subarray(at, at + size), (it) => found.push(`${it.kind} ${it.text}`));
  }
  return [...found, reader.isGround ? "ground" : "open"];
}

Deno.test("EscapeReader finds sequences, however the stream is cut", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["plain", ["ground"]],
    [`a${ESC}[31mred${ESC}[0m`, ["csi 31m", "csi 0m", "ground"]],
    [`${ESC}[?1049h`, ["csi ?1049h", "ground"]],
    [`${ESC}(0${ESC}=${ESC}c`, ["esc (0", "esc =", "esc c", "ground"]],
    [`${ESC}]0;title\u0007x${ESC}]2;t${ESC}\\`, ["osc 0;title", "osc 2;t", "ground"]],
    [`${ESC}P+q544e${ESC}\\`, ["dcs +q544e", "ground"]],
    [`${ESC}_picture${ESC}\\`, ["other picture", "ground"]],
    [`${ESC}]0;broken${ESC}[1m`, ["csi 1m", "ground"]],
    [`${ESC}[12\u0018x`, ["ground"]],
    [`${ESC}[1${ESC}[2m`, ["csi 2m", "ground"]],
    [`${ESC}[3\n1m`, ["csi 31m", "ground"]],
    ["a\u0005b", ["control enq", "ground"]],
    [`${ESC}]0;é日本${ESC}`, ["open"]],
    [`${ESC}[`, ["open"]],
  ];
  for (const [text, wanted] of table) {
    for (const size of [1, 2, 3, 1000]) {
      assert.deepEqual(sequencesOf(text, size), wanted, JSON.stringify({ text, size }));
    }
  }
});

Deno.test("EscapeReader tells where each sequence stands", () => {
  const reader = new EscapeReader();
  const places: number[][] = [];
  const told = (_: unknown, start: number, end: number) => places.push([start, end]);
  reader.read(bytes(`ab${ESC}[1mc${ESC}[`), told);
  reader.read(bytes("31mx"), told);
  assert.deepEqual(places, [[2, 6], [-2, 3]]);
});

Deno.test("withoutQuestions() takes what would be answered, and leaves every other byte", () => {
  const kept = [
    "text",
    `${ESC}[31m`,
    `${ESC}[?25l`,
    `${ESC}]0;title\u0007`,
    `${ESC}[2J`,
    "日本",
    "\r\n",
  ];
  const asked = [
    `${ESC}[6n`,
    `${ESC}[?6n`,
    `${ESC}[c`,
    `${ESC}[>0c`,
    `${ESC}[=c`,
    `${ESC}Z`,
    `${ESC}[?2026$p`,
    `${ESC}[>q`,
    `${ESC}[?u`,
    `${ESC}[18t`,
    `${ESC}[14;2t`,
    `${ESC}]10;?${ESC}\\`,
    `${ESC}]4;1;?\u0007`,
    `${ESC}]52;c;?\u0007`,
    `${ESC}]52;c;aGVsbG8=\u0007`,
    `${ESC}P$qm${ESC}\\`,
    `${ESC}P+q544e${ESC}\\`,
    "\u0005",
  ];
  for (const it of kept) assert.equal(decoder.decode(withoutQuestions(bytes(it))), it);
  for (const it of asked) {
    assert.equal(decoder.decode(withoutQuestions(bytes(`a${it}b`))), "ab", JSON.stringify(it));
  }
  const seed = 5;
  const random = randoms(seed);
  for (let round = 0; round < 500; round++) {
    const parts = Array.from({ length: 12 }, () => pick(random, [...kept, ...asked]));
    const left = parts.filter((it) => !asked.includes(it)).join("");
    assert.equal(decoder.decode(withoutQuestions(bytes(parts.join("")))), left, `seed ${seed}`);
  }
});

Deno.test("isAnswer() tells a terminal's own words from a person's", () => {
  const answers = [
    `${ESC}[1;1R`,
    `${ESC}[?62;22c`,
    `${ESC}[0n`,
    `${ESC}[?2026;2$y`,
    `${ESC}[8;24;80t`,
    `${ESC}]11;rgb:0000/0000/0000${ESC}\\`,
    `${ESC}P1$r0m${ESC}\\`,
    `${ESC}[12;4R${ESC}[?1;2c`,
  ];
  const typed = [
    "a",
    ESC,
    `${ESC}[A`,
    `${ESC}[1;5C`,
    `${ESC}OP`,
    `${ESC}[200~paste${ESC}[201~`,
    "",
  ];
  for (const it of answers) assert.ok(isAnswer(bytes(it)), JSON.stringify(it));
  for (const it of typed) assert.ok(!isAnswer(bytes(it)), JSON.stringify(it));
});

Deno.test("ScreenModes brings an empty screen to where the sequences left it", () => {
  const table: readonly (readonly [string, string])[] = [
    ["", ""],
    [`${ESC}[?1049h${ESC}[?25l${ESC}=`, `${ESC}[?1049h${ESC}[?25l${ESC}=`],
    [`${ESC}[?25l${ESC}[?25h`, `${ESC}[?25h`],
    [`${ESC}[?1000;1006h`, `${ESC}[?1000h${ESC}[?1006h`],
    [`${ESC}[1m${ESC}[31m`, `${ESC}[1;31m`],
    [`${ESC}[1m${ESC}[0;32m`, `${ESC}[0;32m`],
    [`${ESC}[1m${ESC}[m`, ""],
    [`${ESC}[?2004h${ESC}(0${ESC}c`, ""],
    [`${ESC}(0`, `${ESC}(0`],
    [`${ESC}[>4;2m`, ""],
    [`${ESC}[4h`, `${ESC}[4h`],
    [`${ESC}]0;first\u0007${ESC}]2;möbel 日本${ESC}\\`, `${ESC}]2;möbel 日本\u0007`],
    [`${ESC}]52;c;aGk=\u0007${ESC}]8;;https://example.org\u0007`, ""],
  ];
  for (const [text, wanted] of table) {
    const modes = new ScreenModes();
    new EscapeReader().read(bytes(text), (it) => modes.take(it));
    assert.equal(decoder.decode(modes.restore()), wanted, JSON.stringify(text));
  }
});

Deno.test("ScreenModes stays small whatever comes", () => {
  const modes = new ScreenModes();
  for (let mode = 0; mode < 10_000; mode++) {
    modes.take({ kind: "csi", text: `?${mode}h` });
    modes.take({ kind: "csi", text: `38;5;${mode}m` });
  }
  assert.ok(modes.restore().length < 2_000);
});
