import assert from "node:assert/strict";
import { closest } from "./suggest.ts";

const KNOWN = ["silence_seconds", "turn_seconds", "ticket_turns", "codex", "on", "run"];

Deno.test("closest() finds the word that was meant", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["silence_secconds", "silence_seconds"],
    ["silence-seconds", "silence_seconds"],
    ["TURN_SECONDS", "turn_seconds"],
    ["codxe", "codex"],
    ["no", "on"],
    ["rnu", "run"],
    ["telegram", undefined],
    ["", undefined],
    ["x".repeat(100_000), undefined],
  ];
  for (const [word, expected] of cases) assert.equal(closest(word, KNOWN), expected, word);
});
