/** The files of the browser: built beforehand, named by their content, sent compressed and kept for ever. */

import { brotliDecompressSync } from "node:zlib";

/** What `scripts/build_client.ts` writes into client.json. */
export interface ClientList {
  readonly script: string;
  readonly style: string;
  /** Page -> chunks it needs at once; under "" those of every page. */
  readonly pages: Readonly<Record<string, readonly string[]>>;
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Assets {
  readonly list: ClientList;
  /** @param accepts The request's `Accept-Encoding`. @returns Null when there is no such file. */
  find(name: string, accepts: string): Asset | null;
}

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};

/** Smallest first. */
const ENCODINGS = [
  { name: "br", extension: ".br" },
  { name: "gzip", extension: ".gz" },
] as const;

/** What a file is unpacked from that is kept packed only, for the few callers that take nothing else. */
const PACKED = ".br";

/** A name with the hash of its content never means anything else. */
const HASHED = /-[A-Z0-9]{8}\.\w+$/;
const NAME = /^[\w-]+\.(\w+)$/;

/**
 * Beside the program when it is compiled; in `dist/client` for one that runs from the sources.
 * @returns Null when the client was not built.
 */
export function openAssets(): Assets | null {
  for (const place of ["./client/", "../dist/client/"]) {
    const found = openAssetsIn(new URL(place, import.meta.url));
    if (found !== null) return found;
  }
  return null;
}

/** @param folder With a slash at its end. @returns Null when there is no client in it. */
export function openAssetsIn(folder: URL): Assets | null {
  const list = readOrNull(new URL("client.json", folder));
  return list === null ? null : assetsIn(folder, JSON.parse(new TextDecoder().decode(list)));
}

function assetsIn(folder: URL, list: ClientList): Assets {
  const kept = new Map<string, Asset | null>();
  const load = (name: string, encoding: (typeof ENCODINGS)[number] | undefined): Asset | null => {
    const extension = NAME.exec(name)?.[1] ?? "";
    const type = TYPES[extension];
    if (type === undefined) return null;
    const packed = encoding && readOrNull(new URL(`${name}${encoding.extension}`, folder));
    const bytes = packed ?? readOrNull(new URL(name, folder)) ?? unpacked(name, folder);
    if (bytes === null || bytes === undefined) return null;
    return {
      bytes,
      headers: {
        "content-type": type,
        vary: "accept-encoding",
        "cache-control": HASHED.test(name)
          ? "public, max-age=31536000, immutable"
          : "public, max-age=3600",
        ...(packed && encoding ? { "content-encoding": encoding.name } : {}),
      },
    };
  };
  return {
    list,
    find: (name, accepts) => {
      if (!NAME.test(name)) return null;
      const encoding = ENCODINGS.find((it) => accepts.includes(it.name));
      const key = `${name} ${encoding?.name ?? ""}`;
      const found = kept.get(key) ?? load(name, encoding);
      if (found !== null) kept.set(key, found);
      return found;
    },
  };
}

function unpacked(name: string, folder: URL): Uint8Array<ArrayBuffer> | null {
  const packed = readOrNull(new URL(`${name}${PACKED}`, folder));
  return packed === null ? null : new Uint8Array(brotliDecompressSync(packed));
}

function readOrNull(url: URL): Uint8Array<ArrayBuffer> | null {
  try {
    return Deno.readFileSync(url);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}
