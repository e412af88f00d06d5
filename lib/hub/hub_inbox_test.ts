import assert from "node:assert/strict";
import { inHub } from "./hub_inbox.ts";

Deno.test("inHub() puts the repo into each command and leaves other words alone", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["car inbox answer 7 yes|no|always", "shop", "car inbox answer 7 yes|no|always --repo shop"],
    ['Use "car resume" to go on.', "shop", 'Use "car resume --repo shop" to go on.'],
    [
      'Look with "car log" or `car doctor`, "cargo" and "limits.x".',
      "a.b",
      'Look with "car log --repo a.b" or `car doctor --repo a.b`, "cargo" and "limits.x".',
    ],
    ["Wait.", "shop", "Wait."],
    ["car inbox answer chat-1 TEXT", "", "car inbox answer chat-1 TEXT"],
  ];
  for (const [words, repo, expected] of cases) assert.equal(inHub(words, repo), expected);
});
