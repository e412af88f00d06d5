/**
 * Finds the OpenCode program. The native one is wanted: the script that some npm packages put on the
 * PATH starts it as a child, which then lives on when the script is killed.
 */

import { dirname, isAbsolute, join } from "node:path";

export interface LocateOptions {
  /** `agents.NAME.command` or `opencode.command`; null: look for it. */
  readonly command: readonly string[] | null;
  /** The PATH to search. */
  readonly path: string;
  /** Folders with the program, or with installed npm packages of it, tried last. */
  readonly installFolders: readonly string[];
  /** It runs where this machine's files are not: the command is taken as it is. */
  readonly elsewhere?: boolean;
}

export type Argv = readonly [string, ...string[]];

const PROGRAM = "opencode";
/** A word of `opencode.command` that CAR says itself, with all that follows it. */
const SUBCOMMAND = "serve";
/** How a script begins. */
const SHEBANG = "#!";

/** npm's words for the platforms. */
const NPM_OS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin" };
const NPM_ARCH: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** The native program's place in a folder of npm packages. */
function inPackages(folder: string): string {
  const name = `${PROGRAM}-${NPM_OS[Deno.build.os]}-${NPM_ARCH[Deno.build.arch]}`;
  return join(folder, name, "bin", PROGRAM);
}

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

async function isScript(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(SHEBANG.length);
  await file.read(bytes);
  return new TextDecoder().decode(bytes) === SHEBANG;
}

/** The native program that a script on the PATH would start, as npm lays out packages. */
async function nativeOf(found: string): Promise<string> {
  const real = await Deno.realPath(found);
  if (!await isScript(real)) return found;
  const root = dirname(dirname(real));
  const beside = [inPackages(join(root, "node_modules")), inPackages(dirname(root))];
  return await firstProgram(beside) ?? found;
}

async function installed(folders: readonly string[]): Promise<string | undefined> {
  const paths: string[] = [];
  for (const folder of folders) {
    paths.push(join(folder, PROGRAM), inPackages(join(folder, "node_modules")));
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    const versions = entries.filter(({ name }) => name.startsWith(`${PROGRAM}-`));
    paths.push(...versions.map(({ name }) => inPackages(join(folder, name, "node_modules"))));
  }
  return await firstProgram(paths);
}

/** The command to run, up to the subcommand; undefined: there is none. */
export async function locateOpenCode(options: LocateOptions): Promise<Argv | undefined> {
  const [program, ...rest] = options.command ?? [];
  const folders = options.path.split(":").filter((folder) => isAbsolute(folder));
  if (options.elsewhere === true && program === undefined) return [PROGRAM];
  if (program !== undefined) {
    const at = rest.indexOf(SUBCOMMAND);
    const args = at < 0 ? rest : rest.slice(0, at);
    if (options.elsewhere === true) return [program, ...args];
    const paths = program.includes("/") ? [program] : folders.map((it) => join(it, program));
    const found = await firstProgram(paths);
    return found === undefined ? undefined : [found, ...args];
  }
  const onPath = await firstProgram(folders.map((folder) => join(folder, PROGRAM)));
  const found = onPath === undefined
    ? await installed(options.installFolders)
    : await nativeOf(onPath);
  return found === undefined ? undefined : [found];
}
