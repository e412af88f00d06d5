/** Reads the report `deno test --junit-path` writes: how many passed and failed, and the time of each file. */

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
  /** Seconds of its tests added up, by the file that registers them. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Seconds of each test, by name. */
  readonly tests: ReadonlyMap<string, number>;
}

interface TestCase {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failed" | "ignored";
}

const SUITE = /<testsuite name="([^"]*)"[^>]*>([\s\S]*?)<\/testsuite>/g;
const CASE = /<testcase name="([^"]*)"[^>]*? time="([\d.]+)"[^>]*>([\s\S]*?)<\/testcase>/g;
/** How the report writes the `>` between a test's name and its step's. */
const STEP = " &gt; ";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  quot: '"',
};

const decoded = (text: string): string =>
  text.replace(/&([a-z]+);/g, (whole, name: string) => ENTITIES[name] ?? whole);

function casesIn(suite: string): TestCase[] {
  return [...suite.matchAll(CASE)].map(([, name = "", seconds = "0", body = ""]) => ({
    name,
    seconds: Number(seconds),
    outcome: /<(failure|error)\b/.test(body)
      ? "failed"
      : body.includes("<skipped")
      ? "ignored"
      : "passed",
  }));
}

/** A step is told from a test by its test standing in the same file: its failure is the test's. */
function isStep({ name }: TestCase, names: ReadonlySet<string>): boolean {
  for (let at = name.indexOf(STEP); at >= 0; at = name.indexOf(STEP, at + 1)) {
    if (names.has(name.slice(0, at))) return true;
  }
  return false;
}

/** The report's counts, of tests without their steps. */
export function readReport(xml: string): TestReport {
  const count = { passed: 0, failed: 0, ignored: 0 };
  const seconds = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const [, file = "", body = ""] of xml.matchAll(SUITE)) {
    const cases = casesIn(body);
    const names = new Set(cases.map(({ name }) => name));
    const tests = cases.filter((one) => !isStep(one, names));
    for (const one of tests) {
      count[one.outcome] += 1;
      byName.set(decoded(one.name), one.seconds);
    }
    seconds.set(file, tests.reduce((sum, one) => sum + one.seconds, 0));
  }
  return { ...count, seconds, tests: byName };
}

/** The rows that took longest, slowest first, one line each. */
export function slowest(seconds: ReadonlyMap<string, number>, atMost: number): string[] {
  return [...seconds]
    .sort(([, a], [, b]) => b - a)
    .slice(0, atMost)
    .map(([name, took]) => `${took.toFixed(2).padStart(8)} s  ${name.replace(/^\.\//, "")}`);
}
