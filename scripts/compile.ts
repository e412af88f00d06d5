/**
 * Builds `dist/car`: esbuild makes small split modules of the sources, `deno compile` puts them
 * behind the base executable. Same sources and commit, same bytes. Run it with `deno task compile`.
 */

import * as esbuild from "esbuild";
import { asCarError, CarError } from "../lib/base/errors.ts";
import { findCachedBase, recoverBase } from "./base_executable.ts";
import { buildClient } from "./build_client.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const DIST = `${ROOT}dist`;
const CACHE = `${ROOT}.deno`;

/** Modules loaded by name at run time, each a file of its own in the program: name -> source. */
const ENTRIES = {
  main: "main.ts",
  confined: "lib/cli/confined_worker.ts",
} as const satisfies Record<string, string>;

/**
 * Packages that only a browser runs. The server draws the parts that load them there, so they would
 * come along: a megabyte that nothing asks for.
 */
const BROWSER_ONLY = /^(@xterm|@codemirror|@lezer)\/|^uplot$/;

/** An empty module of the older form gives any name that is imported of it. */
const withoutBrowserOnly: esbuild.Plugin = {
  name: "without what only a browser runs",
  setup(build) {
    build.onResolve({ filter: BROWSER_ONLY }, ({ path }) => ({ path, namespace: "browser" }));
    build.onLoad({ filter: /.*/, namespace: "browser" }, () => ({
      contents: "module.exports = {};",
    }));
    build.onEnd(({ metafile }) => {
      const ran = ranAtOnce(metafile, (source) => SOURCES.has(source) || PAGE.test(source));
      const wrong = ran.filter((it) => it.startsWith("browser:"));
      if (wrong.length === 0) return null;
      return { errors: [{ text: `The program itself needs ${wrong.join(", ")}` }] };
    });
  },
};

const SOURCES: ReadonlySet<string> = new Set(Object.values(ENTRIES));
/** What the server draws. */
const PAGE = /^islands\/pages\//;

/** The inputs of these modules' outputs and of all they import, save what they may import later. */
function ranAtOnce(
  metafile: esbuild.Metafile | undefined,
  isRun: (source: string) => boolean,
): readonly string[] {
  const outputs = metafile?.outputs ?? {};
  const seen = new Set<string>();
  const see = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const it of outputs[path]?.imports ?? []) {
      if (it.kind === "import-statement") see(it.path);
    }
  };
  for (const [path, it] of Object.entries(outputs)) if (isRun(it.entryPoint ?? "")) see(path);
  return [...seen].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

/** Packages in the older module form call `require` for parts of the runtime. */
const REQUIRE_BANNER =
  'import{createRequire as makeRequire}from"node:module";const require=makeRequire(import.meta.url);';

const COMPILE_FLAGS = [
  "-A",
  "--quiet",
  "--no-prompt",
  "--no-check",
  "--no-config",
  // The cache would be read from a guessable name in the temp folder, whoever wrote it there.
  "--no-code-cache",
  "--unstable-worker-options",
];

/** Short id of the commit, marked when the tree differs from it; null outside a repository. */
async function describeCommit(): Promise<string | null> {
  const git = new Deno.Command("git", {
    args: ["describe", "--always", "--abbrev=7", "--dirty", "--exclude=*"],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
  try {
    const { success, stdout } = await git.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

async function bundleInto(folder: string): Promise<void> {
  const commit = await describeCommit();
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { ...ENTRIES },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    conditions: ["deno", "worker", "node", "import"],
    minify: true,
    legalComments: "none",
    banner: { js: REQUIRE_BANNER },
    define: commit === null ? {} : { CAR_COMMIT: JSON.stringify(commit) },
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    plugins: [withoutBrowserOnly],
    logLevel: "silent", // Its failure says the same.
  });
}

/** The program records when its files were written: one fixed instant keeps the bytes the same. */
async function settleTimes(folder: string): Promise<void> {
  const instant = new Date(0);
  for await (const { name } of Deno.readDir(folder)) {
    await Deno.utime(`${folder}/${name}`, instant, instant);
  }
}

/** One run of `deno compile`; what it wrote to stderr when it failed, else null. */
async function compileOnce(folder: string, base: string | undefined): Promise<string | null> {
  const later = Object.keys(ENTRIES).filter((name) => name !== "main");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      ...COMPILE_FLAGS,
      ...later.flatMap((name) => ["--include", `${folder}/${name}.js`]),
      "--include",
      `${folder}/client`,
      "-o",
      `${folder}/car`,
      `${folder}/main.js`,
    ],
    cwd: folder,
    env: { NO_COLOR: "1", ...(base === undefined ? {} : { DENORT_BIN: base }) },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? null : new TextDecoder().decode(stderr);
}

/** What Deno says when it could not fetch its base executable. */
const NO_BASE = "Setting up base binary";

async function compileFrom(folder: string): Promise<void> {
  const known = Deno.env.get("DENORT_BIN") ?? await findCachedBase(CACHE) ?? undefined;
  let failure = await compileOnce(folder, known);
  if (failure?.includes(NO_BASE) && known === undefined) {
    failure = await compileOnce(folder, await recoverBase(CACHE));
  }
  if (failure === null) return;
  throw new CarError("internal", `deno compile failed:\n${failure.trim()}`);
}

/** Builds the program and moves it to `dist/car` in one step, so that nobody runs half of one. */
export async function compile(): Promise<string> {
  await Deno.mkdir(DIST, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: DIST, prefix: "build_" });
  try {
    await bundleInto(folder);
    await buildClient(`${folder}/client`);
    await settleTimes(folder);
    await settleTimes(`${folder}/client`);
    await compileFrom(folder);
    await Deno.rename(`${folder}/car`, `${DIST}/car`);
  } finally {
    await esbuild.stop();
    await Deno.remove(folder, { recursive: true });
  }
  return `${DIST}/car`;
}

if (import.meta.main) {
  try {
    const path = await compile();
    const { size } = await Deno.stat(path);
    console.log(`${path.slice(ROOT.length)}  ${(size / 1e6).toFixed(1)} MB`);
  } catch (thrown) {
    const hint = thrown instanceof CarError ? thrown.hint : undefined;
    console.error([asCarError(thrown).message, hint].filter(Boolean).join("\n"));
    Deno.exitCode = 1;
  }
}
