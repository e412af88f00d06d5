/**
 * Runs the tests and ends with `N passed, N failed` alone on the last line: `deno task test`.
 *   --unit     only the tests beside the modules; nothing is fetched or compiled
 *   PATH...    only these files or folders
 *   --FLAG     any other flag goes to `deno test`
 * Deno takes every file named `test.ts` for a test and would run it from itself: not this one's name.
 */

import { asCarError } from "../lib/base/errors.ts";
import { readReport, slowest, type TestReport } from "./junit.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const REPORT = `${ROOT}dist/junit.xml`;
/** Two runs at the same time must not read each other's. */
const OWN_REPORT = `${ROOT}dist/junit.${Deno.pid}.xml`;

/** Where tests lie beside their modules, and where those lie that need the whole product. */
const UNIT_FOLDERS = ["lib", "routes", "islands", "scripts"];
const WHOLE_FOLDERS = ["tests"];
const SLOWEST_SHOWN = 10;

/** Tests beside the modules that run at once, for each core: half of their time they wait for processes. */
const JOBS_PER_CORE = 2;

/** What the tests of the whole product stand on, in this order. */
const PREPARATION = [
  { words: "Fetching the pinned agents", script: "scripts/fetch_agents.ts" },
  { words: "Compiling dist/car", script: "scripts/compile.ts" },
  // A server from the sources serves it too, e.g. the gallery.
  { words: "Building the page", script: "scripts/build_client.ts" },
] as const;

interface Plan {
  readonly paths: readonly string[];
  readonly flags: readonly string[];
  readonly prepare: boolean;
  /** Set for the tests. */
  readonly environment: Readonly<Record<string, string>>;
}

/** See tests/support/rounds.ts for the first. */
const UNIT_ENVIRONMENT = {
  CAR_TEST_PART: "1",
  DENO_JOBS: Deno.env.get("DENO_JOBS") ?? String(navigator.hardwareConcurrency * JOBS_PER_CORE),
};

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(`${ROOT}${path}`);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

async function existing(folders: readonly string[]): Promise<string[]> {
  const there = await Promise.all(folders.map(isThere));
  return folders.filter((_, at) => there[at]);
}

async function planOf(args: readonly string[]): Promise<Plan> {
  const flags = args.filter((arg) => arg.startsWith("-") && arg !== "--unit" && arg !== "--");
  const named = args.filter((arg) => !arg.startsWith("-"));
  const isUnit = args.includes("--unit");
  const folders = isUnit ? UNIT_FOLDERS : [...UNIT_FOLDERS, ...WHOLE_FOLDERS];
  const paths = named.length > 0 ? named : await existing(folders);
  const isWhole = paths.some((path) => /^(\.\/)?tests(\/|$)/.test(path));
  const environment = isUnit ? UNIT_ENVIRONMENT : {};
  return { paths, flags, prepare: isWhole && !isUnit, environment };
}

/** Runs Deno with its output on ours; answers with its exit code. */
async function deno(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env,
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  return (await child.status).code;
}

async function prepare(): Promise<boolean> {
  for (const { words, script } of PREPARATION) {
    console.log(words);
    if (await deno(["run", "--quiet", "-A", script]) !== 0) return false;
  }
  return true;
}

/** Reads the report of this run and leaves it as `dist/junit.xml`; nothing ran when there is none. */
async function takeReport(): Promise<TestReport> {
  try {
    const report = readReport(await Deno.readTextFile(OWN_REPORT));
    await Deno.rename(OWN_REPORT, REPORT);
    return report;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return readReport("");
    throw thrown;
  }
}

async function runTests({ paths, flags, environment }: Plan): Promise<TestReport> {
  await Deno.mkdir(`${ROOT}dist`, { recursive: true });
  const started = performance.now();
  const code = await deno([
    "test",
    "--quiet",
    "-A",
    "--no-prompt",
    // Types are checked by `deno task static`; a fault in one file shall not keep the others from running.
    "--no-check",
    "--parallel",
    `--junit-path=${OWN_REPORT}`,
    ...flags,
    ...paths,
  ], environment);
  const report = await takeReport();
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n${seconds.toFixed(1)} s in all; the slowest files, each by itself:`);
  for (const line of slowest(report.seconds, SLOWEST_SHOWN)) console.log(line);
  console.log("and the slowest tests:");
  for (const line of slowest(report.tests, SLOWEST_SHOWN)) console.log(line);
  if (report.ignored > 0) console.log(`${report.ignored} ignored`);
  // A module that does not load fails the run without a test of its own in the report.
  return code !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
}

const NOTHING_RAN: TestReport = { ...readReport(""), failed: 1 };

async function main(args: readonly string[]): Promise<TestReport> {
  try {
    const plan = await planOf(args);
    if (plan.prepare && !await prepare()) return NOTHING_RAN;
    return await runTests(plan);
  } catch (thrown) {
    console.error(asCarError(thrown).message);
    return NOTHING_RAN;
  }
}

const { passed, failed } = await main(Deno.args);
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exitCode = failed > 0 || passed === 0 ? 1 : 0;
