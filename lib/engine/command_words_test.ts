import assert from "node:assert/strict";
import { withRepo } from "./command_words.ts";

Deno.test("withRepo() names the repo in each command that works on one", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['Use "car resume" to go on.', "shop", 'Use "car resume --repo shop" to go on.'],
    [
      "See `car log`, then `car run`.",
      "shop",
      "See `car log --repo shop`, then `car run --repo shop`.",
    ],
    ['"car ticket done 3"', "my shop", "\"car ticket done 3 --repo 'my shop'\""],
    ["as in `car run --repo web`", "shop", "as in `car run --repo web`"],
    ['"car hub repos" lists them; run `car init` in it; `car --help`', "shop", ""],
    ['No "cargo run" and no car here', "shop", ""],
    ['Use "car run".', "it's", ""],
  ];
  for (const [words, repo, expected] of cases) {
    assert.equal(withRepo(words, repo), expected === "" ? words : expected);
  }
});
