import assert from "node:assert/strict";
import { bootId, isAlive, parsePs, parseStat, processIdentity } from "./process_identity.ts";

const STAT_TAIL = "S 1 2 3 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 9 0 884412 0 0";

Deno.test("parseStat() finds the start time behind any process name", () => {
  for (const name of ["deno", "a b", "x) S 1 (y", ")"]) {
    assert.deepEqual(parseStat(`17 (${name}) ${STAT_TAIL}`), { start: "884412", ended: false });
  }
  assert.ok(parseStat(`17 (x) ${STAT_TAIL.replace("S", "Z")}`)?.ended);
  assert.equal(parseStat(""), null);
  assert.equal(parseStat("17 (x) S"), null);
});

Deno.test("parsePs() reads state and start", () => {
  assert.deepEqual(parsePs("Ss   Sat Nov 21 04:03:01 2026 \n"), {
    start: "Sat Nov 21 04:03:01 2026",
    ended: false,
  });
  assert.ok(parsePs("Z+ Sat Nov 21 04:03:01 2026")?.ended);
  assert.equal(parsePs(""), null);
});

Deno.test("processIdentity() knows this process and nothing that cannot be", () => {
  const me = processIdentity(Deno.pid);
  assert.ok(me !== null && isAlive(me));
  assert.equal(me.boot, bootId());
  assert.ok(!isAlive({ ...me, start: `${me.start}1` }));
  assert.ok(!isAlive({ ...me, boot: "another" }));
  for (const pid of [0, -1, 1.5, NaN, 2 ** 40]) assert.equal(processIdentity(pid), null);
});

Deno.test("isAlive() is false for a child that ended", async () => {
  const child = new Deno.Command("/bin/cat", { stdin: "piped", stdout: "null" }).spawn();
  const identity = processIdentity(child.pid);
  assert.ok(identity !== null && isAlive(identity));
  await child.stdin.close();
  await child.status;
  assert.ok(!isAlive(identity));
});
