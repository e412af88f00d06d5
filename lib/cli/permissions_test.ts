import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { type Asked, parsePermissions } from "./permissions.ts";

const held = (safe: "safe" | "exact", allow: object): Asked => ({
  type: "restricted",
  safe: safe === "safe",
  allow,
});
const ALL: Asked = { type: "all" };

const READ: readonly [line: string, asked: Asked, rest: string][] = [
  ["", ALL, ""],
  ["status", ALL, "status"],
  ["--allow-all run", ALL, "run"],
  ["-A -A run --json", ALL, "run --json"],
  ["--safe run", held("safe", {}), "run"],
  ["--json --safe --repo x -q run", held("safe", {}), "--json --repo x -q run"],
  ["--repo --safe run", ALL, "--repo --safe run"],
  ["--repo=x --safe run", held("safe", {}), "--repo=x run"],
  ["--allow-read --allow-read=a run", held("exact", { read: "all" }), "run"],
  ["--allow-read=a,b --allow-read=,c run", held("exact", { read: ["a", "b", "c"] }), "run"],
  ["--allow-net=[::1]:80 --safe x", held("safe", { net: ["[::1]:80"] }), "x"],
  [
    "--allow-run=git --allow-env=CI --allow-sys -h",
    held("exact", {
      run: ["git"],
      env: ["CI"],
      sys: "all",
    }),
    "-h",
  ],
  // Behind the command nothing is a permission any more.
  ["status --safe", ALL, "status --safe"],
  ["-- --safe", ALL, "-- --safe"],
];

Deno.test("parsePermissions() takes permissions off the front of the line", () => {
  for (const [line, asked, rest] of READ) {
    const words = (text: string) => text.split(" ").filter((word) => word !== "");
    assert.deepEqual(parsePermissions(words(line)), { asked, rest: words(rest) }, line);
  }
});

const REFUSED: readonly [line: string, message: RegExp][] = [
  ["--allow-all --safe", /--allow-all and --safe contradict/],
  ["--safe -A", /--allow-all and --safe contradict/],
  ["--allow-all --allow-read=x", /--allow-all and --allow-read contradict/],
  ["--safe=yes", /--safe takes no value/],
  ["--allow-read=", /--allow-read= names nothing/],
  ["--allow-write=,", /--allow-write= names nothing/],
  ["--deny-net", /--deny-net cannot be held/],
  ["--deny-run=sh --safe", /--deny-run cannot be held/],
  ["--allow-foo", /no permission --allow-foo/],
  ["--allow-ffi", /--allow-ffi cannot be confined/],
  ["--safe --allow-ffi=libc.so.6", /--allow-ffi cannot be confined/],
  ["--allow-run", /--allow-run without a list cannot be confined/],
  ["--safe --allow-run", /--allow-run without a list cannot be confined/],
  ["--allow-import=example.org", /--allow-import is of no use/],
];

Deno.test("parsePermissions() refuses what contradicts itself or cannot be held", () => {
  for (const [line, message] of REFUSED) {
    assert.throws(() => parsePermissions([...line.split(" "), "status"]), (thrown) => {
      assert(thrown instanceof CarError, line);
      assert.equal(thrown.code, "usage", line);
      assert.match(thrown.message, message, line);
      assert.notEqual(thrown.hint, undefined, line);
      return true;
    });
  }
});
