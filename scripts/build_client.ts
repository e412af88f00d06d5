/**
 * Builds what the browser gets: the islands in small chunks named by their content, the style sheet,
 * the icons; what is not small only compressed. `client.json` tells the server their names. Same
 * sources, same bytes.
 */

import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = new URL("..", import.meta.url).pathname;

/** Where a server from the sources looks for it. */
export const CLIENT_FOLDER = `${ROOT}dist/client`;

/** Files that are served under their own name, since something outside names them. */
const PLAIN = ["mark.svg", "mark_attention.svg"];
/** Smaller than this, compressing a picture or a style costs more than it saves, in bytes. */
const COMPRESS_MIN = 500;

/** What the server reads: the first files of a page, and the chunks each page will ask for. */
export interface ClientList {
  readonly script: string;
  readonly style: string;
  /** Page -> chunks that are loaded for it besides the first script. */
  readonly pages: Readonly<Record<string, readonly string[]>>;
}

/** @param folder Emptied first. */
export async function buildClient(folder: string): Promise<ClientList> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const options = optionsFor(folder);
  const { metafile: apart } = await esbuild.build({ ...options, write: false });
  const { metafile } = await esbuild.build({
    ...options,
    inject: [SHARED],
    plugins: [sharedModule(sharedModules(apart))],
  });
  const list = listOf(metafile);
  for (const name of PLAIN) await Deno.copyFile(`${ROOT}static/${name}`, `${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/client.json`, JSON.stringify(list));
  for (const { name } of await Array.fromAsync(Deno.readDir(folder))) compress(`${folder}/${name}`);
  return list;
}

const optionsFor = (folder: string) =>
  ({
    absWorkingDir: ROOT,
    entryPoints: { boot: "islands/boot.ts", app: "static/app.css" },
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17.5"],
    minify: true,
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    logLevel: "silent",
  }) as const satisfies esbuild.BuildOptions;

const SHARED = "car:shared";

/**
 * Splitting makes a file of every set of modules that the same pages need: a dozen small ones, each a
 * request of the page. One module that imports all that is shared, and that everything imports,
 * makes one file of them.
 */
const sharedModule = (paths: readonly string[]): esbuild.Plugin => ({
  name: "shared",
  setup(build) {
    build.onResolve({ filter: /^car:shared$/ }, ({ path }) => ({ path, namespace: "shared" }));
    build.onLoad({ filter: /.*/, namespace: "shared" }, () => ({
      contents: paths.map((it) => `import ${JSON.stringify(`./${it}`)};`).join("\n"),
      resolveDir: ROOT,
    }));
  },
});

/** What the first script or at least two pages cannot do without, by their paths. */
export function sharedModules({ inputs }: Pick<esbuild.Metafile, "inputs">): readonly string[] {
  const needs = (path: string, found = new Set<string>()): Set<string> => {
    if (found.has(path)) return found;
    found.add(path);
    for (const it of inputs[path]?.imports ?? []) {
      if (it.kind === "import-statement") needs(it.path, found);
    }
    return found;
  };
  const script = needs("islands/boot.ts");
  const pages = Object.keys(inputs).filter((it) => PAGE.test(it)).map((it) => needs(it));
  const counts = Map.groupBy(pages.flatMap((it) => [...it]), (it) => it);
  const several = [...counts].filter(([it, of]) => of.length > 1 || script.has(it));
  return several.map(([it]) => it).sort();
}

const PAGE = /^islands\/pages\/(\w+)\.tsx$/;

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function entryOf(outputs: esbuild.Metafile["outputs"], source: string): string {
  const found = Object.entries(outputs).find(([, it]) => it.entryPoint === source);
  if (found === undefined) throw new Error(`${source} was not built`);
  return found[0];
}

function listOf({ outputs }: esbuild.Metafile): ClientList {
  const script = entryOf(outputs, "islands/boot.ts");
  const first = new Set([script, ...imported(outputs, script)]);
  const pages = Object.entries(outputs).flatMap(([path, it]) => {
    const page = PAGE.exec(it.entryPoint ?? "")?.[1];
    if (page === undefined) return [];
    const chunks = [path, ...imported(outputs, path)].filter((name) => !first.has(name));
    return [[page, [...new Set(chunks)].map(baseName)] as const];
  });
  return {
    script: baseName(script),
    style: baseName(entryOf(outputs, "static/app.css")),
    pages: Object.fromEntries([
      ...pages,
      ["", [...first].filter((name) => name !== script).map(baseName)],
    ]),
  };
}

/** What a chunk needs before it can run; chunks it may load later are not among them. */
function imported(
  outputs: esbuild.Metafile["outputs"],
  path: string,
  seen: Set<string> = new Set(),
): readonly string[] {
  for (const it of outputs[path]?.imports ?? []) {
    if (it.kind !== "import-statement" || seen.has(it.path)) continue;
    seen.add(it.path);
    imported(outputs, it.path, seen);
  }
  return [...seen];
}

function compress(path: string): void {
  const bytes = Deno.readFileSync(path);
  // A script that lay there as it is would be taken for a module of the program.
  const isScript = path.endsWith(".js");
  if (path.endsWith(".json") || (bytes.length < COMPRESS_MIN && !isScript)) return;
  Deno.writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  Deno.writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: quality }));
  // The program carries it twice already; who takes neither gets it unpacked by the server.
  Deno.removeSync(path);
}

if (import.meta.main) {
  try {
    const { script, style } = await buildClient(CLIENT_FOLDER);
    console.log(`dist/client: ${script}, ${style}`);
  } finally {
    await esbuild.stop();
  }
}
