/**
 * Finds the Codex program. The native one is wanted: the script that npm puts on the PATH starts it
 * as a child, which then lives on when the script is killed.
 */

import { basename, dirname, isAbsolute, join } from "node:path";

/** What to run, without the words that come after the program's own. */
export interface CodexCommand {
  readonly argv: readonly [string, ...string[]];
}

export interface LocateOptions {
  /** `agents.NAME.command` or `app_server.command`; null: look for it. */
  readonly command: readonly string[] | null;
  /** The PATH to search. */
  readonly path: string;
  /** Folders with installed npm packages of Codex, tried last. */
  readonly installFolders: readonly string[];
  /** It runs where this machine's files are not: the command is taken as it is. */
  readonly elsewhere?: boolean;
}

const PROGRAM = "codex";
/** What npm puts on the PATH: it starts the native program, and is left out. */
const SCRIPT = `${PROGRAM}.js`;
/** A word of `app_server.command` that CAR says itself. */
const SUBCOMMAND = "app-server";

/** npm's words for the platforms. */
const NPM_OS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin" };
const NPM_ARCH: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };
/** Rust's, as the package names its folders. */
const TRIPLES: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** The native program beside npm's script, for npm's and Deno's ways to lay out packages. */
function besideScript(script: string): string[] {
  const os = NPM_OS[Deno.build.os];
  const arch = NPM_ARCH[Deno.build.arch];
  const triple = TRIPLES[`${os}-${arch}`];
  if (triple === undefined) return [];
  const root = dirname(dirname(script));
  const inside = join("vendor", triple, "bin", PROGRAM);
  const platform = `codex-${os}-${arch}`;
  return [
    join(root, inside),
    join(dirname(root), platform, inside),
    join(root, "node_modules", "@openai", platform, inside),
  ];
}

/** What stands on the PATH: the native program itself, or the one that npm's script would start. */
async function onPath(path: string): Promise<string | undefined> {
  const folders = path.split(":").filter((folder) => isAbsolute(folder));
  const found = await firstProgram(folders.map((folder) => join(folder, PROGRAM)));
  if (found === undefined) return undefined;
  const real = await Deno.realPath(found);
  if (basename(real) !== SCRIPT) return found;
  return await firstProgram(besideScript(real)) ?? found;
}

async function installed(folders: readonly string[]): Promise<string | undefined> {
  const triples = Object.values(TRIPLES).filter((it) => it.includes(Deno.build.arch));
  const paths: string[] = [];
  for (const folder of folders) {
    // As `npm install -g` lays it out.
    paths.push(...besideScript(join(folder, "node_modules", "@openai", PROGRAM, "bin", SCRIPT)));
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    for (const { name } of entries.filter((it) => it.name.startsWith(`${PROGRAM}-`))) {
      const vendor = join(folder, name, "node_modules", "@openai", "codex", "vendor");
      paths.push(...triples.map((triple) => join(vendor, triple, "bin", PROGRAM)));
    }
  }
  return await firstProgram(paths);
}

/** The command to run, or undefined when there is none: the configured one, PATH, then the folders. */
export async function locateCodex(options: LocateOptions): Promise<CodexCommand | undefined> {
  const [program, ...rest] = options.command ?? [];
  if (options.elsewhere === true && program === undefined) return { argv: [PROGRAM] };
  if (program !== undefined) {
    const args = rest.at(-1) === SUBCOMMAND ? rest.slice(0, -1) : rest;
    if (options.elsewhere === true) return { argv: [program, ...args] };
    const found = program.includes("/")
      ? await firstProgram([program])
      : await firstProgram(options.path.split(":").map((folder) => join(folder, program)));
    return found === undefined ? undefined : { argv: [found, ...args] };
  }
  const found = await onPath(options.path) ?? await installed(options.installFolders);
  return found === undefined ? undefined : { argv: [found] };
}
