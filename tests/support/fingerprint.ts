/** What lies in a folder, to be compared: names, kinds, modes, links, contents. */

/** More than this is told by its size: a test's big file is not read twice. */
const CONTENT_BYTES_MAX = 4_000_000;

/** One line for each entry, in order. */
export async function fingerprint(folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  await walk(folder, "", lines);
  return lines.sort();
}

async function walk(folder: string, below: string, lines: string[]): Promise<void> {
  for (const { name } of Deno.readDirSync(`${folder}${below}`)) {
    const path = `${below}/${name}`;
    const info = Deno.lstatSync(folder + path);
    const mode = (info.mode ?? 0).toString(8);
    if (info.isDirectory) {
      lines.push(`${path} folder ${mode}`);
      await walk(folder, path, lines);
    } else if (info.isSymlink) lines.push(`${path} -> ${Deno.readLinkSync(folder + path)}`);
    else if (!info.isFile) lines.push(`${path} other ${mode}`);
    else lines.push(`${path} ${mode} ${await contentOf(folder + path, info.size)}`);
  }
}

async function contentOf(path: string, size: number): Promise<string> {
  if (size > CONTENT_BYTES_MAX) return `${size} bytes`;
  const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(hash).toHex();
}
