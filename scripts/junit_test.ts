import assert from "node:assert/strict";
import { readReport, slowest } from "./junit.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="3" errors="0" time="0.062">
    <testsuite name="./lib/a_test.ts" tests="5" disabled="1" errors="0" failures="2">
        <testcase name="one" classname="./lib/a_test.ts" time="0.001" line="1" col="6">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="a &gt; b is no step" classname="./lib/a_test.ts" time="0.500" line="2" col="6">
        </testcase>
        <testcase name="three" classname="./lib/a_test.ts" time="0.000" line="3" col="11">
            <skipped/>
        </testcase>
        <testcase name="one &gt; s1" classname="./lib/a_test.ts" time="0.000" line="1" col="39">
        </testcase>
        <testcase name="one &gt; s2" classname="./lib/a_test.ts" time="0.000" line="1" col="66">
            <failure message="Uncaught Error: x&lt;y">Error: x&lt;y</failure>
        </testcase>
    </testsuite>
    <testsuite name="./lib/b_test.ts" tests="1" disabled="0" errors="0" failures="1">
        <testcase name="leak" classname="./lib/b_test.ts" time="1.250" line="1" col="6">
            <failure message="Leaks detected">Leaks detected</failure>
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("readReport() counts tests, not steps, and adds up the time of each file", () => {
  const report = readReport(REPORT);
  assert.deepEqual(
    { passed: report.passed, failed: report.failed, ignored: report.ignored },
    { passed: 1, failed: 2, ignored: 1 },
  );
  assert.equal(report.tests.get("a > b is no step"), 0.5);
  assert.equal(report.seconds.get("./lib/a_test.ts"), 0.501);
});

Deno.test("slowest() puts the slowest first and stops where it is told", () => {
  const report = readReport(REPORT);
  assert.deepEqual(slowest(report.seconds, 1), ["    1.25 s  lib/b_test.ts"]);
  assert.deepEqual(slowest(report.tests, 1), ["    1.25 s  leak"]);
  assert.equal(slowest(report.seconds, 10).length, 2);
});

Deno.test("readReport() finds nothing in nothing", () => {
  assert.equal(readReport("").passed, 0);
});
