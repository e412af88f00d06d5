import assert from "node:assert/strict";
import { shortCommand, shortPath } from "./turn_words.ts";

Deno.test("shortCommand() takes off the shell around a command, and the repo's folder", () => {
  const rows = [
    ["/bin/bash -lc 'sh scripts/check.sh'", "sh scripts/check.sh"],
    ['bash -lc "cat /srv/repo/src/x.ts"', "cat src/x.ts"],
    ["sh -c 'echo '\\''a'\\'''", "sh -c 'echo '\\''a'\\'''"],
    ["deno test", "deno test"],
  ] as const;
  for (const [title, expected] of rows) {
    assert.equal(shortCommand(title, "/srv/repo"), expected);
  }
});

Deno.test("shortPath() leaves what lies elsewhere as it is", () => {
  assert.equal(shortPath("/r/a, /r/b", "/r"), "a, b");
  assert.equal(shortPath("/rest/a", "/r"), "/rest/a");
  assert.equal(shortPath("/r/a", null), "/r/a");
});
