/**
 * Builds what the browser gets: the islands in small chunks named by their content, the style sheet,
 * the icons; each also compressed. `client.json` tells the server their names. Same sources, same bytes.
 */

import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = new URL("..", import.meta.url).pathname;

/** Where a server from the sources looks for it. */
export const CLIENT_FOLDER = `${ROOT}dist/client`;

/** Files that are served under their own name, since something outside names them. */
const PLAIN = ["mark.svg", "mark_attention.svg"];
/** Smaller than this, compressing costs more than it saves, in bytes. */
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
  const { metafile } = await esbuild.build({
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
  });
  const list = listOf(metafile);
  for (const name of PLAIN) await Deno.copyFile(`${ROOT}static/${name}`, `${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/client.json`, JSON.stringify(list));
  for await (const { name } of Deno.readDir(folder)) compress(`${folder}/${name}`);
  return list;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function listOf({ outputs }: esbuild.Metafile): ClientList {
  const entry = (source: string): string => {
    const found = Object.entries(outputs).find(([, it]) => it.entryPoint === source);
    if (found === undefined) throw new Error(`${source} was not built`);
    return found[0];
  };
  const script = entry("islands/boot.ts");
  const first = new Set([script, ...imported(outputs, script)]);
  const pages = Object.entries(outputs).flatMap(([path, it]) => {
    const page = /^islands\/pages\/(\w+)\.tsx$/.exec(it.entryPoint ?? "")?.[1];
    if (page === undefined) return [];
    const chunks = [path, ...imported(outputs, path)].filter((name) => !first.has(name));
    return [[page, [...new Set(chunks)].map(baseName)] as const];
  });
  return {
    script: baseName(script),
    style: baseName(entry("static/app.css")),
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
  if (bytes.length < COMPRESS_MIN || path.endsWith(".json")) return;
  Deno.writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  Deno.writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: quality }));
}

if (import.meta.main) {
  try {
    const { script, style } = await buildClient(CLIENT_FOLDER);
    console.log(`dist/client: ${script}, ${style}`);
  } finally {
    await esbuild.stop();
  }
}
