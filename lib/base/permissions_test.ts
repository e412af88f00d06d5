import assert from "node:assert/strict";
import { asCarError } from "./errors.ts";
import { flagFor, refusalOf, widened } from "./permissions.ts";

/** As a compiled program and `deno run` say it. */
const ENDS = [
  ", specify the required permissions during compilation using `deno compile --allow-x`",
  ", run again with the --allow-x flag",
];

const CASES: readonly [message: string, flag: string][] = [
  ['Requires read access to "/etc/passwd"', "--allow-read=/etc/passwd"],
  ['Requires read access to "/a b/c"', "--allow-read='/a b/c'"],
  ["Requires write access to <TMP>", "--allow-write='<TMP>'"],
  ["Requires write access", "--allow-write"],
  ['Requires net access to "127.0.0.1:4174"', "--allow-net=127.0.0.1:4174"],
  ['Requires env access to "HOME"', "--allow-env=HOME"],
  ['Requires run access to "sh"', "--allow-run=sh"],
  ["Requires run access", "--allow-all"],
  ['Requires sys access to "hostname"', "--allow-sys=hostname"],
  ['Requires ffi access to "libc.so.6"', "--allow-all"],
  ['Requires all access to "/proc/1/mem"', "--allow-all"],
];

Deno.test("refusalOf() and flagFor() name the flag that would allow a refused call", () => {
  for (const [message, flag] of CASES) {
    for (const end of ENDS) {
      const refusal = refusalOf(new Error(message + end));
      assert(refusal !== null, message);
      assert.equal(flagFor(refusal), flag, message);
    }
  }
  assert.equal(refusalOf(new Error("Requires patience, they say")), null);
  assert.equal(refusalOf("text"), null);
});

Deno.test("asCarError() turns a refused call into words, with the flag as hint", () => {
  const error = asCarError(new Deno.errors.NotCapable('Requires run access to "sh", run again'));
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /without the permission to start sh\./);
  assert.match(error.hint ?? "", /^--allow-run=sh before the command/);
});

Deno.test("widened() adds lists, and all of a kind takes in any list", () => {
  const kinds = { net: [], run: [], env: [], sys: [], ffi: [], import: [] };
  const base = { read: ["/a"], write: ["/b"], ...kinds };
  assert.deepEqual(widened(base, { read: ["/a", "/c"], write: "all", net: ["h:1"] }), {
    ...kinds,
    read: ["/a", "/c"],
    write: "all",
    net: ["h:1"],
  });
  assert.deepEqual(widened({ ...base, read: "all" }, { read: ["/c"] }).read, "all");
});
