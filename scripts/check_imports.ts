/**
 * Fails when a file imports what its folder may not, when files import each other in a ring, or when
 * a folder of lib/ has no row in the table of import_rules.ts. Prints one line for each fault.
 */

import { cyclesIn, faultOfImport, faultsOfFolders, type ImportEdge } from "./import_rules.ts";

const ROOT = new URL("..", import.meta.url);
const SOURCES = ["lib", "routes", "islands", "scripts", "tests"];

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* walk(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** Every source file, as a path from the root. Folders that do not exist yet have none. */
async function sourceFiles(): Promise<string[]> {
  const files = ["main.ts"];
  for (const folder of SOURCES) {
    try {
      for await (const path of walk(folder)) files.push(path);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }
  return files.sort();
}

async function foldersOfLib(): Promise<string[]> {
  const folders: string[] = [];
  for await (const entry of Deno.readDir(new URL("lib", ROOT))) {
    if (entry.isDirectory && entry.name !== "adapters") folders.push(`lib/${entry.name}`);
  }
  return folders.sort();
}

/** The parts of `deno info --json` that are read here. */
interface Resolved {
  readonly specifier?: string;
  readonly error?: string;
}
interface Dependency {
  readonly specifier: string;
  readonly code?: Resolved;
  readonly type?: Resolved;
  readonly isDynamic?: boolean;
}
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

/** One graph over all files: Deno is asked once, about a file that imports each of them. */
async function readGraph(files: readonly string[]): Promise<Graph> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((path) => `import ${JSON.stringify(new URL(path, ROOT).href)};`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", new URL("deno.json", ROOT).pathname, entry],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(entry);
  }
}

const fromRoot = (url: string): string =>
  url.startsWith(ROOT.href) ? url.slice(ROOT.href.length) : url;

function edgesOf(graph: Graph): ImportEdge[] {
  return graph.modules
    .filter(({ specifier }) =>
      specifier.startsWith(ROOT.href) && !specifier.includes("/node_modules/")
    )
    .flatMap(({ specifier: from, dependencies = [] }) =>
      dependencies.map((found): ImportEdge => ({
        from: fromRoot(from),
        to: fromRoot(found.code?.specifier ?? found.type?.specifier ?? found.specifier),
        specifier: found.specifier,
        kind: found.isDynamic ? "lazy" : found.code === undefined ? "type" : "value",
      }))
    );
}

/** What Deno could not resolve or parse, each as a sentence. */
function faultsOfGraph(graph: Graph): string[] {
  return graph.modules.flatMap(({ specifier, error, dependencies = [] }) => [
    ...(error === undefined ? [] : [`${fromRoot(specifier)}: ${error.split("\n")[0]}`]),
    ...dependencies.flatMap(({ code, type }) => code?.error ?? type?.error ?? []).map((text) =>
      `${fromRoot(specifier)}: ${text}`
    ),
  ]);
}

async function findFaults(): Promise<{ files: number; faults: string[] }> {
  const files = await sourceFiles();
  const graph = await readGraph(files);
  const edges = edgesOf(graph);
  const faults = [
    ...faultsOfGraph(graph),
    ...faultsOfFolders(await foldersOfLib()),
    ...edges.map(faultOfImport).filter((fault) => fault !== null),
    ...cyclesIn(edges).map((ring) =>
      `Import ring: ${ring.join(" -> ")}. Move what both need down.`
    ),
  ];
  return { files: files.length, faults: [...new Set(faults)] };
}

if (import.meta.main) {
  const { files, faults } = await findFaults();
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) Deno.exitCode = 1;
  else console.log(`Checked imports of ${files} files`);
}
